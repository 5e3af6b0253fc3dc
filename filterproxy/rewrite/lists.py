"""Lists of other stories, found by their shape: the blocks that a site puts around its article to be clicked.

A block outside the article is such a list when it links to two headlines or more and these make up most of
its links and a good part of its text, or when three items of one shape or more each have one. Menus, footers
and comments are told apart by the length of their links, and by their names where those are plain.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from filterproxy.rewrite.article import Article
from filterproxy.rewrite.document import STRUCTURE, Document, Node, children, previous_element, texts_in
from filterproxy.rewrite.headings import HEADINGS
from filterproxy.rewrite.prose import begins_line
from filterproxy.rewrite.tally import Block, tally
from filterproxy.ruleset.text import normalise_heading

_HEADLINES = 2
_STORY = 1.0  # characters of the article for each headline around it; twice that where it has no heading
_OF_LINKS = 0.55  # of the weight of a block's links, what headlines have; menus are links to channels
_OF_TEXT = 0.25  # of the block's text; teasers and counts are the rest
_ITEMS = 3  # of one shape, each with a headline
_OF_ITEMS = 0.7  # of the block's text, what stands in them
_LEAST = 0.12  # of the text of such items, what headlines have
_ITEM = 400.0  # weight of the longest item: more is a story of its own
_HEADING = 24  # characters of a heading that stands before its list
_HEADING_LINKS = 6  # tabs are links
_FEW = 0.3  # two headlines have to be half of a block's text, ten hardly more than `_OF_TEXT`
_REST = 40.0  # weight of what else a list may hold: its heading, tabs, 更多
_OF_REST = 0.15
_REST_LISTED = 0.2  # of what else it holds, what headlines have where that is of the list, too
_ALIKE = 0.4  # of the text of an item, what its headline has
_LONG = 14.0  # weight of the headlines of a list in a footer, on average
_DEEPEST = 300  # elements around a list: no page has so many, and Python's stack has its end
_ALMOST_ALL = 0.9  # of the weight of the links of a block of teasers
_HEADLINES_INSIDE = 3  # in a list that stands inside the story
_PLAIN = 0.5  # of its text and of its links, what headlines have
_OF_STORY = 0.02  # of the story's sentences, what it may hold
_CONTROLS = "textarea,input[type=password],input[type=tel]"
_FOOTER_WEIGHT = 600.0  # of a footer; more is a column with one at its end
_TAIL = 2_000  # characters of a block's end that are looked at for a footer's words

_UNSEEN = frozenset({"script", "style", "br", "link"})
_STORY_TAGS = HEADINGS | {"p", "li", "blockquote", "figure", "pre"}
_LIST_TAGS = frozenset({"ul", "ol", "dl"})  # among paragraphs they are the story's own
_SOURCES = re.compile(
    r"\s*(?:references?|(?:foot)?notes|sources?|contents|bibliography)\b|\s*(?:参考(?:资料|文献)|參考(?:資料|文獻)|注释|註釋|目[录錄])",
    re.IGNORECASE,
)
_MENU_TAGS = frozenset({"nav", "form", "header", "footer", "select", "head"})
_MENU = re.compile(
    r"(?:^|[-_ ])(?:top|main|sub|site|page|global|skip)?[-_]?"
    r"(?:nav|menu|head|header|hd|foot|footer|(?<!side.)(?<!left.)(?<!right.)bar|navbar)(?:$|[-_ \d])"
    r"|crumb|pagination|pager|login|share|friend-?links?|copyright|sitemap",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"comment(?<!read.comment)(?!.*(?:hot|rank|recommend))|commt|pinglun|reply|replies|disqus", re.IGNORECASE
)
_FOOTER = re.compile(
    r"©|[Cc]opyright|COPYRIGHT|版权所有|版權所有|ICP[备證证]|备案号|许可证|許可證|Creative Commons|知识共享"
    r"|All [Rr]ights [Rr]eserved|[Ss]kip to"
)
_PAGING = re.compile(
    r"\s*(?:上一|下一|前一|後一|previous (?:article|post|story)|next (?:article|post|story))", re.IGNORECASE
)
_TITLED = re.compile(r"tit|head|hd|tab|bar|caption|label|more", re.IGNORECASE)
_DATED = re.compile(r"\d{4}\s*[-年/.]\s*\d{1,2}")


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


def find_lists(document: Document, article: Article) -> Iterator[Listing]:
    """The outermost lists of a page that has an article, in document order."""
    root = tally(document)
    if root is None:
        return
    least = _STORY if article.heading else 2 * _STORY
    if not article.brief and article.size < least * root.headlines:
        return  # a front page: its lists are what it is for
    for block in _outermost(root, article):
        yield _with_heading(block, article)


def _folded(node: Node) -> str:
    return " ".join(node.text().split())


def _outermost(held: Block, article: Article, *, inside: bool = False) -> Iterator[Block]:
    """The lists in a block, itself where it is one. `inside` the story they have to be plain ones."""
    mem_id = held.node.mem_id
    if held.headlines < (_HEADLINES_INSIDE if inside else _HEADLINES) or held.depth > _DEEPEST:
        return
    story = mem_id in article.ids
    if inside and _is_of_story(held, article):
        return
    frame = held.tag in STRUCTURE or mem_id in article.above or mem_id in article.heading
    if not frame and not story and (_is_list_inside(held, article) if inside else _is_list(held)):
        inner = _below(held, article, inside=inside)
        if not inner or _is_one(held, inner):
            yield held
        elif not _is_menu(held.node):
            yield from inner
    elif not frame and not story and _is_kept(held):
        return
    elif frame or inside or not _is_menu(held.node):
        yield from _below(held, article, inside=inside or story)
    elif "foot" in _names(held.node).lower():  # among links to departments, which have shorter names
        found = _below(held, article, inside=inside)
        yield from (one for one in found if one.headline_weight >= _LONG * one.headlines)


def _is_one(held: Block, inner: list[Block]) -> bool:
    """Whether a list is one with the lists in it, which hold most of it, and no sections of their own."""
    ids = {found.node.mem_id for found in inner}
    listed = False
    for below in held.below:
        listed = listed or below.node.mem_id in ids
        if listed and below.tag in HEADINGS and not below.headlines:
            return False
    rest = held.weight - sum(found.weight for found in inner)
    headlines = held.headline_weight - sum(found.headline_weight for found in inner)
    return rest <= max(_REST, _OF_REST * held.weight) or headlines >= _REST_LISTED * rest


def _below(held: Block, article: Article, *, inside: bool) -> list[Block]:
    """The lists in a block, and with them what has the shape of one and a headline, if there are three."""
    found = [list(_outermost(below, article, inside=inside)) for below in held.below]
    listed = {
        _shape(below) for below, lists in zip(held.below, found, strict=True) if lists and lists[0] is below
    }
    if listed:
        shapes = Counter(_shape(below) for below in held.below if below.headlines)
        for index, below in enumerate(held.below):
            shape = _shape(below)
            alike = not found[index] and shape in listed and shapes[shape] >= _ITEMS and below.headlines
            if alike and below.node.mem_id not in article.above and below.share >= _ALIKE:
                found[index] = [below]
    return [one for lists in found for one in lists]


def _shape(block: Block) -> tuple[str, str]:
    """By what items of one list are alike: the element's name and its first class."""
    classes = (block.node.attrs.get("class") or "").split()
    return block.tag, classes[0] if classes else ""


