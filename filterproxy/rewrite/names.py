"""What a page calls its elements, searched for what rules want in names."""

import threading
from collections.abc import Iterable
from functools import lru_cache

import re2

from filterproxy.rewrite.document import Document, Node
from filterproxy.ruleset.names import in_words

_LONGEST = 80  # characters; a program made what is longer
_MOST_VALUES = 1 << 15  # remembered: a site's pages share theirs
_MOST_PATTERNS = 256


class Names:
    """A page's ids and class names in words, `ruleset.names.in_words`; read when first asked."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes: dict[str, list[Node]] | None = None  # by an attribute's value
        self._book: _Book | None = None
        self._found: dict[str, dict[int, Node]] = {}

    def holders(self, pattern: str) -> dict[int, Node]:
        """The elements that have a name in which a pattern, a rule's `named`, is found; by `mem_id`.

        Those in the body in document order.
        """
        if self._book is None or pattern not in self._book.patterns:
            self._book = _book_with(pattern)
            self._found = self._look_up(self._book)
        return self._found.get(pattern, {})

    def _look_up(self, book: "_Book") -> dict[str, dict[int, Node]]:
        if self._nodes is None:
            self._nodes = _by_value(self._document)
        found: dict[str, dict[int, Node]] = {}
        for value, patterns in book.read(self._nodes).items():
            for pattern in patterns:
                found.setdefault(pattern, {}).update((node.mem_id, node) for node in self._nodes[value])
        return {pattern: self._ordered(nodes) for pattern, nodes in found.items()}

    def _ordered(self, nodes: dict[int, Node]) -> dict[int, Node]:
        order = self._document.order
        places = {} if order is None else order.places
        return dict(sorted(nodes.items(), key=lambda item: places.get(item[0], -1)))


def _by_value(document: Document) -> dict[str, list[Node]]:
    nodes: dict[str, list[Node]] = {}
    for node in document.parser.css("[class]"):
        nodes.setdefault(node.attrs.get("class") or "", []).append(node)
    for node in document.parser.css("[id]"):
        nodes.setdefault(node.id or "", []).append(node)
    return nodes


class _Book:
    """What has been found in names so far, on whatever page.

    Attributes:
        patterns: all that were asked for.
    """

    def __init__(self, patterns: frozenset[str]) -> None:
        self.patterns = patterns
        self._known: dict[str, frozenset[str]] = {}

    def read(self, values: Iterable[str]) -> dict[str, frozenset[str]]:
        """Of these values of attributes those in whose names a pattern is found, and which."""
        known = self._known
        looked_up = {value: known.get(value) for value in values}
        new = [value for value, patterns in looked_up.items() if patterns is None]
        if new:
            read = self._search(new)
            looked_up.update(read)
            if len(known) > _MOST_VALUES:
                known = self._known = {}
            known.update(read)
        return {value: patterns for value, patterns in looked_up.items() if patterns}

    def _search(self, values: list[str]) -> dict[str, frozenset[str]]:
        names = {value: [in_words(n) for n in value.split() if len(n) <= _LONGEST] for value in values}
        found: dict[str, set[str]] = {name: set() for of_one in names.values() for name in of_one}
        lines = "\n".join(found)
        for pattern in self.patterns:
            for match in _compiled(pattern).finditer(lines):
                found[_around(lines, match.start())].add(pattern)
        return {value: frozenset().union(*map(found.__getitem__, of_one)) for value, of_one in names.items()}


_lock = threading.Lock()
_book = _Book(frozenset())


def _book_with(pattern: str) -> _Book:
    """The book in which a pattern is; a new one where it is asked for the first time."""
    global _book  # noqa: PLW0603 - a cache, as `lru_cache` is one
    with _lock:
        if pattern not in _book.patterns:
            kept = _book.patterns if len(_book.patterns) < _MOST_PATTERNS else frozenset()
            _book = _Book(kept | {pattern})
        return _book


def _around(lines: str, place: int) -> str:
    """The name within which a match begins."""
    end = lines.find("\n", place)
    return lines[lines.rfind("\n", 0, place) + 1 : end if end >= 0 else None]


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    options = re2.Options()
    options.never_nl = True  # a match never goes on into the next name
    options.never_capture = True
    return re2.compile(f"(?m){pattern}", options)
