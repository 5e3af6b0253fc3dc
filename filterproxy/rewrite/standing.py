"""What became of one element of a page, and why: for `explain`, after the page was rewritten.

Read-only, as `diagnosis` is: rules are matched once more, a condition at a time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

from filterproxy.errors import Source
from filterproxy.rewrite.account import excerpt_of
from filterproxy.rewrite.article import Article
from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.document import Node, ancestors
from filterproxy.rewrite.guard import judge
from filterproxy.rewrite.headings import find_headings
from filterproxy.rewrite.list_verdict import list_verdict
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.match import Target, match
from filterproxy.rewrite.measure import measure
from filterproxy.rewrite.result import Page, Removal, Veto
from filterproxy.rewrite.sections import find_sections
from filterproxy.ruleset.css_parser import parse
from filterproxy.ruleset.model import Action, Category, Rule, Selector
from filterproxy.ruleset.selector_cost import is_rare
from filterproxy.settings import Guard

_CONDITIONS = ("named", "within", "unless", "text", "at_most")
_TELLING = frozenset({"named", "text"})  # what is met by few elements, whatever their tag
_REACH = 3  # elements above a heading in which it may head something


class Fate(StrEnum):
    """What became of it."""

    GONE = "gone"
    CHANGED = "changed"  # hidden, unwrapped, or stripped of something
    PARTLY = "partly"  # something in it is gone or changed
    STAYS = "stays"


class Relation(StrEnum):
    """Where what a rule was about stands to the element."""

    SAME = "it"
    ABOVE = "what holds it"
    INSIDE = "something in it"


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that means the element, or nearly. `why`: what it wants besides, or why it is not tried."""

    rule: Rule
    why: str


@dataclass(frozen=True, slots=True)
class ElementStanding:
    """One element.

    Attributes:
        path: its CSS path.
        excerpt: the start of its text, or of its markup.
        size: characters it shows, white space left out.
        fate: what became of it.
        by: what was done to it, to what holds it, or in it.
        vetoes: what the guard refused, and where that stands to it.
        near: rules that mean it and did nothing to it.
        headings: section rules whose headings stand in it or before it and took nothing of it.
        story: where it stands to the story, in words.
        guard: what the guard would say to a rule that took it, in words.
        lists: what the search for lists says of it, in words.
    """

    path: str
    excerpt: str
    size: int
    fate: Fate
    by: tuple[tuple[Relation, Removal], ...]
    vetoes: tuple[tuple[Relation, Veto], ...]
    near: tuple[Near, ...]
    headings: tuple[Near, ...]
    story: str
    guard: str
    lists: str


