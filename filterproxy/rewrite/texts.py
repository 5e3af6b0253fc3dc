"""What elements' texts hold: a rule's `text` and `at-most`."""

import re
from functools import lru_cache

import re2

from filterproxy.rewrite.document import CODE, Document, Node
from filterproxy.rewrite.measure import is_longer, visible_text
from filterproxy.rewrite.order import size_of
from filterproxy.ruleset.model import TextPattern, Tokens, Wanted

_NEAR_THE_START = re.compile(r"\^\[\\s\\S\]\{0,(\d{1,4})\}(?![?*+{])")
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""Of a regular expression: an escape, a class, or a character."""


class _Text:
    """An element's text: all of it, in lower case; what is shown of it, as RE2 reads it."""

    __slots__ = ("_encoded", "_lowered", "_node", "_size", "_visible", "text")

    def __init__(self, node: Node) -> None:
        self._node = node
        self.text = node.text()
        self._lowered: str | None = None
        self._visible: str | None = None
        self._encoded: bytes | None = None
        self._size = -1

    @property
    def lowered(self) -> str:
        if self._lowered is None:
            self._lowered = self.text.lower()
        return self._lowered

    @property
    def visible(self) -> str:
        if self._visible is None:
            self._visible = visible_text(self._node, self.text)
        return self._visible

    @property
    def encoded(self) -> bytes:
        if self._encoded is None:
            self._encoded = self.visible.encode()
        return self._encoded

    def is_longer(self, limit: int) -> bool:
        """Of code: whether it has more characters than that, white space left out."""
        if len(self.text) <= limit:
            return False
        if self._size < 0:
            self._size = size_of(self.text)
        return self._size > limit


class Texts:
    """A page's elements' texts, each read once for all rules."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[int, _Text] = {}
        self._together: dict[str, str] = {}

    def is_longer(self, node: Node, limit: int) -> bool:
        """Whether an element has more characters of text than `at-most` allows; of code, of its source."""
        if node.tag in CODE or node.tag == "noscript":
            return self._of(node).is_longer(limit)
        return is_longer(node, limit, self._document.order)

    def hold(self, node: Node, wanted: Wanted) -> bool:
        """Whether what an element shows, or code says, has one of the patterns."""
        text = self._of(node)
        lowered = text.lowered
        for pattern, literals in wanted:  # noqa: SIM110 - as in stand_in
            if stand_in(lowered, literals) and _holds(pattern, text):
                return True
        return False

    def may_hold(self, css: str, wanted: Wanted) -> Wanted:
        """Of some patterns those that one of the elements which a selector of code means may have."""
        if not wanted:
            return ()
        together = self._together.get(css)
        if together is None:
            texts = (self._of(node).lowered for node in self._document.find(css))
            together = self._together[css] = "\0".join(texts)
        return tuple((pattern, literals) for pattern, literals in wanted if stand_in(together, literals))

    def _of(self, node: Node) -> _Text:
        known = self._known.get(node.mem_id)
        if known is None:
            known = self._known[node.mem_id] = _Text(node)
        return known


def stand_in(text: str, tokens: Tokens) -> bool:
    """Whether of every group one stands in a text."""
    for group in tokens:  # loops, not any() and all(): this is asked a thousand times a page
        for token in group:
            if token in text:
                break
        else:
            return False
    return True


def _holds(pattern: TextPattern, text: _Text) -> bool:
    if not pattern.regex:
        return pattern.pattern in " ".join(text.visible.split())
    limit, program = compiled(pattern.pattern)
    found = program.search(text.encoded)
    if found is None or limit is None or found.start() <= limit:
        return found is not None
    return len(text.encoded[: found.start()].decode()) <= limit


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> "tuple[int | None, re2._Regexp[bytes]]":
    """The RE2 program of a pattern that `check` has accepted, and where a match has to begin at the latest.

    A pattern that begins with 300 of any character or fewer, for what stands near a script's beginning, is
    what follows, found at 300 or before: RE2 then need not count to 300 in its states. Programs search UTF-8
    and tell no groups, so that RE2 needs its quickest engine alone.
    """
    options = re2.Options()
    options.never_capture = True
    start = _NEAR_THE_START.match(pattern)
    if start is None or _has_branches(pattern):
        return None, re2.compile(pattern.encode(), options)
    return int(start[1]), re2.compile(pattern[start.end() :].encode(), options)


def _has_branches(pattern: str) -> bool:
    """Whether a `|` stands outside all groups."""
    depth = 0
    for part in _PART.findall(pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            return True
    return False
