"""The heading that a list of other stories stands under: before it, or before a block that holds it alone."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from filterproxy.rewrite.document import STRUCTURE, Node, children, previous_element, texts_in
from filterproxy.rewrite.furniture import MENU_TAGS, names
from filterproxy.rewrite.headings import HEADINGS
from filterproxy.rewrite.tally import Block

_HEADING = 24  # characters of a heading that stands before its list
_HEADING_LINKS = 6  # tabs are links
_WRAPPERS = 3  # elements around a list that hold nothing else
_MORE = 5  # characters behind a heading: 更多 >>
_ALONE = 1.0  # weight of what else such an element may show: a bullet

_UNSEEN = frozenset({"script", "style", "br", "link", "hr"})
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_TITLED = re.compile(r"tit|head|hd|tab|bar|caption|label|more|\bh[1-6]\b", re.IGNORECASE)
_DATED = re.compile(r"\d{4}\s*[-年/.]\s*\d{1,2}")


@dataclass(frozen=True, slots=True)
class Headed:
    """A list and what heads it.

    Attributes:
        first: the heading, or the list itself.
        last: the list.
        text: the heading's text, or the first of the list's own where that is short enough for one.
        shown: whether the heading stands before the list.
    """

    first: Node
    last: Node
    text: str
    shown: bool


def heading_of(held: Block, frame: AbstractSet[int]) -> Headed:
    """A list with the heading before it. `frame`: `mem_id`s of what may not be taken whole."""
    block = held
    for _ in range(_WRAPPERS + 1):
        before = _shown_before(block.node)
        if before is not None:
            if _heads(before, frame):
                return Headed(before, block.node, _folded(before), shown=True)
            break
        above = block.above
        if above is None or above.tag in STRUCTURE or above.tag in MENU_TAGS or above.node.mem_id in frame:
            break
        if above.weight - held.weight > _ALONE:
            break
        block = above
    text = next((text for _, text in texts_in(held.node)), "")
    return Headed(held.node, held.node, text if len(text) <= _HEADING else "", shown=False)


def _shown_before(node: Node) -> Node | None:
    before = previous_element(node)
    while before is not None and before.tag in _UNSEEN:
        before = previous_element(before)
    return before


def _heads(node: Node, frame: AbstractSet[int]) -> bool:
    """Whether an element is a heading, and of nothing but what follows it."""
    if node.mem_id in frame or node.tag in MENU_TAGS:
        return False
    text = _folded(node)
    if not 0 < len(text) <= _HEADING or _DATED.search(text) is not None:
        return False
    titled = node.tag in HEADINGS or _TITLED.search(names(node)) is not None or _is_title(node, text)
    return titled and len(node.css("a")) <= _HEADING_LINKS


def _is_title(node: Node, text: str) -> bool:
    """Whether nearly all of an element's text is bold or a heading, or it ends with a colon."""
    if text[-1] in ":：":
        return True
    first = next(children(node), None)
    return first is not None and first.tag in _BOLD and len(text) - len(_folded(first)) <= _MORE


def _folded(node: Node) -> str:
    return " ".join(node.text().split())
