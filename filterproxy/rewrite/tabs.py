"""Headings that are tabs: a row of short labels, each with a pane of its own below."""

import re
from dataclasses import dataclass

from filterproxy.rewrite.document import STRUCTURE, Node, ancestors, children, next_element
from filterproxy.rewrite.measure import measure

SHOWS_NOTHING = frozenset({"script", "style", "noscript", "template", "link", "meta", "br", "hr"})

_LABEL = 12  # characters of a tab
_LETTERS = 24  # of one in letters: Most commented
_TABS = 8
_WRAPPERS = 4  # elements around a label, around a row, around panes, that hold nothing else
_LINKED = 0.5  # of a pane's text

_CONTROL = re.compile(
    r"\W*(?:更多|全部|换一[换批组]|換一[換批組]|刷新|收起|展开|关闭|more|see all|view all|もっと見る|\d+)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One label of a row, with the pane it stands for.

    Attributes:
        label: the element that is its place in the row.
        pane: what it shows; None where the panes can't be told.
        row: all labels.
        last: the element after the row in which the panes stand, a sibling of `top`.
        top: the row, or what holds it alone.
    """

    label: Node
    row: tuple[Node, ...]
    top: Node
    pane: Node | None = None
    last: Node | None = None


def tab_of(heading: Node) -> Tab | None:
    """The tab that a heading is, or None: it is no label among labels."""
    label = heading
    for _ in range(_WRAPPERS):
        above = label.parent
        if above is None or above.tag in STRUCTURE:
            return None
        row = [child for child in children(above) if child.tag not in SHOWS_NOTHING]
        if len(row) > 1:
            return _with_pane(label, row, above) if _is_row(row, above) else None
        if _text(above) != _text(label):
            return None
        label = above
    return None


def _is_row(row: list[Node], above: Node) -> bool:
    tags = {node.tag for node in row}
    if not 1 < len(row) <= _TABS or len(tags) > 1 or tags & {"tr", "p", "dd", "img"}:
        return False
    texts = list(map(_text, row))
    if not all(map(_is_label, texts)):
        return False
    return len(_text(above)) <= sum(map(len, texts)) + 2 * len(row)  # with what stands between them


def _is_label(text: str) -> bool:
    return 0 < len(text) <= (_LETTERS if text.isascii() else _LABEL) and _CONTROL.fullmatch(text) is None


def _with_pane(label: Node, row: list[Node], above: Node) -> Tab:
    at = next(place for place, node in enumerate(row) if node.mem_id == label.mem_id)
    top = above
    for _ in range(_WRAPPERS):
        following = _following(top)
        panes = _panes(following, len(row))
        if panes is not None:
            last = panes[-1] if panes[-1].parent == top.parent else following[0]
            return Tab(label, tuple(row), top, panes[at], last)
        outer = top.parent
        if outer is None or outer.tag in STRUCTURE or _text(outer) != _text(top):
            break
        top = outer
    return Tab(label, tuple(row), top)


def _following(node: Node) -> list[Node]:
    found, after = [], next_element(node)
    while after is not None:
        if after.tag not in SHOWS_NOTHING:
            found.append(after)
        after = next_element(after)
    return found


def _panes(following: list[Node], count: int) -> list[Node] | None:
    """As many panes as there are tabs: the next elements, or those that the next one holds."""
    candidates = following[:count]
    for _ in range(_WRAPPERS):
        alike = len(candidates) == count and len({node.tag for node in candidates}) == 1
        if alike and all(map(_is_pane, candidates)):
            return candidates
        if not following:
            return None
        inner = [child for child in children(following[0]) if child.tag not in SHOWS_NOTHING]
        if len(inner) not in {1, count}:
            return None
        candidates, following = inner, inner
    return None


def _is_pane(node: Node) -> bool:
    """Whether an element is a list, or an empty place for one."""
    size = measure(node)
    if not size.visible and not size.links:
        return node.css_first("img,video,iframe,input") is None
    return size.links >= 2 and size.linked >= _LINKED * size.visible  # noqa: PLR2004 - as a section's list


def _text(node: Node) -> str:
    return "".join(node.text().split())


def stands_in_row(heading: Node) -> bool:
    """Whether a heading is a tab with a pane: an entry of a menu has none."""
    tab = tab_of(heading)
    return tab is not None and tab.pane is not None and not any(a.tag == "nav" for a in ancestors(heading))
