"""What a page calls its elements, searched for what rules want in names."""

from functools import cached_property, lru_cache
from itertools import chain

import re2

from filterproxy.rewrite.document import Document, Node
from filterproxy.ruleset.names import in_words

_LONGEST = 80  # characters; a program made what is longer


class Names:
    """A page's ids and class names in words, `ruleset.names.in_words`; made when first asked."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[str, dict[int, Node]] = {}

    @cached_property
    def _nodes(self) -> dict[str, list[list[Node]]]:
        """By name the elements, those together that have the same attribute."""
        found: dict[str, list[list[Node]]] = {}
        for attribute in ("class", "id"):
            alike: dict[str, list[Node]] = {}
            for node in self._document.find(f"[{attribute}]"):
                alike.setdefault(node.attrs.get(attribute) or "", []).append(node)
            for written, nodes in alike.items():
                for name in {in_words(name) for name in written.split() if len(name) <= _LONGEST}:
                    found.setdefault(name, []).append(nodes)
        return found

    @cached_property
    def _lines(self) -> str:
        return "\n".join(self._nodes)

    def holders(self, pattern: str) -> dict[int, Node]:
        """The elements that have a name in which a pattern, a rule's `named`, is found; by `mem_id`."""
        known = self._known.get(pattern)
        if known is None:
            names = {self._around(found.start()) for found in _compiled(pattern).finditer(self._lines)}
            nodes = chain.from_iterable(chain.from_iterable(self._nodes.get(name, ()) for name in names))
            known = self._known[pattern] = {node.mem_id: node for node in nodes}
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
