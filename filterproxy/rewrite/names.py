"""What a page calls its elements, searched for what rules want in names."""

from functools import cached_property, lru_cache

import re2

from filterproxy.rewrite.document import Document, Node
from filterproxy.ruleset.names import in_words

_LONGEST = 80  # characters; a program made what is longer


class Names:
    """A page's ids and class names in words, `ruleset.names.in_words`; made when first asked."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[str, frozenset[int]] = {}

    @cached_property
    def _nodes(self) -> dict[str, list[Node]]:
        """The elements by name."""
        nodes: dict[str, list[Node]] = {}
        for attribute in ("class", "id"):
            for node in self._document.find(f"[{attribute}]"):
                for name in (node.attrs.get(attribute) or "").split():
                    if len(name) <= _LONGEST:
                        nodes.setdefault(in_words(name), []).append(node)
        return nodes

    @cached_property
    def _lines(self) -> str:
        return "\n".join(self._nodes)

    def holders(self, pattern: str) -> frozenset[int]:
        """The `mem_id`s of the elements that have a name in which a pattern, a rule's `named`, is found."""
        known = self._known.get(pattern)
        if known is None:
            names = {self._around(found.start()) for found in _compiled(pattern).finditer(self._lines)}
            known = frozenset(node.mem_id for name in names for node in self._nodes.get(name, ()))
            self._known[pattern] = known
        return known

    def _around(self, place: int) -> str:
        """The name within which a match begins."""
        end = self._lines.find("\n", place)
        return self._lines[self._lines.rfind("\n", 0, place) + 1 : end if end >= 0 else None]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    options = re2.Options()
    options.never_nl = True  # a match never goes on into the next name
    return re2.compile(f"(?m){pattern}", options)
