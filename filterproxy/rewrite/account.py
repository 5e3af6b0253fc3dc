"""The account of a change: which rule, which element, what it looked like."""

from collections.abc import Iterator, Sequence

from filterproxy.rewrite.changes import Change, raw_text
from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.guard import TEXTLESS, Verdict
from filterproxy.rewrite.result import Removal, Veto

_EXCERPT = 80  # characters


def removals(
    document: Document, change: Change, sizes: Sequence[int], written: str | None = None
) -> Iterator[Removal]:
    """What is said of a change: of a prune an entry a part, of any other one. Before the tree is edited.

    Args:
        document: the page.
        change: what is done.
        sizes: the bytes that go, piece by piece.
        written: the start of the element as the page has it, where its place is known.
    """
    rule = change.rule
    path = document.path(change.node)
    about = (rule.name, rule.category, str(rule.source), path)
    for cut, size in zip(change.cuts, sizes, strict=False):
        yield Removal(*about, shortened(cut.value), size, change.action, entry=cut.path)
    if change.cuts:
        return
    through = None if change.last is change.node else document.path(change.last)
    excerpt = shortened(change.link.excerpt) if change.link else excerpt_of(change.node, written)
    yield Removal(*about, excerpt, sum(sizes), change.action, through, why=change.why)


def veto(document: Document, change: Change, verdict: Verdict) -> Veto:
    """What is said of a change that the guard refuses."""
    rule = change.rule
    path, excerpt = document.path(change.node), excerpt_of(change.node)
    return Veto(rule.name, rule.category, str(rule.source), path, excerpt, *verdict)


def markup(change: Change, charset: Charset) -> list[int]:
    """Bytes of what goes, written out: its size where its place is not known."""
    if change.cuts:
        text = raw_text(change.node)
        pieces = [text[cut.start : cut.end] for cut in change.cuts]
    elif change.link is not None:
        pieces = [change.link.excerpt]
    else:
        pieces = [node.html or "" for node in change.nodes]
    return [len(charset.encode(piece)) - len(charset.bom) for piece in pieces]


def excerpt_of(node: Node, written: str | None = None) -> str:
    """The start of an element's text, or of its markup where it shows none."""
    text = "" if node.tag in TEXTLESS else _first_text(node)
    if not text:
        text = written if written is not None else node.html or ""
    return shortened(text)


def shortened(text: str) -> str:
    """The start of a text, white space folded: what stands in an account as an excerpt."""
    return " ".join(text[: 4 * _EXCERPT].split())[:_EXCERPT]


def _first_text(node: Node) -> str:
    """The first visible text, as much as an excerpt needs."""
    found, size = [], 0
    for text in node.traverse(include_text=True):
        if not text.is_text_node or (text.parent is not None and text.parent.tag in TEXTLESS):
            continue
        content = (text.text_content or "").strip()
        if content:
            found.append(content)
            size += len(content) + 1
            if size > _EXCERPT:
                break
    return " ".join(found)