@dataclass(frozen=True, slots=True)
class Standings:
    """Tells of elements of one page.

    Attributes:
        target: the page as it came.
        page: what `rewrite` made of it.
        article: where its story is, or None.
        rules: those for the page's site, each with why it does not apply there, or an empty text.
        guard: when a removal counts as taking the story.
        located: finds the elements of its account.
        kept: what is known to be about the story.
    """

    target: Target
    page: Page
    article: Article | None
    rules: Sequence[tuple[Rule, str]]
    guard: Guard
    located: Located
    kept: Sequence[Node] = ()

    def of(self, node: Node) -> ElementStanding:
        """All that is known of an element."""
        above = frozenset(one.mem_id for one in ancestors(node))
        inside = frozenset(one.mem_id for one in node.css("*")) - {node.mem_id}
        by = tuple(self._related(self.page.removals, node, above, inside))
        vetoes = tuple(self._related(self.page.vetoes, node, above, inside))
        done = {removal.rule for relation, removal in by if relation is not Relation.INSIDE}
        done |= {veto.rule for relation, veto in vetoes if relation is Relation.SAME}
        return ElementStanding(
            self.target.document.path(node),
            excerpt_of(node),
            measure(node).visible,
            _fate(by),
            by,
            vetoes,
            tuple(self._near(node, done)),
            tuple(self._headings(node, above, inside, done)),
            self._story(node),
            self._verdict(node),
            list_verdict(self.target.document, node, self.article, self.kept),
        )

    def _related[Told: (Removal, Veto)](
        self, told: Iterable[Told], node: Node, above: frozenset[int], inside: frozenset[int]
    ) -> Iterator[tuple[Relation, Told]]:
        for one in told:
            ids = {taken.mem_id for taken in self.located.nodes(one)}
            if node.mem_id in ids:
                yield Relation.SAME, one
            elif not ids.isdisjoint(above) and (isinstance(one, Veto) or one.action in TAKING):
                yield Relation.ABOVE, one
            elif not ids.isdisjoint(inside):
                yield Relation.INSIDE, one

    def _near(self, node: Node, done: set[str]) -> Iterator[Near]:
        for rule, off in self.rules:
            if rule.name in done:
                continue
            why = self._wanting(rule, node)
            if why is not None and (off or why):
                yield Near(rule, "; ".join(filter(None, (off, why))))

    def _wanting(self, rule: Rule, node: Node) -> str | None:
        """What a rule wants besides of an element that its selectors mean; None: they don't."""
        chosen = tuple(one for one in rule.selectors if node.mem_id in self.target.document.ids(one.css))
        if not chosen or rule.action in {Action.PRUNE, Action.STRIP_PARAMS}:
            return None
        bare = _without_conditions(rule)
        told = any(map(_names_something, chosen))
        for name in _CONDITIONS:
            if getattr(rule, name) in (None, ()):
                continue
            one = replace(bare, **{name: getattr(rule, name)})
            if not any(change.node.mem_id == node.mem_id for change in match(self.target, one, chosen)):
                return _unmet(rule, name) if told else None
            told = told or name in _TELLING
        if rule.up is not None and not any(
            above.mem_id in self.target.document.ids(rule.up) for above in ancestors(node)
        ):
            return f"nothing around it is {rule.up}"
        return "" if told else None

    def _headings(
        self, node: Node, above: frozenset[int], inside: frozenset[int], done: set[str]
    ) -> Iterator[Near]:
        """Headings of section rules in the element, or in what holds it, that head none of it."""
        applying = [rule for rule, off in self.rules if rule.action is Action.SECTION and not off]
        headings = list(find_headings(self.target.document, applying))
        found = find_sections(headings, self.article)
        for (heading, rule), changes in zip(headings, found, strict=True):
            if rule.name in done or not self._is_by(heading, node, above, inside):
                continue
            taken = {one.mem_id for one in chain.from_iterable(change.nodes for change in changes)}
            if not changes:
                text = " ".join(heading.text().split())
                yield Near(rule, f"its heading “{text}” heads nothing that looks like a list")
            elif heading.mem_id in inside and taken.isdisjoint(above | inside | {node.mem_id}):
                yield Near(rule, f"its heading “{' '.join(heading.text().split())}” heads something else")

    def _is_by(self, heading: Node, node: Node, above: frozenset[int], inside: frozenset[int]) -> bool:
        if heading.mem_id == node.mem_id or heading.mem_id in inside:
            return True
        near = [one for one, _ in zip(ancestors(heading), range(_REACH), strict=False)]
        return any(one.mem_id in above and one.tag not in {"body", "html"} for one in near)

    def _story(self, node: Node) -> str:
        article = self.article
        if article is None:
            return "the page has no story: nothing is guarded"
        if node.mem_id in article.ids:
            return "it is the story's block"
        if node.mem_id in article.above:
            return "it holds the story"
        if node.mem_id in article.heading:
            return "it is the story's heading, or holds it"
        if any(one.mem_id in article.ids for one in ancestors(node)):
            held = article.held.get(node.mem_id, 0)
            share = f", {held / article.size:.0%} of it" if held and article.size else ""
            return f"it stands in the story: {held:,} characters of its sentences{share}"
        return "it stands outside the story"

    def _verdict(self, node: Node) -> str:
        change = Change(_ANY, Action.REMOVE, node, node)
        (verdict,) = judge([change], self.article, self.guard)
        if verdict is None:
            return "a rule that named it would take it"
        reason, share = verdict
        part = f" ({share:.0%} of the story's text)" if 0 < share < 1 else ""
        return f"a rule that took it would be refused: {reason}{part}"


_ANY = Rule("?", "?", Source("?", 1, 1), Category.AD, Action.REMOVE)


def _fate(by: Iterable[tuple[Relation, Removal]]) -> Fate:
    fate = Fate.STAYS
    for relation, removal in by:
        if relation is not Relation.INSIDE and removal.action in TAKING:
            return Fate.GONE
        if relation is Relation.SAME:
            fate = Fate.CHANGED
        elif fate is Fate.STAYS:
            fate = Fate.PARTLY
    return fate


def _without_conditions(rule: Rule) -> Rule:
    return replace(
        rule,
        action=Action.REMOVE,  # one that is hidden already counts
        text=(),
        text_tokens=(),
        text_literals=(),
        named=None,
        within=None,
        unless=None,
        up=None,
        at_most=None,
    )


def _names_something(selector: Selector) -> bool:
    """Whether a selector says more of an element than its tag: else every <div> would come near a rule."""
    return any(is_rare(compound) for tree in parse(selector.css) for compound in tree.compounds)


def _unmet(rule: Rule, condition: str) -> str:
    said = {
        "named": "it is not named so",
        "within": f"it does not stand within {rule.within}",
        "unless": f"it is excepted by unless: {rule.unless}",
        "text": "it does not hold the rule's text",
        "at_most": f"it has more than {rule.at_most} characters",
    }
    return said[condition]
