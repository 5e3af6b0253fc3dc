"""Why a rule did what it did on a page, or did nothing: for `explain`, after the page was rewritten.

Read-only: it matches each rule once more, a condition at a time, and changes nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from filterproxy.rewrite.article import Article
from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.document import Document, ancestors
from filterproxy.rewrite.headings import find_headings
from filterproxy.rewrite.lists import find_lists
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.match import Target, match
from filterproxy.rewrite.names import Names
from filterproxy.rewrite.policy import allows_inline_style
from filterproxy.rewrite.related import Related
from filterproxy.rewrite.result import Page, Removal, Veto
from filterproxy.rewrite.sections import find_sections
from filterproxy.rewrite.seeds import Seeds
from filterproxy.rewrite.shapes import is_for_others, no_lists, related_on
from filterproxy.ruleset.model import Action, Mode, Rule, Selection, Tokens

_CONDITIONS = (
    "named",
    "within",
    "unless",
    "text",
    "up",
    "at_most",
)  # in the order in which they are tried here


class NoEffect(StrEnum):
    """Why a rule that applies to a page's URL changed nothing on it."""

    NO_TOKENS = "no-tokens"  # what must stand in a page for it to match stands nowhere
    NO_MATCH = "no-match"  # its selectors match nothing
    WITHIN = "within"  # nothing of what they match stands in one of these
    UNLESS = "unless"  # all of it is excepted
    TEXT = "text"  # none of it has the text
    NAMED = "named"  # none of it is called so
    AT_MOST = "at-most"  # all of it is longer
    UP = "up"  # nothing to climb to
    NO_HEADING = "no-heading"  # no text is one of its headings, standing as a heading does
    NO_SECTION = "no-section"  # its headings head nothing that is a list
    NO_ARTICLE = "no-article"  # a page without one is all list
    NO_LIST = "no-list"  # nothing around the article has the shape of a list of other stories
    RELATED = "related"  # they are what a rule of `related` means, which is another thing
    KEPT_HEADINGS = "kept-headings"  # such lists stand under headings that are excepted
    NOTHING_TO_STRIP = "nothing-to-strip"  # the elements lack these attributes or classes
    NOTHING_TO_PRUNE = (
        "nothing-to-prune"  # the elements are no scripts, hold no JSON, or not these parts of it
    )
    HIDDEN_ALREADY = "hidden-already"
    REFUSED = "refused"  # by the article guard
    COVERED = "covered"  # what it means went with what another rule took


_IDLE = {Action.HIDE: NoEffect.HIDDEN_ALREADY, Action.PRUNE: NoEffect.NOTHING_TO_PRUNE}


