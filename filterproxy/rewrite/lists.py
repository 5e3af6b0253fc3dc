"""Lists of other stories, found by their shape: the blocks that a site puts around its article to be clicked.

A block outside the article is such a list when it links to two headlines or more and these make up most of
its links and a good part of its text, or when three items of one shape or more each have one. Menus, footers
and comments are told apart by the length of their links, and by their names where those are plain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from filterproxy.rewrite.article import Article
from filterproxy.rewrite.document import STRUCTURE, Document, Node, previous_element, texts_in
from filterproxy.rewrite.headings import HEADINGS
from filterproxy.rewrite.measure import visible_text
from filterproxy.ruleset.text import normalise_heading

_HEADLINE = 7.0  # weight of the shortest text that is one: 食疗养生 names a channel
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
_CONTROLS = "textarea,input[type=password],input[type=tel]"
_TAIL = 2_000  # characters of a block's end that are looked at for a footer's words

_UNSEEN = frozenset({"script", "style", "br", "link"})
_MENU_TAGS = frozenset({"nav", "form", "header", "footer", "select", "head"})
_MENU = re.compile(
    r"(?:^|[-_ ])(?:top|main|sub|site|page|global|skip)?[-_]?"
    r"(?:nav|menu|head|header|hd|foot|footer|bar|navbar)(?:$|[-_ \d])"
    r"|crumb|pagination|pager|login|share|friend-?links?|copyright|sitemap",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment(?!.*(?:hot|recommend))|commt|pinglun|reply|replies|disqus", re.IGNORECASE)
_FOOTER = re.compile(
    r"©|Copyright|版权所有|版權所有|ICP备|ICP證|ICP证|All rights reserved|备案号", re.IGNORECASE
)
_TITLED = re.compile(r"tit|head|hd|tab|bar|caption|label|more", re.IGNORECASE)
_DATED = re.compile(r"\d{4}\s*[-年/.]\s*\d{1,2}")
_WORD = 2.5  # letters that say as much as one Chinese character


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


@dataclass(slots=True)
class _Held:
    """What a block holds: links to headlines, and all links. Weights as `_weight` has them."""

    node: Node
    headlines: int = 0
    headline_weight: float = 0.0
    link_weight: float = 0.0
    below: "list[_Held]" = field(default_factory=list)
    _text: str | None = None

    @property
    def text(self) -> str:
        """What a reader sees of it, white space folded."""
        if self._text is None:
            self._text = " ".join(visible_text(self.node).split())
        return self._text

    @property
    def weight(self) -> float:
        """Of all its text."""
        return _weight(self.text)


def find_lists(document: Document, article: Article) -> Iterator[Listing]:
    """The outermost lists of a page that has an article, in document order."""
    body = document.parser.body
    if body is None:
        return
    root = _tally(document, body, article)
    least = _STORY if article.heading else 2 * _STORY
    if article.size < least * root.headlines:
        return  # a front page: its lists are what it is for
    for held in _outermost(root, article):
        yield _with_heading(held, article)


def _weight(text: str) -> float:
    """How much a text says: Chinese characters as they are, of letters two and a half for one."""
    size = len(text)
    wide = (len(text.encode("utf-8", "replace")) - size) / 2
    return min(size, wide) + max(0.0, size - wide) / _WORD


def _folded(node: Node) -> str:
    return " ".join(node.text().split())


def _tally(document: Document, body: Node, article: Article) -> _Held:
    """The blocks that hold links, as a tree, each with what is in it."""
    root = _Held(body)
    chains: dict[int, tuple[_Held, ...]] = {body.mem_id: (root,)}
    for anchor in document.find("a"):
        if anchor.mem_id in article.above or "href" not in anchor.attrs:
            continue
        weight = _weight(_folded(anchor))
        for held in _chain(anchor, chains):
            held.link_weight += weight
            if weight >= _HEADLINE:
                held.headlines += 1
                held.headline_weight += weight
    return root


def _chain(node: Node, chains: dict[int, tuple[_Held, ...]]) -> tuple[_Held, ...]:
    """An element and the blocks around it, up to the body; none where it stands elsewhere."""
    path: list[Node] = []
    above: Node | None = node
    while above is not None and above.mem_id not in chains:
        path.append(above)
        above = above.parent
    chain = () if above is None else chains[above.mem_id]
    for step in reversed(path if chain else []):
        held = _Held(step)
        chain[0].below.append(held)
        chain = chains[step.mem_id] = (held, *chain)
    return chain


def _outermost(held: _Held, article: Article) -> Iterator[_Held]:
    node = held.node
    inside = node.mem_id in article.ids
    frame = node.tag in STRUCTURE or node.mem_id in article.above or node.mem_id in article.heading
    if inside or held.headlines < _HEADLINES:
        return
    if not frame and _is_list(held):
        inner = [found for below in held.below for found in _outermost(below, article)]
        rest = held.weight - sum(found.weight for found in inner)
        if inner and rest > max(_REST, _OF_REST * held.weight):
            yield from inner
        else:
            yield held
    elif frame or not _is_menu(node):
        for below in held.below:
            yield from _outermost(below, article)


def _is_menu(node: Node) -> bool:
    return node.tag in _MENU_TAGS or _MENU.search(_names(node)) is not None


def _names(node: Node) -> str:
    return f"{node.id or ''} {node.attrs.get('class') or ''}"


def _is_list(held: _Held) -> bool:
    node = held.node
    if node.tag in _MENU_TAGS - {"footer"} or _COMMENTS.search(_names(node)) is not None:
        return False
    if _FOOTER.search(held.text[-_TAIL:]) is not None or node.css_first(_CONTROLS) is not None:
        return False
    if held.headline_weight < _OF_LINKS * held.link_weight:
        return _in_items(held)
    share = held.headline_weight / max(1.0, held.weight)
    if _is_menu(node):  # names lie, but then the block has to be plainly a list
        return held.headlines > _ITEMS and share >= 2 * _OF_TEXT
    return share >= _OF_TEXT + _FEW / held.headlines or _in_items(held)


def _in_items(held: _Held) -> bool:
    """Whether it is a row of items of one shape, each with a headline."""
    if _is_menu(held.node):
        return False
    shapes: dict[tuple[str | None, str], list[_Held]] = {}
    for below in held.below:
        if below.headlines:
            classes = (below.node.attrs.get("class") or "").split()
            shapes.setdefault((below.node.tag, classes[0] if classes else ""), []).append(below)
    items = max(shapes.values(), key=len, default=[])
    if len(items) < _ITEMS:
        return False
    weights = [item.weight for item in items]
    return (
        sum(weights) >= _OF_ITEMS * held.weight
        and max(weights) <= _ITEM
        and held.headline_weight >= _LEAST * held.weight
    )


def _with_heading(held: _Held, article: Article) -> Listing:
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
    share = held.headline_weight / max(1.0, held.weight)
    return Listing(node, node, heading, f"{links}, {share:.0%} of the block's text")


def _heads(node: Node, article: Article) -> bool:
    """Whether an element is a heading, and of nothing but what follows it."""
    if node.mem_id in article.above or node.mem_id in article.heading or node.tag in _MENU_TAGS:
        return False
    text = _folded(node)
    titled = node.tag in HEADINGS or _TITLED.search(_names(node)) is not None
    short = 0 < len(text) <= _HEADING and _DATED.search(text) is None
    return titled and short and len(node.css("a")) <= _HEADING_LINKS
