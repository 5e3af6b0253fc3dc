"""The elements that an account's entries are about, found again in the page as it came."""

import re

from filterproxy.rewrite.document import Document, Node, children, siblings
from filterproxy.rewrite.result import Removal, Veto

_STEP = re.compile(r"(?P<above>.+) > (?P<tag>[a-z][a-z0-9_-]*):nth-of-type\((?P<place>\d+)\)")


class Located:
    """Finds elements of one page by the paths of `Document.path`, each step looked up in an index.

    lexbor counts an element's siblings for each of them: with thousands a single path takes seconds.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[str, Node | None] = {}
        self._rows: dict[int, dict[str, list[Node]]] = {}

    def nodes(self, told: Removal | Veto) -> list[Node]:
        """The elements that an entry is about, in order; none where they are not in the page."""
        first = self.node(told.path)
        through = told.through if isinstance(told, Removal) else None
        last = self.node(through) if through else first
        return siblings(first, last) if first and last else []

    def node(self, path: str) -> Node | None:
        """The element of a path; None: it is not there."""
        steps = []
        while path not in self._known and (step := _STEP.fullmatch(path)) is not None:
            steps.append((path, step["tag"], int(step["place"])))
            path = step["above"]
        if path not in self._known:
            self._known[path] = next(iter(self._document.find(path)), None)
        node = self._known[path]
        for below, tag, place in reversed(steps):
            row = [] if node is None else self._row(node, tag)
            node = self._known[below] = row[place - 1] if 0 < place <= len(row) else None
        return node

    def _row(self, parent: Node, tag: str) -> list[Node]:
        rows = self._rows.get(parent.mem_id)
        if rows is None:
            rows = self._rows[parent.mem_id] = {}
            for child in children(parent):
                rows.setdefault(child.tag or "", []).append(child)
        return rows.get(tag, [])
