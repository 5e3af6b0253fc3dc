"""Where the entries of a HAR stand in its file, so that each can be read by itself.

A streaming JSON parser gives values, but no places: every piece of a large file would be read from its
start, and one broken entry would end it all. Here strings are passed over and brackets counted.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

_CHUNK = 256 << 10
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_VALUE = re.compile(rb'(?:[^"{}\[\]]++|%b)*+' % _STRING, re.DOTALL)  # up to the next bracket
_TEXT = re.compile(b"(?:%b)?+" % _STRING, re.DOTALL)
_TOKEN = re.compile(rb'\s*+(%b|[{}\[\]:,]|[^\s"{}\[\]:,]++)' % _STRING, re.DOTALL)
_GAP = re.compile(rb"[^{}\[\]\"]*+")  # between entries
_BETWEEN = b" \t\r\n,"
_REST = re.compile(rb'\s*+(?:\}|,\s*+(?:"|\Z)|\Z)')
_AFTER = 1024  # bytes that are looked at behind the last entry
_OPENING = frozenset({b"{", b"["})
_CLOSING = frozenset({b"}", b"]"})
_BOM = b"\xef\xbb\xbf"


class CutShortError(Exception):
    """The file ends in the middle of what was read. `at`: the byte this begins at."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Spans:
    """The entries of an open HAR, one after the other. In memory is one entry at a time, or less.

    Args:
        path: the file.
        start: the byte an entry begins at; 0: before the first.

    Raises:
        OSError: it can't be read.
    """

    def __init__(self, path: Path, start: int = 0) -> None:
        self._file = path.open("rb")
        if not start and self._file.read(len(_BOM)) == _BOM:
            start = len(_BOM)
        self._file.seek(start)
        self._data = b""
        self._base = start  # the byte of the file at which `_data` begins
        self._at = 0  # in `_data`
        self._kept = 0  # in `_data`: what is before may be forgotten

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def enter(self) -> bool:
        """Go to the array `entries` of the object `log`; False: there is none.

        Raises:
            CutShortError: the file ends before it.
        """
        keys: list[bytes] = []  # of the values around this place; b"" in an array
        before = key = b""
        while token := self._token():
            if token == b":":
                key = before
            elif token in _OPENING:
                keys.append(key)
                if token == b"[" and keys[1:] == [b'"log"', b'"entries"']:
                    return True
                key = b""
            elif token in _CLOSING:
                keys = keys[:-1]
                if not keys:
                    return False
            elif token == b",":
                key = b""
            before = token
        raise CutShortError(self._base + self._at)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Of each entry the byte it begins at, and its JSON. What stands between entries is passed over.

        Raises:
            CutShortError: the file ends before the array does.
        """
        while True:
            self._kept = self._at
            gap = self._match(_GAP)
            start = self._base + self._at
            if gap.strip(_BETWEEN):
                yield start - len(gap.lstrip(_BETWEEN)), gap.strip(_BETWEEN)
            elif self._data[self._at : self._at + 1] != b"]":
                self._kept = self._at
                self._pass_value()
                yield start, self._data[start - self._base : self._at]
            elif self._is_last():
                return
            else:
                self._at += 1
                yield start, b"]"

    def _is_last(self) -> bool:
        """Whether what follows this bracket can follow the end of the entries."""
        while len(self._data) - self._at < _AFTER and self._more():
            pass
        return _REST.match(self._data, self._at + 1) is not None

    def _pass_value(self) -> None:
        start, depth = self._base + self._at, 0
        if self._data[self._at : self._at + 1] == b'"':
            self._match(_TEXT, string=True)
            return
        while True:
            self._match(_VALUE, string=True)
            bracket = self._data[self._at : self._at + 1]
            if not bracket:
                raise CutShortError(start)
            self._at += 1
            depth += 1 if bracket in _OPENING else -1
            if depth <= 0:
                return

    def _token(self) -> bytes:
        self._kept = self._at
        while (match := _TOKEN.match(self._data, self._at)) is None or match.end() == len(self._data):
            if not self._more():
                break
        if match is None:
            return b""
        self._at = match.end()
        return match[1]

    def _match(self, pattern: re.Pattern[bytes], *, string: bool = False) -> bytes:
        """What the pattern matches, once more data would make no difference."""
        start = self._base + self._at
        while True:
            match = pattern.match(self._data, self._at)
            assert match is not None  # noqa: S101 - both patterns match the empty string
            self._at = match.end()
            unfinished = self._data[self._at : self._at + 1] == (b'"' if string else b"")
            if self._at < len(self._data) and not unfinished:
                break
            if not self._more():
                break
        if self._at == len(self._data) or unfinished:
            raise CutShortError(self._base + self._kept)
        return self._data[start - self._base : self._at]

    def _more(self) -> bool:
        """Read on: as much again as is kept, so that a long string is not looked through often.

        Places in `_data` are others afterwards; not so where the file has no more.
        """
        kept = self._data[self._kept :]
        chunk = self._file.read(max(_CHUNK, len(kept)))
        if not chunk:
            return False
        self._base += self._kept
        self._at -= self._kept
        self._kept = 0
        self._data = kept + chunk
        return True
