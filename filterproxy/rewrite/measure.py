"""How much a reader sees of a block: visible text, linked text. Counted by lexbor, not by us.

All counts are additive over text nodes, so that what is hidden or linked can be subtracted: a walk in
Python over the page's nodes would cost more than the parse.
"""

from dataclasses import dataclass

from filterproxy.rewrite.document import Document, Node, texts_in
from filterproxy.rewrite.order import UNREAD, Order, size_of

UNSEEN = (
    "script,style,noscript,template,textarea,select,title,svg,iframe,object,"
    "[hidden],[style*='display:none' i],[style*='display: none' i]"
)
"""What a browser with scripting does not show as text."""

_ITEM = 5  # characters: the shortest headline


@dataclass(frozen=True, slots=True)
class Measure:
    """Characters a block shows, white space left out."""

    visible: int
    linked: int
    links: int

    @property
    def unlinked(self) -> int:
        """Visible characters outside links."""
        return max(0, self.visible - self.linked)


def measure(node: Node) -> Measure:
    """Visible and linked characters of an element, and its links to items: with an `href`, not `更多`.

    What is hidden counts: the lists of a section's other tabs are.
    """
    visible = linked = links = 0
    for text_node, text in texts_in(node):
        if _is_read(text_node):
            visible += size_of(text)
    for anchor in node.css("a"):
        size = size_of(anchor.text())
        linked += size
        links += _is_item(anchor, size)
    return Measure(visible, min(linked, visible), links)


def _is_read(text: Node) -> bool:
    above = text.parent
    return above is None or above.tag not in UNREAD


def _is_item(anchor: Node, size: int) -> bool:
    """Whether a link of so many characters could be an item of a list: not `更多` or `换一批`."""
    return "href" in anchor.attrs and (size >= _ITEM or anchor.css_first("img") is not None)


def visible_text(node: Node, text: str | None = None) -> str:
    """The text of an element less what is not shown; of a script or style, its code.

    `text`: all of it, where it is known already.
    """
    text = node.text() if text is None else text
    if node.tag in {"script", "style"}:
        return text
    for unseen in _outermost(node.css(UNSEEN)):
        hidden = unseen.text()
        if hidden and unseen.mem_id != node.mem_id:
            text = text.replace(hidden, " ", 1)
    return text


def is_longer(node: Node, limit: int, order: Order | None = None) -> bool:
    """Whether an element that is no code has more characters of text than that, white space left out.

    `order`: of its page's nodes, where it is known.
    """
    place = None if order is None else order.places.get(node.mem_id)
    if order is not None and place is not None:
        first, last = order.holds(place)
        return order.sizes[last] - order.sizes[first] > limit
    total = 0
    for text_node, text in texts_in(node):
        total += size_of(text) if _is_read(text_node) else 0
        if total > limit:
            return True
    return False


def is_hidden(node: Node) -> bool:
    """Whether the element's own markup hides it."""
    attributes = node.attrs
    if "hidden" in attributes:
        return True
    style = attributes.get("style") or ""
    return "display:none" in style.replace(" ", "").lower()


def hidden_ids(document: Document) -> frozenset[int]:
    """The `mem_id`s of the elements that their own markup hides."""
    styled = document.find("[hidden],[style*='display' i]")
    return frozenset(node.mem_id for node in styled if is_hidden(node))


def _outermost(nodes: list[Node]) -> list[Node]:
    """Nodes of a list that stand in no other of it, each once, given in document order."""
    seen: set[int] = set()
    kept = []
    for node in nodes:
        if node.mem_id in seen:
            continue
        above = node.parent
        while above is not None and above.mem_id not in seen:
            above = above.parent
        seen.add(node.mem_id)
        if above is None:
            kept.append(node)
    return kept
