"""What of a page a reader sees: its text with the elements it stands in, to tell what a filter took."""

from bisect import bisect_right
from collections.abc import Iterator

from filterproxy.classify.response import content_type
from filterproxy.recordings.replayer import Replayed
from filterproxy.rewrite.charset import Charset, as_written, sniff
from filterproxy.rewrite.document import Document, Node, ancestors
from filterproxy.rewrite.measure import UNSEEN, is_hidden

_INLINE = frozenset(
    "a abbr b bdi bdo big button cite code data del dfn em font i img ins kbd label mark nobr q rb rp rt "
    "ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
"""Elements that do not divide the text they stand in."""


class Seen:
    """A page as a reader sees it.

    Attributes:
        document: its tree.
        text: its visible text, white space folded to single spaces; blocks and `<br>` divide it too.
    """

    def __init__(self, html: str) -> None:
        self.document = Document(html)
        self._nodes: list[Node] = []  # the text nodes, and where in `text` each begins
        self._starts: list[int] = []
        self.text = self._read()

    def _read(self) -> str:
        body = self.document.parser.body
        if body is None:
            return ""
        hidden = self.document.ids(UNSEEN) | {
            node.mem_id for node in self.document.find("[style*='display' i]") if is_hidden(node)
        }
        parts: list[str] = []
        length, block, apart = 0, 0, False
        for node in body.traverse(include_text=True):
            if node.is_element_node:
                apart = apart or node.tag == "br"
                continue
            text = (node.text_content or "") if node.is_text_node else ""
            words = " ".join(text.split())
            if not text or _is_within(node, hidden):
                continue
            around = _block(node)
            apart = apart or around != block or text[0].isspace()
            if not words:
                apart = True
                continue
            if apart and parts:
                parts.append(" ")
                length += 1
            self._starts.append(length)
            self._nodes.append(node)
            parts.append(words)
            length += len(words)
            block, apart = around, text[-1].isspace()
        return "".join(parts)

    def text_nodes(self, text: str) -> list[Node]:
        """The text nodes that the places of a text begin in; the text with its white space folded."""
        return [self._nodes[bisect_right(self._starts, place) - 1] for place in _places(self.text, text)]

    def elements(self, css: str) -> list[Node]:
        """The elements a selector matches; none where the text is no selector."""
        return self.document.find(css)

    def shown(self, css: str) -> list[Node]:
        """Of these, those that the markup does not hide."""
        hidden = self.document.ids("[hidden]")
        return [node for node in self.elements(css) if not _is_within(node, hidden)]


def _is_within(node: Node, ids: frozenset[int]) -> bool:
    """Whether a node is one of these or stands in one of them."""
    return node.mem_id in ids or any(above.mem_id in ids for above in ancestors(node))


def _block(node: Node) -> int:
    """The nearest element around a text that divides it from what stands outside."""
    return next((above.mem_id for above in ancestors(node) if above.tag not in _INLINE), 0)


def _places(whole: str, part: str) -> Iterator[int]:
    at = whole.find(part) if part else -1
    while at >= 0:
        yield at
        at = whole.find(part, at + len(part))


def charset_of(replayed: Replayed) -> Charset | None:
    """What a recorded page is read in, or None where that cannot be told."""
    charset = sniff(replayed.original, content_type_of(replayed)).charset
    return None if charset is None else as_written(replayed.original, charset)


def content_type_of(replayed: Replayed) -> str | None:
    """The Content-Type that counts of a recorded answer, or None."""
    return content_type(replayed.entry.response)


def texts(replayed: Replayed) -> tuple[str, str]:
    """The page's markup as text, before and after; of a page whose encoding is unknown, read as UTF-8."""
    charset = charset_of(replayed)
    if charset is None:
        return replayed.original.decode(errors="replace"), replayed.page.body.decode(errors="replace")
    return charset.decode(replayed.original), charset.decode(replayed.page.body)