def _is_list_inside(held: Block, article: Article) -> bool:
    """Whether a block that stands inside the story is none of it: all links, and hardly a sentence."""
    sentences = article.held.get(held.node.mem_id, 0)
    plain = held.share >= _PLAIN and held.headline_weight >= _PLAIN * held.link_weight
    return plain and sentences <= _OF_STORY * article.size and _is_list(held)


def _is_of_story(held: Block, article: Article) -> bool:
    """Whether a block inside the story is a part of its text, whatever links it holds."""
    if held.tag in _STORY_TAGS:
        return True
    if held.tag in _LIST_TAGS and (_names(held.node) == " " or _stands_among_paragraphs(held.node, article)):
        return True
    return _SOURCES.match(held.node.text()) is not None


def _stands_among_paragraphs(node: Node, article: Article) -> bool:
    above = node.parent
    return above is not None and any(
        child.tag == "p" and child.mem_id in article.held for child in children(above)
    )


def _is_menu(node: Node) -> bool:
    return node.tag in _MENU_TAGS or _named_menu(_names(node))


@lru_cache(maxsize=4096)
def _named_menu(names: str) -> bool:
    return _MENU.search(names) is not None


@lru_cache(maxsize=4096)
def _named_comments(names: str) -> bool:
    return _COMMENTS.search(names) is not None


