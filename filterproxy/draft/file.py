"""The draft as a rule file: YAML that reads like a note, each selector with what it takes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from filterproxy.draft.finding import Candidate, Certainty, Found
from filterproxy.draft.story import Story
from filterproxy.report.redact import printable
from filterproxy.ruleset.model import Category

_IDS = {
    (Category.AD, Certainty.WORDS): "adverts",
    (Category.CLOSE_AD, Certainty.WORDS): "close-adverts",
    (Category.PROMO, Certainty.WORDS): "promotion",
    (Category.RECOMMENDED, Certainty.SHAPE): "lists",
    (Category.AD, Certainty.NAME): "perhaps-adverts",
    (Category.PROMO, Certainty.NAME): "perhaps-promotion",
}
_PLAIN = re.compile(r"[A-Za-z\u3400-\u9fff][\w.\u3400-\u9fff-]*")
_AS_OTHERS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_MOST_NAMELESS = 5
_MOST_PERHAPS = 20


@dataclass(frozen=True, slots=True)
class PageTestDraft:
    """What the draft's test says.

    Attributes:
        recording: its path as it is written in a rule file.
        url: the page's.
        count: by rule id, how much it takes.
    """

    recording: str
    url: str
    count: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is written."""

    site: str
    shown: str
    url: str
    story: Story
    found: Found
    test: PageTestDraft | None


def draft_text(draft: Draft) -> str:
    """The file's text. Rules that are certain act; those that may be wrong stand in it as comments."""
    return "\n".join([*_head(draft), *_rules(draft), *_rest(draft.found), *_tests(draft)]) + "\n"


def rules_of(found: Found) -> dict[str, list[Candidate]]:
    """The candidates that become rules, by the id of the rule."""
    rules: dict[str, list[Candidate]] = {}
    for candidate in found.candidates:
        rules.setdefault(rule_id(candidate), []).append(candidate)
    return rules


def rule_id(candidate: Candidate) -> str:
    """The id of the rule that a candidate is part of."""
    if candidate.heading:
        return "sections" if candidate.category is Category.RECOMMENDED else f"{candidate.category}-sections"
    usual = f"{candidate.category}-{candidate.certainty}"
    return _IDS.get((candidate.category, candidate.certainty), usual)


def _head(draft: Draft) -> Iterator[str]:
    yield f"# Rules for {_comment(draft.shown)}, drafted from {_comment(draft.url)}"
    yield "# Look at each before you keep it:"
    yield "#   filterproxy explain " + _comment(draft.url) + " --page FILE    says what each takes there"
    yield "#   filterproxy check THIS_FILE            says what is wrong with it, or will not last"
    yield "version: 1"
    yield f"site: {_quoted(draft.site)}"
    story = draft.story
    if story.selector is not None:
        yield f"article: {_quoted(story.selector)}   # {story.size:,} characters of sentences on this page"
    elif story.size:
        yield f"# article: its {story.size:,} characters have no name that lasts; it is found by itself"
    else:
        yield "# article: none was found on this page"
    yield ""


def _rules(draft: Draft) -> Iterator[str]:
    rules = rules_of(draft.found)
    certain = {name: of for name, of in rules.items() if of[0].certainty is not Certainty.NAME}
    yield "rules:" if certain else "rules: []"
    for name, candidates in certain.items():
        yield from _rule(name, candidates, "  ")
        yield ""
    perhaps = {name: of for name, of in rules.items() if of[0].certainty is Certainty.NAME}
    if perhaps:
        yield "  # Called like adverts or the site's own promotion, and nothing else speaks for it:"
        yield "  # take the # away from what is one."
    for name, candidates in perhaps.items():
        yield from _rule(name, candidates[:_MOST_PERHAPS], "  # ")
        if len(candidates) > _MOST_PERHAPS:
            yield f"  #     and {len(candidates) - _MOST_PERHAPS} more"
        yield ""


def _rule(name: str, candidates: list[Candidate], indent: str) -> Iterator[str]:
    yield f"{indent}- id: {name}"
    yield f"{indent}  category: {candidates[0].category}"
    yield f"{indent}  {'section' if candidates[0].heading else 'remove'}:"
    width = max(len(_quoted(candidate.value)) for candidate in candidates)
    for candidate in candidates:
        yield f"{indent}    - {_quoted(candidate.value):<{width}}   # {_comment(candidate.said)}"


def _rest(found: Found) -> Iterator[str]:
    if found.by_others:
        counts = ", ".join(f"{count} {category}" for category, count in sorted(found.by_others.items()))
        yield f"# Taken by other rules, which name it already: {counts}."
    if found.nameless:
        yield "# Found by its shape or words by rules for every site, with no name that lasts:"
        for path, excerpt in found.nameless[:_MOST_NAMELESS]:
            yield f"#   {_comment(path)}  {_comment(excerpt)}"
        if len(found.nameless) > _MOST_NAMELESS:
            yield f"#   and {len(found.nameless) - _MOST_NAMELESS} more"
    if found.by_others or found.nameless:
        yield ""


def _tests(draft: Draft) -> Iterator[str]:
    test = draft.test
    if test is None:
        yield "# tests: a recording of the page makes this file testable:"
        yield f"#   filterproxy record {_comment(draft.url)} -o page.mitm"
        return
    yield "tests:"
    yield f"  - recording: {_quoted(test.recording)}"
    yield f"    url: {_quoted(test.url)}"
    if test.count:
        yield f"    removes: [{', '.join(name for name, _ in test.count)}]"
        yield f"    count: {{{', '.join(f'{name}: {count}' for name, count in test.count)}}}"
    keeps = [text for text in (draft.story.selector, draft.story.text) if text]
    if keeps:
        yield f"    keeps: [{', '.join(map(_in_list, keeps))}]"


def _quoted(text: str) -> str:
    """A YAML scalar that is read as this text."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _AS_OTHERS else _in_list(text)


def _in_list(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    """A text from a page on one line, with nothing that could end a comment or move a cursor."""
    return printable(" ".join(text.split()))
