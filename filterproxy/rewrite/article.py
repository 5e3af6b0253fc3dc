"""Where a page's article is: what the guard protects.

In this order: the site's own `article:` selector; the page's marks (JSON-LD `articleBody`,
`itemprop=articleBody`, `<article>`, `<main>`); else the block with most unlinked, visible sentence text.
Text that the page hides is no article. A page that is all list has none.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from filterproxy.rewrite.brief import brief_story
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors, children
from filterproxy.rewrite.measure import is_hidden
from filterproxy.rewrite.prose import Prose, begins_line, prose_of
from filterproxy.settings import Guard

MARKS = (
    ("articleBody", "[itemprop~='articleBody' i]"),
    ("<article", "article"),
    ("<main", "main"),
    ('role="main"', "[role='main']"),
)
"""The page's own marks, and a text without which they aren't there: looking for it is quicker."""

_NOT_ARTICLE = re.compile(
    r"comment|reply|pinglun|disclaim|copyright|foot|sidebar|recommend|related|popup|modal|cookie",
    re.IGNORECASE,
)
_BESIDE = re.compile(f"{_NOT_ARTICLE.pattern}|most.?read|follow|rank", re.IGNORECASE)
_SEARCHED = frozenset("q wd w word query keyword keywords kw k p text search search_query s".split())
_SEARCH = re.compile("搜索|搜尋|搜寻|检索|検索|검색|поиск|search|such|recherche|búsqueda", re.IGNORECASE)
_PARTS = re.compile(r"[|_—–«»·-]")  # what stands between a title's parts
_SHARE_OF_PAGE = 0.2  # of all sentence text: below it the page is a list with teasers
_BARE = 0.4  # of all sentence text, what stands in the body itself where it is the article's block
_NEARLY_ALL = 0.8  # of all sentence text: a block with so much is the article, whatever it is named
_SPREAD = 1.25  # a block whose parent holds this much more is one part of an article in parts
_CANDIDATES = 8  # blocks looked at, the fullest first
_TEASERS = 3  # links of a list with teasers
_LINKED = 0.5  # of the sentences of such a list, its links' text
_HEADLINE = 8  # characters of such a link
_MOST_TEASERS = 0.6  # of the story's block, what they may make up
_TEXT = frozenset({"p", "li", "blockquote", "pre", "figure"})
_LIST_TAGS = frozenset({"ul", "ol"})  # without a name they are the story's own
_CLIMB = 3  # levels an article's parts stand apart


@dataclass(frozen=True, slots=True)
class Article:
    """The article's blocks and its heading.

    Attributes:
        ids: `mem_id`s of the blocks.
        above: `mem_id`s of the blocks and of all that holds one.
        heading: `mem_id`s of the article's heading and of all that holds it.
        size: characters of its unlinked, visible sentence text.
        held: of that text, how much each element inside the blocks holds, by `mem_id`.
        brief: whether it was told by its headline, its text being too short to tell it by.
    """

    ids: frozenset[int]
    above: frozenset[int]
    heading: frozenset[int]
    size: int
    held: Mapping[int, int]
    brief: bool = False


def find_article(document: Document, selector: str | None, guard: Guard) -> Article | None:
    """The page's article, or None where it has none worth guarding."""
    found = _by_selector(document, selector)
    if not found and _is_of_results(document):
        return None
    found = found or _by_marks(document, guard) or _by_text(document, guard, None)
    if not found:
        return _brief(document)
    held: dict[int, int] = {}
    above: set[int] = set()
    for block, prose in found:
        held.update(prose.held)
        if selector is None:
            _without_teasers(block, held)
        above.update(node.mem_id for node in (block, *ancestors(block)))
    heading = _heading(document)
    headed = () if heading is None else (heading, *ancestors(heading))
    return Article(
        frozenset(block.mem_id for block, _ in found),
        frozenset(above),
        frozenset(node.mem_id for node in headed),
        sum(held.get(block.mem_id, 0) for block, _ in found),
        held,
    )


def _brief(document: Document) -> Article | None:
    """A story of a few lines, or of a picture, that no block of text tells."""
    story = brief_story(document)
    if story is None:
        return None
    heading, block = story
    prose = prose_of(block)
    return Article(
        frozenset({block.mem_id}),
        frozenset(node.mem_id for node in (block, *ancestors(block))),
        frozenset(node.mem_id for node in (heading, *ancestors(heading))),
        prose.total,
        prose.held,
        brief=True,
    )


_Found = list[tuple[Node, Prose]]


def _by_selector(document: Document, selector: str | None) -> _Found:
    """The site's own article: every visible match that stands in no other."""
    if selector is None:
        return []
    found = [node for node in document.find(selector) if not _hidden(node)]
    ids = {node.mem_id for node in found}
    outer = [node for node in found if not any(above.mem_id in ids for above in ancestors(node))]
    return [(node, prose_of(node)) for node in outer]


def _by_marks(document: Document, guard: Guard) -> _Found:
    if "articleBody" in document.text:
        body = _json_ld_body(document)
        if body and (found := _by_text(document, guard, body)):
            return [(block, prose_of(block)) for block, _ in found]  # the mark may hold but its beginning
    for token, mark in MARKS:
        if token not in document.text:
            continue
        marked = [(node, prose_of(node)) for node in document.find(mark) if not _hidden(node)]
        if not marked:
            continue
        sizes = [prose.total for _, prose in marked]
        most = max(sizes)
        # many <article>s of a size are a list of teasers
        if most >= guard.article_floor and most >= 0.5 * sum(sizes):
            return [marked[sizes.index(most)]]
    return []


