"""Where texts stand in a page's body, split by tags or not: which elements may hold a text at all."""

import bisect
from functools import cached_property
from itertools import accumulate

from filterproxy.rewrite.document import Document, Node, ancestors


class Seeds:
    """A page's text without white space and in lower case, searched for tokens; made when first asked."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._holders: dict[frozenset[str], frozenset[int]] = {}

    @cached_property
    def _nodes(self) -> list[Node]:
        return [node for node, _ in self._document.text_nodes()]

    @cached_property
    def _texts(self) -> list[str]:
        return ["".join(text.lower().split()) for _, text in self._document.text_nodes()]

    @cached_property
    def _joined(self) -> str:
        return "".join(self._texts)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(map(len, self._texts))]

    def holders(self, group: frozenset[str]) -> frozenset[int]:
        """The `mem_id`s of all elements of the body whose text may hold one of the group's tokens."""
        known = self._holders.get(group)
        if known is None:
            found: set[int] = set()
            for token in group:
                for node in self._nodes_with(token):
                    self._add(node, found)
            known = self._holders[group] = frozenset(found)
        return known

    def _nodes_with(self, token: str) -> set[Node]:
        """The text nodes in which an occurrence begins or ends."""
        nodes: set[Node] = set()
        start = self._joined.find(token) if token else -1
        while start >= 0:
            for place in (start, start + len(token) - 1):
                nodes.add(self._nodes[bisect.bisect_right(self._starts, place) - 1])
            start = self._joined.find(token, start + 1)
        return nodes

    def _add(self, node: Node, found: set[int]) -> None:
        for above in ancestors(node):
            if above.mem_id in found:
                return
            found.add(above.mem_id)
