"""Lists of other stories, found by their shape: the blocks that a site puts around its article to be clicked.

A block outside the article is such a list when it links to two headlines or more and these make up most of
its links and a good part of its text, or when three items of one shape or more each have one; and when these
lead to stories (`story_links`). What else holds such links is told by `furniture`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from filterproxy.rewrite import furniture
from filterproxy.rewrite.article import Article
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors, children
from filterproxy.rewrite.furniture import is_menu
from filterproxy.rewrite.headings import HEADINGS
from filterproxy.rewrite.list_headings import heading_of
from filterproxy.rewrite.list_shapes import in_items, is_listed, is_one, says_why, shape_of
from filterproxy.rewrite.story_links import lead_to_stories, links_of
from filterproxy.rewrite.tally import Block, tally
from filterproxy.ruleset.text import normalise_heading

HEADLINES = 2  # of a list, at least
_HEADLINES_INSIDE = 3  # in a list that stands inside the story
_STORY = 1.0  # characters of the article for each headline around it; twice that where it has no heading
_ITEMS = 3  # of one shape, of which some are lists by themselves: the others go with them
_ALIKE = 0.4  # of the text of such an item, what its headline has
_LINKS = 2.0  # for each headline of a list before the story: the others are its channel, its comments
_ENTRIES = 1.7  # of one that is called a menu or a header
_OF_ITEM = 3  # links of an item with one headline: its channel, its comments
_FEW = 3  # headlines of a list that is an item of another
_MOST = 0.8  # of a list's items, how many have to be found: two headlines in one of ten are no list
_LONG = 14.0  # weight of the headlines of a list in a footer, on average
_DEEPEST = 300  # elements around a list: no page has so many, and Python's stack has its end
_PLAIN = 0.5  # of its text and of its links, what headlines have
_OF_STORY = 0.02  # of the story's sentences, what it may hold
_FOOTER_WEIGHT = 600.0  # of a footer; more is a column with one at its end

_STORY_TAGS = HEADINGS | {"p", "li", "blockquote", "figure", "pre"}
_LIST_TAGS = frozenset({"ul", "ol", "dl"})  # among paragraphs they are the story's own
_ITEM_TAGS = frozenset({"li", "dd", "dt", "tr", "p"})


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of other stories: `first` through `last` of siblings, a heading before it among them.

    Attributes:
        heading: the text it stands under, normalised as rules' headings are; empty where none was found.
        why: by what it was known, for the account.
    """

    first: Node
    last: Node
    heading: str
    why: str


def find_lists(document: Document, article: Article, kept: Iterable[Node] = ()) -> Iterator[Listing]:
    """The outermost lists of a page that has an article, in document order.

    Args:
        document: the page.
        article: its story.
        kept: what is known to be something else. Neither these, nor what stands in them, nor what holds one
            is a list.
    """
    root = tally(document)
    if root is None:
        return
    if is_front_page(root, article):
        return
    finder = _Finder(article, kept)
    for block in finder.outermost(root):
        found = heading_of(block, finder.frame)
        heading = normalise_heading(found.text)
        yield Listing(found.first, found.last, heading, says_why(block, found.text if found.shown else ""))


def is_front_page(root: Block, article: Article) -> bool:
    """Whether a page's headlines outweigh its story: its lists are what it is for."""
    least = _STORY if article.heading else 2 * _STORY
    return not article.brief and article.size < least * root.headlines