@dataclass(frozen=True, slots=True)
class Trace:
    """What one rule did on one page.

    Attributes:
        rule: the rule.
        matched: elements its selectors match, one count a selector; of a section rule, headings.
        met: by condition, the elements left after it and those before it, in the order they are tried.
        removals, observed, vetoes: the rule's part of the page's account.
        no_effect: None where it removed, hid, stripped, unwrapped or observed something.
        missing: for NO_TOKENS, words of which none stands in the page.
        covered_by: for COVERED, the full names of the rules that took it.
    """

    rule: Rule
    matched: tuple[int, ...] = ()
    met: tuple[tuple[str, int], ...] = ()
    removals: tuple[Removal, ...] = ()
    observed: tuple[Removal, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    no_effect: NoEffect | None = None
    missing: tuple[str, ...] = ()
    covered_by: tuple[str, ...] = ()


class Diagnosis:
    """Traces rules on one page, of which `page` is the account.

    Args:
        document: the page as it came, parsed.
        page: what `rewrite` made of it.
        selection: what was worth trying on it.
        article: where its article is, or None.
        url: its address, for links that are relative.
    """

    def __init__(
        self,
        document: Document,
        page: Page,
        selection: Selection,
        article: Article | None,
        url: str = "",
    ) -> None:
        self._document = document
        self._page = page
        self._article = article
        self._selection = selection
        self._tried = {rule.name for rule, _ in selection.rules}
        policies = document.find("meta[http-equiv='content-security-policy' i]")
        inline_style = allows_inline_style(meta.attrs.get("content") or "" for meta in policies)
        self._target = Target(document, Seeds(document), Names(document), inline_style=inline_style, url=url)
        self._text = document.text.lower()
        self._stands: dict[str, bool] = {}  # whether a token stands in it
        self._located = Located(document)
        self._taken = {
            Mode.ENFORCE: self._takers_of(page.removals),
            Mode.OBSERVE: self._takers_of(page.observed),
        }

    def trace(self, rule: Rule) -> Trace:
        """What this rule did, or why it did nothing."""
        page = self._page
        trace = Trace(
            rule,
            removals=tuple(removal for removal in page.removals if removal.rule == rule.name),
            observed=tuple(removal for removal in page.observed if removal.rule == rule.name),
            vetoes=tuple(veto for veto in page.vetoes if veto.rule == rule.name),
        )
        if rule.name not in self._tried:
            missing = tuple(sorted(set(self._missing(rule))))
            return replace(trace, no_effect=NoEffect.NO_TOKENS, missing=missing)
        traced = _TRACERS.get(rule.action, Diagnosis._elements)(self, trace)
        return replace(traced, no_effect=None) if trace.removals or trace.observed else traced

    def _section(self, trace: Trace) -> Trace:
        headings = list(find_headings(self._document, [trace.rule]))
        trace = replace(trace, matched=(len(headings),))
        if not headings:
            return replace(trace, no_effect=NoEffect.NO_HEADING)
        changes = list(chain.from_iterable(find_sections(headings, self._article)))
        traced = self._outdone(trace, changes)
        if traced.vetoes or traced.covered_by:
            return traced
        if changes and all(is_for_others(change, self._related()) for change in changes):
            return replace(traced, no_effect=NoEffect.RELATED)
        # the engine looks for the article only where it may be touched, and may see no section without it
        return replace(traced, no_effect=NoEffect.NO_SECTION)

    def _lists(self, trace: Trace) -> Trace:
        article = self._article
        known = no_lists(self._document, self._selection, self._related())
        found = [] if article is None else list(find_lists(self._document, article, known))
        trace = replace(trace, matched=(len(found),))
        wanted = [item for item in found if item.heading not in trace.rule.unless_headings]
        if self._article is None:
            return replace(trace, no_effect=NoEffect.NO_ARTICLE)
        if not wanted:
            return replace(trace, no_effect=NoEffect.KEPT_HEADINGS if found else NoEffect.NO_LIST)
        changes = (Change(trace.rule, Action.LISTS, item.first, item.last) for item in wanted)
        return self._outdone(trace, list(changes))

    def _related(self) -> Related:
        return related_on(self._target, self._selection, self._article)

    def _elements(self, trace: Trace) -> Trace:
        rule = trace.rule
        selectors = rule.selectors + tuple(strip.selector for strip in rule.strips)
        matched = tuple(len(self._document.find(selector.css)) for selector in selectors)
        trace = replace(trace, matched=matched)
        if not any(matched):
            return replace(trace, no_effect=NoEffect.NO_MATCH)
        met, failed = self._conditions(rule)
        trace = replace(trace, met=met)
        if failed is not None:
            return replace(trace, no_effect=failed)
        changes = list(match(self._target, rule, selectors))
        if not changes:
            return replace(trace, no_effect=_IDLE.get(rule.action, NoEffect.NOTHING_TO_STRIP))
        return self._outdone(trace, changes)

    def _conditions(self, rule: Rule) -> tuple[tuple[tuple[str, int], ...], NoEffect | None]:
        """The elements that are left after each of the rule's conditions, and the one that leaves none."""
        bare = replace(
            rule,
            action=Action.REMOVE,  # one that is hidden already counts
            within=None,
            unless=None,
            text=(),
            text_tokens=(),
            text_literals=(),
            up=None,
            named=None,
            at_most=None,
        )
        met: list[tuple[str, int]] = []
        for name in _CONDITIONS:
            if getattr(rule, name) in (None, ()):
                continue
            bare = _with(bare, rule, name)
            met.append((name.replace("_", "-"), sum(1 for _ in match(self._target, bare, rule.selectors))))
            if not met[-1][1]:
                return tuple(met), NoEffect(met[-1][0])
        return tuple(met), None

    def _outdone(self, trace: Trace, changes: list[Change]) -> Trace:
        """Why changes that the rule asks for were not made: refused, or done by others."""
        others = {name for change in changes for name in self._takers(change)} - {trace.rule.name}
        why = NoEffect.REFUSED if trace.vetoes else NoEffect.COVERED
        return replace(trace, no_effect=why, covered_by=tuple(sorted(others)))

    def _takers(self, change: Change) -> Iterator[str]:
        """The rules that did the same to one of its elements, or took one or something that holds it."""
        taken = self._taken[change.rule.mode]
        own = change.nodes
        for node in (*own, *ancestors(change.node)):
            for rule, action in taken.get(node.mem_id, ()):
                if action in TAKING or (node in own and action is change.action):
                    yield rule

    def _takers_of(self, removals: Iterable[Removal]) -> dict[int, list[tuple[str, Action]]]:
        """By `mem_id`, of the elements that were changed: by which rules and how."""
        takers: dict[int, list[tuple[str, Action]]] = {}
        for removal in removals:
            for node in self._located.nodes(removal):
                takers.setdefault(node.mem_id, []).append((removal.rule, removal.action))
        return takers

    def _missing(self, rule: Rule) -> Iterator[str]:
        """Of each way in which the rule may match, words one of which it wants and none of which is there."""
        selectors = rule.selectors + tuple(strip.selector for strip in rule.strips)
        ways: list[Tokens] = [rule.text_tokens + rule.name_tokens + selector.tokens for selector in selectors]
        for way in ways or rule.heading_tokens:
            for group in way:
                if not any(map(self._holds, group)):
                    yield from group
                    break

    def _holds(self, token: str) -> bool:
        found = self._stands.get(token)
        if found is None:
            found = self._stands[token] = token in self._text
        return found


_TRACERS = {Action.SECTION: Diagnosis._section, Action.LISTS: Diagnosis._lists}  # noqa: SLF001 - its own


def _with(bare: Rule, rule: Rule, condition: str) -> Rule:
    """The bare rule with one more of the rule's conditions."""
    if condition == "text":
        return replace(bare, text=rule.text, text_tokens=rule.text_tokens, text_literals=rule.text_literals)
    return replace(bare, **{condition: getattr(rule, condition)})
