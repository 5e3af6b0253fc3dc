"""Sentence text: where it stands and how much of it every element holds, counted in one walk."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from filterproxy.rewrite.document import Node, texts_in
from filterproxy.rewrite.measure import is_hidden

_UNREAD = frozenset(
    "script style noscript template textarea select option title svg iframe object a button head".split()
)
"""Text in these is not shown, or is no sentence of the page's own: links, controls."""

_INLINE = frozenset("p span b strong em i u font small big sub sup s ins mark label abbr time code".split())
_SHORTEST = 10  # characters of a line with a punctuation mark: menus, bylines and counts are shorter
_LONG = 30  # characters: a line this long is prose even without a mark
_MARKS = re.compile(r"[。！？；，、：,.!?;:]")


@dataclass(frozen=True, slots=True)
class Prose:
    """Characters of unlinked, visible sentence text, by element.

    Attributes:
        held: by `mem_id`, of each element in the walked subtree that holds any (root included).
        own: of each block, the text whose nearest block it is, its paragraphs' included.
        blocks: the blocks of `own`.
    """

    held: dict[int, int] = field(default_factory=dict)
    own: dict[int, int] = field(default_factory=dict)
    blocks: dict[int, Node] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.own.values())


def prose_of(
    root: Node,
    only: str | None = None,
    texts: Iterable[tuple[Node, str]] | None = None,
    *,
    verses: bool = False,
) -> Prose:
    """Walk a subtree once.

    A text counts when it is ten characters or longer and holds a punctuation mark, or is thirty or longer,
    and when neither it nor anything around it up to the root is hidden, a link or a control.

    Args:
        root: the element whose subtree is walked.
        only: count only text that stands in this one (white space left out of both).
        texts: the subtree's text nodes with their texts, white space off, where they are known already.
        verses: count every text, however short.
    """
    prose = Prose()
    held, own = prose.held, prose.own
    hidden = {node.mem_id for node in root.css("[hidden],[style*='display' i]") if is_hidden(node)}
    chains: dict[int, list[int]] = {mem_id: [] for mem_id in hidden}
    if root.mem_id not in hidden:
        chains[root.mem_id] = _link(prose, root, [])
    for node, text in texts_in(root) if texts is None else texts:
        size = len(text)
        if not verses and (size < _SHORTEST or (size < _LONG and _MARKS.search(text) is None)):
            continue
        if only is not None and "".join(text.split())[:40] not in only:
            continue
        chain = _chain(prose, node.parent, chains)
        if chain:
            for mem_id in chain[1:]:
                held[mem_id] = held.get(mem_id, 0) + size
            own[chain[0]] = own.get(chain[0], 0) + size
    return prose


def _chain(prose: Prose, node: Node | None, chains: dict[int, list[int]]) -> list[int]:
    """The block that an element's text belongs to, then the `mem_id`s of the element and all above it.

    Empty where the text is not read. `chains`: what is known already; the root's is.
    """
    if node is None:
        return []
    known = chains.get(node.mem_id)
    if known is None:
        above = _chain(prose, node.parent, chains)
        known = chains[node.mem_id] = _link(prose, node, above) if above else []
    return known


def _link(prose: Prose, node: Node, above: list[int]) -> list[int]:
    mem_id = node.mem_id
    if node.tag in _UNREAD:
        return []
    if node.tag in _INLINE and above:
        return [above[0], mem_id, *above[1:]]
    prose.blocks[mem_id] = node
    return [mem_id, mem_id, *above[1:]]


_IN_LINE = frozenset("a b em font i img small span strong -text -comment".split())


def begins_line(node: Node) -> bool:
    """Whether no text stands before an inline element in its line, as none does before a headline."""
    while node.tag in _IN_LINE:
        before = node.prev
        while before is not None and before.tag in _IN_LINE:
            if before.tag != "-comment" and before.text().strip():
                return False
            before = before.prev
        if before is not None or node.parent is None:
            break
        node = node.parent
    return True