class _Finder:
    """Looks through a page's blocks once, in document order.

    Attributes:
        frame: `mem_id`s of what can't be taken whole: it holds the story, its heading, or what is kept.
    """

    def __init__(self, article: Article, kept: Iterable[Node]) -> None:
        kept = tuple(kept)
        above = {node.mem_id for found in kept for node in ancestors(found)}
        self._article = article
        self._kept = {node.mem_id for node in kept}
        self._reached = False  # whether the story has begun
        self.frame = article.above | article.heading | above | self._kept

    def outermost(self, held: Block, *, inside: bool = False) -> Iterator[Block]:
        """The lists in a block, itself where it is one. `inside` the story they have to be plain ones."""
        mem_id = held.node.mem_id
        story = mem_id in self._article.ids
        few = held.headlines < (_HEADLINES_INSIDE if inside else HEADLINES)
        self._reached = self._reached or story or (few and mem_id in self._article.above)
        if few or held.depth > _DEEPEST or mem_id in self._kept:
            return
        if inside and _is_of_story(held, self._article):
            return
        frame = held.tag in STRUCTURE or mem_id in self.frame
        if not frame and not story and self._is_list(held, inside=inside):
            inner = self._below(held, inside=inside)
            if not inner or is_one(held, inner):
                yield held
            elif not is_menu(held.node):
                yield from inner
        elif not frame and not story and _is_kept(held):
            return
        elif frame or inside or not is_menu(held.node):
            yield from self._below(held, inside=inside or story)
        elif furniture.is_named_footer(held.node):  # among links to departments, with shorter names
            found = self._below(held, inside=inside)
            yield from (one for one in found if one.headline_weight >= _LONG * one.headlines)

    def _is_list(self, held: Block, *, inside: bool) -> bool:
        if held.tag in furniture.MENU_TAGS - {"footer"} or not is_listed(held):
            return False
        if inside and not self._is_plain(held):
            return False
        if (not self._reached or is_menu(held.node)) and _has_entries(held):
            return False
        return lead_to_stories(held) and not furniture.is_furniture(held.node, held.headlines)

    def _is_plain(self, held: Block) -> bool:
        """Whether a block that stands inside the story is none of it: all links, and hardly a sentence."""
        sentences = self._article.held.get(held.node.mem_id, 0)
        plain = held.share >= _PLAIN and held.headline_weight >= _PLAIN * held.link_weight
        return plain and sentences <= _OF_STORY * self._article.size

    def _below(self, held: Block, *, inside: bool) -> list[Block]:
        """The lists in a block, and with them what has their shape and a headline, if there are three."""
        found = [list(self.outermost(below, inside=inside)) for below in held.below]
        listed = {
            shape_of(below)
            for below, lists in zip(held.below, found, strict=True)
            if lists and lists[0] is below
        }
        if listed:
            shapes = Counter(shape_of(below) for below in held.below if below.headlines)
            for index, below in enumerate(held.below):
                shape = shape_of(below)
                alike = not found[index] and shape in listed and shapes[shape] >= _ITEMS and below.headlines
                if alike and below.node.mem_id not in self.frame and below.share >= _ALIKE:
                    found[index] = [below]
        return [one for lists in _most(held.below, found) for one in lists]


def _has_entries(held: Block) -> bool:
    """Whether shorter links outnumber a block's headlines, as in a header with some stories in its menus."""
    links = links_of(held)
    header = is_menu(held.node) and not furniture.is_named_footer(held.node)
    return links > (_ENTRIES if header else _LINKS) * held.headlines and not (
        in_items(held) and links <= _OF_ITEM * len(held.below)
    )


def _most(below: list[Block], found: list[list[Block]]) -> Iterator[list[Block]]:
    """What was found in each block, less single items of a list most of whose items are none."""
    items = Counter(shape_of(block) for block in below if block.tag in _ITEM_TAGS)
    taken = Counter(shape_of(block) for block, lists in zip(below, found, strict=True) if lists == [block])
    for block, lists in zip(below, found, strict=True):
        shape = shape_of(block)
        alone = lists == [block] and block.headlines <= _FEW
        if not (alone and items[shape] >= _ITEMS and taken[shape] < _MOST * items[shape]):
            yield lists


def _is_of_story(held: Block, article: Article) -> bool:
    """Whether a block inside the story is a part of its text, whatever links it holds."""
    if held.tag in _STORY_TAGS:
        return True
    unnamed = furniture.names(held.node) == " "
    if held.tag in _LIST_TAGS and (unnamed or _stands_among_paragraphs(held.node, article)):
        return True
    return furniture.is_sources(held.node)


def _stands_among_paragraphs(node: Node, article: Article) -> bool:
    above = node.parent
    return above is not None and any(
        child.tag == "p" and child.mem_id in article.held for child in children(above)
    )


def _is_kept(held: Block) -> bool:
    """Whether it is comments, or would be a list but for its being a byline or a footer.

    What is in it stays, too.
    """
    if furniture.is_named_comments(held.node):
        return True
    if held.tag in furniture.MENU_TAGS or not is_listed(held):
        return False
    if furniture.is_byline(held.node, held.headlines):
        return True
    return held.weight <= _FOOTER_WEIGHT and furniture.says_footer(held.node)
