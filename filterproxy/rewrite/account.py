"""The account of a change: which rule, which element, what it looked like."""

from filterproxy.rewrite.changes import Change
from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.guard import TEXTLESS, Verdict
from filterproxy.rewrite.result import Removal, Veto

_EXCERPT = 80  # characters


def removal(document: Document, change: Change, size: int, written: str | None = None) -> Removal:
    """What is said of a change that takes `size` bytes. To be asked before the tree is edited.

    `written`: the start of the element as the page has it, where its place is known.
    """
    rule = change.rule
    path = document.path(change.node)
    through = None if change.last is change.node else document.path(change.last)
    excerpt = excerpt_of(change.node, written)
    return Removal(rule.name, rule.category, str(rule.source), path, excerpt, size, change.action, through)


def veto(document: Document, change: Change, verdict: Verdict) -> Veto:
    """What is said of a change that the guard refuses."""
    rule = change.rule
    path, excerpt = document.path(change.node), excerpt_of(change.node)
    return Veto(rule.name, rule.category, str(rule.source), path, excerpt, *verdict)


def markup(change: Change, charset: Charset) -> int:
    """Bytes of the elements' markup, written out: their size where their place is not known."""
    return sum(len(charset.encode(node.html or "")) - len(charset.bom) for node in change.nodes)


def excerpt_of(node: Node, written: str | None = None) -> str:
    """The start of an element's text, or of its markup where it shows none."""
    text = "" if node.tag in TEXTLESS else _first_text(node)
    if not text:
        text = written if written is not None else node.html or ""
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
