"""Where a page's article is: what the guard protects.

In this order: the site's own `article:` selector; the page's marks (JSON-LD `articleBody`,
`itemprop=articleBody`, `<article>`, `<main>`); else the block with most unlinked, visible sentence text.
Text that the page hides is no article. A page that is all list has none.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors
from filterproxy.rewrite.measure import is_hidden, sentences
from filterproxy.settings import Guard

MARKS = ("[itemprop~='articleBody' i]", "article", "main, [role='main']")

_NOT_ARTICLE = re.compile(
    r"comment|reply|pinglun|disclaim|copyright|foot|sidebar|recommend|related|popup|modal|cookie",
    re.IGNORECASE,
)
_SHARE_OF_PAGE = 0.2  # of all sentence text: below it the page is a list with teasers
_SPREAD = 1.25  # a block whose parent holds this much more is one part of an article in parts
_CLIMB = 3  # levels an article's parts stand apart


@dataclass(frozen=True, slots=True)
class Article:
    """The article's blocks and its heading.

    Attributes:
        ids: `mem_id`s of the blocks.
        above: `mem_id`s of the blocks and of all that holds one.
        heading: `mem_id`s of the article's heading and of all that holds it.
        size: characters of its unlinked, visible sentence text.
    """

    ids: frozenset[int]
    above: frozenset[int]
    heading: frozenset[int]
    size: int


def find_article(document: Document, selector: str | None, guard: Guard) -> Article | None:
    """The page's article, or None where it has none worth guarding."""
    blocks = _by_selector(document, selector) or _by_marks(document, guard) or _by_text(document, guard)
    if not blocks:
        return None
    size = sum(map(sentences, blocks))
    above = {block.mem_id for block in blocks}
    for block in blocks:
        above.update(node.mem_id for node in ancestors(block))
    heading = _heading(document)
    held = set() if heading is None else {heading.mem_id, *(node.mem_id for node in ancestors(heading))}
    return Article(frozenset(b.mem_id for b in blocks), frozenset(above), frozenset(held), size)


def _by_selector(document: Document, selector: str | None) -> list[Node]:
    """The site's own article: every visible match that stands in no other."""
    if selector is None:
        return []
    found = [node for node in document.find(selector) if not _hidden(node)]
    ids = {node.mem_id for node in found}
    return [node for node in found if not any(above.mem_id in ids for above in ancestors(node))]


def _by_marks(document: Document, guard: Guard) -> list[Node]:
    if "articleBody" in document.text:
        body = _json_ld_body(document)
        if body and (found := _densest(document, guard, body)):
            return found
    for mark in MARKS:
        sized = [(sentences(node), node) for node in document.find(mark) if not _hidden(node)]
        if not sized:
            continue
        size, node = max(sized, key=lambda pair: pair[0])
        # many <article>s of a size are a list of teasers
        if size >= guard.article_floor and size >= 0.5 * sum(other for other, _ in sized):
            return [node]
    return []


def _by_text(document: Document, guard: Guard) -> list[Node]:
    return _densest(document, guard, None)


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


def _densest(document: Document, guard: Guard, body: str | None) -> list[Node]:
    """The block with most sentence text: of paragraphs, of lines parted by `<br>`, else of any text.

    `body`: only text that stands in it counts.
    """
    for css in ("p,br", "div,td,section,span"):
        sizes: dict[int, int] = {}
        own: dict[int, int] = {}
        nodes: dict[int, Node] = {}
        for container, size in _paragraphs(document, css, body):
            own[container.mem_id] = own.get(container.mem_id, 0) + size
            for level, node in enumerate((container, *ancestors(container))):
                if level > _CLIMB or node.tag in STRUCTURE:
                    break
                nodes[node.mem_id] = node
                sizes[node.mem_id] = sizes.get(node.mem_id, 0) + size
        total = sum(own.values())
        for mem_id in sorted(own, key=lambda key: -own[key])[:8]:
            if mem_id not in nodes or not _may_be_article(nodes[mem_id]):
                continue
            node = _whole(nodes[mem_id], sizes)
            if sizes[node.mem_id] < max(guard.article_floor, _SHARE_OF_PAGE * total):
                break
            return [node]
    return []


def _paragraphs(document: Document, css: str, body: str | None) -> Iterator[tuple[Node, int]]:
    """Containers of sentence text with its size, a container as often as it has paragraphs."""
    seen: set[int] = set()
    for node in document.find(css):
        if node.tag == "p":
            container = node.parent
            text, size = node, sentences(node)
        else:
            container = node.parent if node.tag == "br" else node
            if container is None or container.mem_id in seen or container.tag in {"p", "a"}:
                continue
            seen.add(container.mem_id)
            text, size = container, _direct(container)
        if not size or container is None:
            continue
        if body is not None and "".join(text.text().split())[:40] not in body:
            continue
        yield container, size


def _direct(container: Node) -> int:
    lines = (line.strip() for line in container.text(deep=False, separator="\n").split("\n"))
    return sum(len(line) for line in lines if len(line) >= 10)  # noqa: PLR2004 - as measure.sentences


def _may_be_article(node: Node) -> bool:
    for level, above in enumerate((node, *ancestors(node))):
        if is_hidden(above):
            return False
        if level < _CLIMB and _NOT_ARTICLE.search(f"{above.id or ''} {above.attrs.get('class') or ''}"):
            return False
    return True


def _whole(node: Node, sizes: dict[int, int]) -> Node:
    """The block, or the one above it that holds clearly more of the text."""
    for above in ancestors(node):
        if above.mem_id not in sizes or sizes[above.mem_id] < _SPREAD * sizes[node.mem_id]:
            break
        if _NOT_ARTICLE.search(f"{above.id or ''} {above.attrs.get('class') or ''}"):
            break
        node = above
    return node


def _hidden(node: Node) -> bool:
    return is_hidden(node) or any(map(is_hidden, ancestors(node)))


def _heading(document: Document) -> Node | None:
    """The article's heading: a heading whose text stands in the page's title, else the first `h1`."""
    titles = document.find("title")
    title = "".join(titles[0].text().split()) if titles else ""
    first = None
    for node in document.find("h1,h2,h3"):
        text = "".join(node.text().split())
        if len(text) >= 6 and text in title:  # noqa: PLR2004 - shorter ones are a channel's name
            return node
        if first is None and node.tag == "h1" and len(text) >= 4:  # noqa: PLR2004 - the same
            first = node
    return first