def _json_ld_body(document: Document) -> str:
    """The text of `articleBody` in the page's JSON-LD (schema.org), white space left out."""
    for script in document.find("script[type='application/ld+json' i]"):
        try:
            data = json.loads(script.text(), strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _items(data):
            text = item.get("articleBody")
            if isinstance(text, str):
                return "".join(text.split())
    return ""


def _items(data: object, depth: int = 0) -> Iterator[dict[str, object]]:
    if isinstance(data, list) and depth < 4:  # noqa: PLR2004 - JSON-LD nests a @graph in a list, no deeper
        for item in data:
            yield from _items(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        yield from _items(data.get("@graph"), depth + 1)


def _by_text(document: Document, guard: Guard, body: str | None) -> _Found:
    """The block with most sentence text. `body`: only text that stands in it counts."""
    root = document.parser.body
    if root is None:
        return []
    prose = prose_of(root, body, document.text_nodes())
    least = max(guard.article_floor, _SHARE_OF_PAGE * prose.total)
    fullest = sorted(prose.own, key=lambda key: -prose.own[key])[:_CANDIDATES]
    for mem_id in fullest:
        block = prose.blocks[mem_id]
        if block.tag == "body":
            if prose.own[mem_id] >= max(guard.article_floor, _BARE * prose.total):
                return [(block, prose)]
        elif _may_be_article(block):
            block = _whole(block, prose.held)
            if prose.held[block.mem_id] >= least:
                return [(block, prose)]
            break
    most = prose.blocks[fullest[0]] if fullest else None
    if most is None or prose.own[most.mem_id] < max(least, _NEARLY_ALL * prose.total) or _hidden(most):
        return []
    return [(most, prose)]


def _may_be_article(node: Node) -> bool:
    for level, above in enumerate((node, *ancestors(node))):
        if is_hidden(above):
            return False
        if level < _CLIMB and _NOT_ARTICLE.search(f"{above.id or ''} {above.attrs.get('class') or ''}"):
            return False
    return True


def _whole(node: Node, held: Mapping[int, int]) -> Node:
    """The block, or one of the next above it that holds clearly more of the text.

    Teasers don't count, nor what is named otherwise: comments.
    """
    for above, _ in zip(ancestors(node), range(_CLIMB), strict=False):
        least = _SPREAD * held[node.mem_id]
        if above.tag in STRUCTURE or held[above.mem_id] < least:
            break
        if _NOT_ARTICLE.search(f"{above.id or ''} {above.attrs.get('class') or ''}"):
            break
        others = (child for child in children(above) if child.mem_id != node.mem_id)
        beside = sum(
            held.get(child.mem_id, 0) for child in others if _is_named(child) or _has_teasers(child, held)
        )
        if held[above.mem_id] - beside < least and not _has_teasers(node, held):
            break
        node = above
    return node


def _is_named(node: Node) -> bool:
    """Whether an element is named as something that stands beside articles."""
    return _BESIDE.search(f"{node.id or ''} {node.attrs.get('class') or ''}") is not None


def _has_teasers(node: Node, held: Mapping[int, int]) -> bool:
    """Whether its sentences stand behind headlines that say about as much as they do."""
    if node.mem_id not in held or node.tag in _TEXT:
        return False
    if node.tag in _LIST_TAGS and not (node.id or node.attrs.get("class")):
        return False
    links = [link for link in node.css("a[href]") if len(link.text().strip()) >= _HEADLINE]
    if len(links) < _TEASERS or not all(map(begins_line, links)):
        return False
    return sum(len(link.text().strip()) for link in links) >= _LINKED * held[node.mem_id]


def _without_teasers(block: Node, held: dict[int, int]) -> None:
    """Take lists with teasers that stand in the story's block out of what counts as its text."""
    for node in children(block):
        size = held.get(node.mem_id, 0)
        if not size or size > _MOST_TEASERS * held[block.mem_id] or not _has_teasers(node, held):
            continue
        for inner in node.css("*"):
            held.pop(inner.mem_id, None)
        held.pop(node.mem_id, None)
        held[block.mem_id] -= size


def _hidden(node: Node) -> bool:
    return is_hidden(node) or any(map(is_hidden, ancestors(node)))


def may_head_article(document: Document, heading: Node) -> bool:
    """Whether an `h1`, or a heading whose text stands in the page's title: shorter ones name a channel."""
    text = "".join(heading.text().split())
    if heading.tag != "h1":
        return len(text) >= 6 and text in _title(document)  # noqa: PLR2004 - the same, of a section
    if len(text) < 6 and text in _title(document):  # noqa: PLR2004 - 新浪娱乐首页 is a channel's
        return text in _PARTS.split(_title(document))
    return len(text) >= 4  # noqa: PLR2004 - 新闻中心 is the shortest headline worth the name


def _heading(document: Document) -> Node | None:
    """The article's heading: one whose text stands in the page's title, else the first `h1`."""
    candidates = [h for h in document.find("h1,h2,h3") if may_head_article(document, h)]
    titled = (h for h in candidates if "".join(h.text().split()) in _title(document))
    return next(titled, candidates[0] if candidates else None)


def _is_of_results(document: Document) -> bool:
    """Whether it is a page of search results: its title says so and begins with what was searched for."""
    first, *others = _PARTS.split(_title(document))
    if not first or not any(map(_SEARCH.search, others)):
        return False
    fields = document.find("input[value]")
    return any(
        (field.attrs.get("type") or "text").lower() in {"text", "search"}
        and (field.attrs.get("name") or "").lower() in _SEARCHED
        and "".join((field.attrs.get("value") or "").split()) == first
        for field in fields
    )


def _title(document: Document) -> str:
    titles = document.find("title")
    return "".join(titles[0].text().split()) if titles else ""
