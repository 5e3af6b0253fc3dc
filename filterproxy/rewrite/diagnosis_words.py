"""Why a rule had no effect on a page, in words."""

from collections.abc import Iterable

from filterproxy.rewrite.diagnosis import NoEffect, Trace
from filterproxy.rewrite.result import Veto
from filterproxy.ruleset.model import Action

_NAMED = 4  # words that are named before the rest are counted


_WORDS = {
    NoEffect.NO_TOKENS: "{tokens}",
    NoEffect.NO_MATCH: "its selectors match nothing",
    NoEffect.WITHIN: "{found}, none stands within {rule.within}",
    NoEffect.UNLESS: "{found}, all are excepted by unless: {rule.unless}",
    NoEffect.TEXT: "{found}, text condition not met",
    NoEffect.NAMED: "{found}, none is named so",
    NoEffect.AT_MOST: "{found}, all with more than {rule.at_most} characters",
    NoEffect.UP: "{found}, nothing around them is {rule.up}",
    NoEffect.NO_HEADING: "one of its texts stands in the page, but not as a heading of its own",
    NoEffect.NO_SECTION: "{found}, with nothing under it that looks like a list",
    NoEffect.RELATED: "{found}, all heading what a rule of `related` means",
    NoEffect.NO_ARTICLE: "the page has no article that its lists would stand around",
    NoEffect.NO_LIST: "nothing around the article has the shape of a list of other stories",
    NoEffect.KEPT_HEADINGS: "{found}, all under headings of unless-heading",
    NoEffect.NOTHING_TO_STRIP: "{found}, none has these {names}",
    NoEffect.NOTHING_TO_PRUNE: "{found}, none is a script with JSON that holds what it prunes",
    NoEffect.HIDDEN_ALREADY: "{found}, hidden already",
    NoEffect.REFUSED: "{found}, refused by the article guard: {reasons}",
    NoEffect.COVERED: "{found}, gone{others}",
}


_STRIPPED = {
    Action.STRIP_ATTRIBUTES: "attributes",
    Action.STRIP_CLASSES: "classes",
    Action.STRIP_PARAMS: "parameters",
}


def no_effect(trace: Trace) -> str:
    """Why this rule did nothing, or an empty text where it did something."""
    if trace.no_effect is None:
        return ""
    return _WORDS[trace.no_effect].format(
        found=_matched(trace),
        rule=trace.rule,
        tokens=_tokens(trace),
        names=_STRIPPED.get(trace.rule.action, ""),
        reasons=", ".join(dict.fromkeys(map(reason, trace.vetoes))),
        others=f" with what {listed(trace.covered_by)} took" if trace.covered_by else "",
    )


def reason(veto: Veto) -> str:
    """Why the guard refused it, with the share of the article's text where that is why."""
    return f"{veto.reason} ({veto.share:.0%} of its text)" if 0 < veto.share < 1 else veto.reason.value


def matched(trace: Trace) -> str:
    """How many elements it matched: in all, by selector, and after each condition."""
    text = _matched(trace)
    selectors = trace.rule.selectors or tuple(strip.selector for strip in trace.rule.strips)
    if len(selectors) > 1:
        counts = zip(selectors, trace.matched, strict=False)
        text += f" ({', '.join(f'{selector.css}: {count}' for selector, count in counts if count)})"
    return text + "".join(f", {name}: {count}" for name, count in trace.met)


def _matched(trace: Trace) -> str:
    count = sum(trace.matched)
    if trace.rule.action is Action.SECTION:
        return f"{count} {'heading' if count == 1 else 'headings'}"
    if trace.rule.action is Action.LISTS:
        return f"{count} {'list' if count == 1 else 'lists'}"
    if trace.met and trace.no_effect is not None:  # what the conditions before the one that failed left
        left = [number for _, number in trace.met if number]
        count = left[-1] if left else count
    return f"matches {count} {'element' if count == 1 else 'elements'}"


def _tokens(trace: Trace) -> str:
    if trace.rule.action is Action.SECTION:
        return f"none of its headings stands in the page: {listed(sorted(trace.rule.headings))}"
    if trace.rule.action is Action.LISTS:
        return "the page has no links"
    if not trace.missing:
        return "the words it needs are not in the page"
    return f"not in the page: {listed(_plainly(trace.missing))}"


def _plainly(words: tuple[str, ...]) -> tuple[str, ...]:
    """These words less other ways to write them: with character references, white space, a tag behind."""
    plain = tuple(word for word in words if not any(char.isspace() or char in "&<" for char in word[1:]))
    return plain or words


def listed(words: Iterable[str]) -> str:
    """The first few of some words, and how many more there are."""
    words = list(words)
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (f" and {more} more" if more > 0 else "")
