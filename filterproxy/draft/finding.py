"""What of a page a rule could take: what rules for every site found there by shape and by words, and more."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from filterproxy.draft.naming import Naming, inside
from filterproxy.errors import Source
from filterproxy.rewrite.account import shortened
from filterproxy.rewrite.article import Article
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors
from filterproxy.rewrite.guard import TEXTLESS
from filterproxy.rewrite.headings import find_headings
from filterproxy.rewrite.lists import Listing, find_lists
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.measure import measure, visible_text
from filterproxy.rewrite.names import Names
from filterproxy.rewrite.result import Removal
from filterproxy.rewrite.sections import find_sections
from filterproxy.ruleset.model import Action, Category, Rule
from filterproxy.ruleset.text import normalise_heading
from filterproxy.ruleset.values import heading as as_heading

_EXCERPT = 36  # characters
_HEADING = 20  # characters: a section's name; more is a headline
_SHORT = 300  # characters of what may be an advert by its name alone
_ADVERTS = (
    r"(?m)(^|-)(ads?|adv|adverts?|advertisement|gg|guanggao|sponsor(ed)?|banner|popup|couplet|duilian|tuiguang"
    r"|float(ing)?)(-|$)"
)
_PROMO = (
    r"(?m)(^|-)(promo|app-?(down|download|banner)|download|qr-?code|ewm|erweima|newsletter|subscribe"
    r"|follow(-us)?)(-|$)"
)
_FRAMES = frozenset(
    {"nav", "header", "footer", "form", "main", "article", "button", "input", "label", "svg", "use"}
)


class Certainty(StrEnum):
    """How a candidate was found."""

    SHAPE = "shape"  # by the shape of a list of other stories
    WORDS = "words"  # by the words of its name, as rules for every site read them
    NAME = "name"  # by a word of its name alone: perhaps


@dataclass(frozen=True, slots=True)
class Candidate:
    """A selector or a heading for the draft.

    Attributes:
        category: what it counts as.
        certainty: how it was found.
        value: the selector; of a section, the heading as the page has it.
        heading: whether it is a section's heading.
        said: what it takes on this page, in words.
        paths: CSS paths of what it takes.
    """

    category: Category
    certainty: Certainty
    value: str
    heading: bool
    said: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a page has to draft rules from.

    Attributes:
        candidates: in document order.
        nameless: paths and excerpts of what goes and has no name that lasts.
        by_others: what rules take that name it already: how many elements, by category.
    """

    candidates: tuple[Candidate, ...]
    nameless: tuple[tuple[str, str], ...]
    by_others: Mapping[Category, int]


def find_candidates(
    document: Document,
    article: Article | None,
    removals: Iterable[Removal],
    rules: Mapping[str, Rule],
    every_site: frozenset[str],
) -> Found:
    """Candidates on a page that was rewritten under the rules in force.

    Args:
        document: the page as it came.
        article: where its story is.
        removals: its account.
        rules: in force, by full name.
        every_site: the full names of those for every site.
    """
    finder, located = _Finder(document, article), Located(document)
    for removal in removals:
        rule = rules.get(removal.rule)
        found = rule is not None and removal.rule in every_site and _by_search(rule)
        nodes = located.nodes(removal)
        if not found or not nodes or nodes[0].tag in TEXTLESS - {"ins", "iframe"}:
            finder.leave(removal, nodes)
        else:
            finder.want(removal.category, nodes, lists=removal.action is Action.LISTS)
    return finder.found()


def _by_search(rule: Rule) -> bool:
    """Whether a rule searches by shape or words, rather than naming what it takes."""
    return rule.action is Action.LISTS or rule.named is not None


@dataclass(frozen=True, slots=True)
class _Wanted:
    category: Category
    certainty: Certainty
    nodes: list[Node]


