"""What of a page's story a draft can name: the selector of what must stay, and a text of it."""

from dataclasses import dataclass

from filterproxy.draft.naming import Naming, inside
from filterproxy.rewrite.article import Article, find_article
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors, texts_in
from filterproxy.settings import Guard

_CLIMB = 3  # elements above the story that may be named in its place
_WIDER = 1.3  # of the story's sentences, what such an element may hold
_SHORTEST, _LONGEST = 10, 24  # characters of a text to be kept


@dataclass(frozen=True, slots=True)
class Story:
    """The story.

    Attributes:
        size: characters of its sentences; 0 where the page has none.
        selector: its lasting selector, or None.
        text: the beginning of a line of it; empty where there is none.
    """

    size: int = 0
    selector: str | None = None
    text: str = ""


def story_of(document: Document, article: Article | None, guard: Guard) -> Story:
    """Name the story, where `article` was found without a site's selector."""
    blocks = [] if article is None else [n for n in document.find("*") if n.mem_id in article.ids]
    if article is None or not blocks:
        return Story()
    naming = Naming(document, frames=True)
    names = [_named(naming, block, article, document, guard) for block in blocks]
    known = [name for name in dict.fromkeys(names) if name is not None]
    selector = ", ".join(known) if len(known) == len(set(names)) else None
    return Story(article.size, selector, _line(blocks, article))


def _named(naming: Naming, block: Node, article: Article, document: Document, guard: Guard) -> str | None:
    for node, _ in zip((block, *ancestors(block)), range(_CLIMB), strict=False):
        if node.tag in STRUCTURE:
            return None
        css = naming.of(node, inside([node]))
        if css is None:
            continue
        found = find_article(document, css, guard)
        if found is not None and article.size <= found.size <= _WIDER * article.size:
            return css
    return None


def _line(blocks: list[Node], article: Article) -> str:
    """The beginning of one of its sentences, with no white space that could be folded otherwise."""
    for block in blocks:
        for node, text in texts_in(block):
            if node.parent is None or node.parent.mem_id not in article.held:
                continue
            start = text.split("\n")[0][:_LONGEST].strip()
            if (
                len(start) >= _SHORTEST
                and "  " not in start
                and start.isprintable()
                and "\ufffd" not in start
            ):
                return start
    return ""