def _names(node: Node) -> str:
    attributes = node.attrs
    return f"{attributes.get('id') or ''} {attributes.get('class') or ''}"


def _is_list(held: Block) -> bool:
    node = held.node
    if held.tag in _MENU_TAGS - {"footer"} or not _listed(held) or _named_comments(_names(node)):
        return False
    text = node.text()
    if _PAGING.match(text) is not None and held.headlines <= 2 * _HEADLINES:
        return False
    return _FOOTER.search(text[-_TAIL:]) is None and node.css_first(_CONTROLS) is None


def _is_kept(held: Block) -> bool:
    """Whether it would be a list, but for its being comments or a footer: what is in it stays, too."""
    if held.tag in _MENU_TAGS or not _listed(held):
        return False
    if _named_comments(_names(held.node)):
        return True
    return held.weight <= _FOOTER_WEIGHT and _FOOTER.search(held.node.text()) is not None


def _listed(held: Block) -> bool:
    """Whether headlines make up enough of it."""
    if held.headline_weight < _OF_LINKS * held.link_weight:
        return _in_items(held)
    if _is_menu(held.node):  # names lie, but then the block has to be plainly a list
        least = _OF_TEXT if "foot" in _names(held.node).lower() else 2 * _OF_TEXT
        return held.headlines > _ITEMS and held.share >= least
    return held.share >= _OF_TEXT + _FEW / held.headlines or _in_items(held) or _in_teasers(held)


def _in_items(held: Block) -> bool:
    """Whether it is a row of items of one shape, each with a headline."""
    if _is_menu(held.node):
        return False
    shapes: dict[tuple[str, str], list[Block]] = {}
    for below in held.below:
        if below.headlines:
            shapes.setdefault(_shape(below), []).append(below)
    items = max(shapes.values(), key=len, default=[])
    if len(items) < _ITEMS:
        return False
    weights = [item.weight for item in items]
    return (
        sum(weights) >= _OF_ITEMS * held.weight
        and max(weights) <= _ITEM
        and held.headline_weight >= _LEAST * held.weight
    )


def _in_teasers(held: Block) -> bool:
    """Whether it is headlines with a few sentences behind each, every one at the beginning of a line."""
    plain = held.headlines >= _ITEMS and held.headline_weight >= _ALMOST_ALL * held.link_weight
    if not plain or held.share < _LEAST or held.weight > _ITEM * held.headlines:
        return False
    return all(map(begins_line, held.node.css("a[href]")))


def _with_heading(held: Block, article: Article) -> Listing:
    """The list, with the heading that stands before it."""
    node = held.node
    links = f"{held.headlines} links to headlines"
    before = previous_element(node)
    while before is not None and before.tag in _UNSEEN:
        before = previous_element(before)
    if before is not None and _heads(before, article):
        text = _folded(before)
        return Listing(before, node, normalise_heading(text), f"{links} under “{text}”")
    text = next((text for _, text in texts_in(node)), "")
    heading = normalise_heading(text) if len(text) <= _HEADING else ""
    return Listing(node, node, heading, f"{links}, {held.share:.0%} of the block's text")


def _heads(node: Node, article: Article) -> bool:
    """Whether an element is a heading, and of nothing but what follows it."""
    if node.mem_id in article.above or node.mem_id in article.heading or node.tag in _MENU_TAGS:
        return False
    text = _folded(node)
    titled = node.tag in HEADINGS or _TITLED.search(_names(node)) is not None
    short = 0 < len(text) <= _HEADING and _DATED.search(text) is None
    return titled and short and len(node.css("a")) <= _HEADING_LINKS