class _Finder:
    def __init__(self, document: Document, article: Article | None) -> None:
        self._document = document
        self._article = article
        self._naming = Naming(document)
        self._wanted: list[_Wanted] = []
        self._gone: set[int] = set()
        self._by_others: dict[Category, int] = {}
        listings = () if article is None else find_lists(document, article)
        self._listings = {listing.first.mem_id: listing for listing in listings}

    def leave(self, removal: Removal, nodes: list[Node]) -> None:
        """It is named by a rule already."""
        self._by_others[removal.category] = self._by_others.get(removal.category, 0) + 1
        self._gone |= inside(nodes)

    def want(self, category: Category, nodes: list[Node], *, lists: bool) -> None:
        certainty = Certainty.SHAPE if lists else Certainty.WORDS
        self._wanted.append(_Wanted(category, certainty, nodes))
        self._gone |= inside(nodes)

    def found(self) -> Found:
        self._wanted += self._perhaps()
        groups = {
            (sure, category): inside(
                node
                for wanted in self._wanted
                if wanted.category is category and (wanted.certainty is Certainty.NAME) is not sure
                for node in wanted.nodes
            )
            for sure in (True, False)
            for category in Category
        }
        candidates: dict[tuple[str, Certainty], Candidate] = {}
        nameless = []
        for wanted in self._wanted:
            section = self._section(wanted)
            if section is not None:
                candidates.setdefault((section.value, wanted.certainty), section)
                continue
            allowed = groups[wanted.certainty is not Certainty.NAME, wanted.category]
            for node in wanted.nodes:
                css = self._naming.of(node, allowed)
                if css is None and wanted.certainty is not Certainty.NAME:
                    nameless.append((self._document.path(node), _excerpt(node)))
                elif css is not None and (css, wanted.certainty) not in candidates:
                    candidates[css, wanted.certainty] = self._candidate(wanted, css)
        return Found(tuple(candidates.values()), tuple(nameless), self._by_others)

    def _candidate(self, wanted: _Wanted, css: str) -> Candidate:
        nodes = self._document.find(css)
        paths = tuple(map(self._document.path, nodes))
        return Candidate(
            wanted.category, wanted.certainty, css, heading=False, said=_said(nodes), paths=paths
        )

    def _section(self, wanted: _Wanted) -> Candidate | None:
        """The heading over a list, where a section rule of it would take the same."""
        listing = self._listings.get(wanted.nodes[0].mem_id)
        if listing is None or not listing.heading or len(listing.heading) > _HEADING:
            return None
        text = _heading_text(listing)
        if not _is_heading(text):
            return None
        taken = self._under(text)
        if [node.mem_id for node in taken] != [node.mem_id for node in wanted.nodes]:
            return None
        paths = tuple(map(self._document.path, taken))
        return Candidate(
            wanted.category, wanted.certainty, text, heading=True, said=_said(taken), paths=paths
        )

    def _under(self, text: str) -> list[Node]:
        rule = _section_rule(text)
        headings = list(find_headings(self._document, [rule]))
        changes = list(chain.from_iterable(find_sections(headings, self._article)))
        return list(changes[0].nodes) if len(changes) == 1 else []

    def _perhaps(self) -> Iterator[_Wanted]:
        """What is called like an advert and stands outside the story, the menus and what goes already."""
        names = Names(self._document)
        adverts, promo = names.holders(_ADVERTS), names.holders(_PROMO)
        for node in sorted((adverts | promo).values(), key=_depth):
            if node.mem_id in self._gone or not self._may_go(node):
                continue
            self._gone |= inside([node])
            category = Category.PROMO if node.mem_id in promo else Category.AD
            yield _Wanted(category, Certainty.NAME, [node])

    def _may_go(self, node: Node) -> bool:
        article = self._article
        above = list(ancestors(node))
        if node.tag in STRUCTURE | _FRAMES or any(one.tag in _FRAMES - {"main"} for one in above):
            return False
        if article is not None:
            if node.mem_id in article.above | article.heading:
                return False
            if any(one.mem_id in article.ids for one in above):
                return False
        return measure(node).visible <= _SHORT


def _depth(node: Node) -> int:
    return sum(1 for _ in ancestors(node))


def _is_heading(text: str) -> bool:
    """Whether a rule file can have it under `section:`."""
    try:
        return text.isprintable() and bool(as_heading(text))
    except ValueError:
        return False


def _section_rule(text: str) -> Rule:
    headings = frozenset({normalise_heading(text)})
    source = Source("draft", 1, 1)
    return Rule("draft/x", "x", source, Category.RECOMMENDED, Action.SECTION, headings=headings)


def _heading_text(listing: Listing) -> str:
    """The heading as the page writes it."""
    for node in listing.first.traverse(include_text=True):
        text = " ".join((node.text_content or "").split()) if node.is_text_node else ""
        if text and normalise_heading(text) == listing.heading:
            return text
    return listing.heading


def _said(nodes: list[Node]) -> str:
    count = f"{len(nodes)} element{'s' if len(nodes) != 1 else ''}"
    text = next((text for node in nodes if (text := _excerpt(node))), "")
    return f"{count}: {text}" if text else f"{count}, empty as served"


def _excerpt(node: Node) -> str:
    text = "" if node.tag in TEXTLESS else shortened(visible_text(node))
    return f"“{text[:_EXCERPT]}{'…' if len(text) > _EXCERPT else ''}”" if text else ""
