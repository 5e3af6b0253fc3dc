"""The records of a WARC file (ISO 28500, section 4), each with the byte it begins at.

fastwarc's own iterator ends at the first bad record, takes what a wrong Content-Length swallows for
content, and gives a record that is cut short as a short one. A recording must not lose pages unseen: so
records are framed here, and after a bad one the next that begins anywhere is looked for.
"""

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from fastwarc.warc import HeaderMap

_GZIP = b"\x1f\x8b"
_MEMBER = re.compile(re.escape(b"\x1f\x8b\x08"))  # RFC 1952, 2.3.1: deflate is the only method there is
_VERSION = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])\r?\n")
_LENGTH = re.compile(r"[0-9]{1,15}")
_CUT_SHORT = "cut short: {} bytes are promised, {} are there"
_LONGEST_HEAD = 64 << 10
_CHUNK = 64 << 10
_FIRST_LINE = 16  # bytes at least of a record's first line, with its end


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is whole.

    Attributes:
        at: the byte of the file it begins at; in a gzip file, where its member does.
        headers: its named fields.
        length: of its block, in bytes.
        block: its contents; None where they were not wanted.
    """

    at: int
    headers: HeaderMap
    length: int
    block: bytes | None


@dataclass(frozen=True, slots=True)
class BadRecord:
    """Something that is no whole record: where it begins, and what is wrong."""

    at: int
    what: str


Wanted = Callable[[HeaderMap, int], bool]
"""Whether a record's block is to be kept, by its fields and its length."""


class _BadRecordError(Exception):
    pass


def records(path: str, start: int, end: int, wanted: Wanted) -> Iterator[Record | BadRecord]:
    """The records that begin at byte `start` or later, and before byte `end`.

    In memory is one record at a time, and of it the block only if it is wanted.

    Raises:
        OSError: the file can't be read.
    """
    with io.BufferedReader(io.FileIO(path), _CHUNK) as file:
        size = file.seek(0, io.SEEK_END)
        at = start
        while at < min(end, size):
            file.seek(at)
            try:
                if file.peek(2)[:2] == _GZIP:
                    member = _Member(file, at)
                    yield from _in_member(member, wanted)
                    at = member.end
                else:
                    yield _record(file, at, wanted, size - at)
                    at = file.tell()
            except _BadRecordError as error:
                yield BadRecord(at, str(error))
                at = _next_start(file, at + 1)


class _Member(io.RawIOBase):
    """One member of a gzip file, decoded. `end`: where the next one begins, once this is read to its end."""

    def __init__(self, file: "io.BufferedReader[Any]", at: int) -> None:
        self._file = file
        self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._coded = b""
        self._taken = at
        self.at = at
        self.end = at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]  # what the library passes
        while not self._decoder.eof:
            if not self._coded:
                self._coded = self._file.read(_CHUNK)
                self._taken += len(self._coded)
            try:
                data = self._decoder.decompress(self._coded, len(buffer))
            except zlib.error as error:
                raise _BadRecordError(f"its gzip member is damaged: {error}") from error
            self._coded = self._decoder.unconsumed_tail
            if data:
                buffer[: len(data)] = data
                return len(data)
            if not self._decoder.eof and not self._coded and not self._file.peek(1):
                raise _BadRecordError("its gzip member is cut short")
        self.end = self._taken - len(self._decoder.unused_data)
        return 0


def _in_member(member: _Member, wanted: Wanted) -> Iterator[Record]:
    """A member's records: one, as the standard recommends (annex D), or all of the file's."""
    reader = io.BufferedReader(member, _CHUNK)
    while True:
        yield _record(reader, member.at, wanted, None)
        if not reader.peek(1):
            return


def _record(reader: "io.BufferedReader[Any]", at: int, wanted: Wanted, left: int | None) -> Record:
    """The record that begins here; `left`: bytes up to the file's end, where these can be passed over."""
    head = _head(reader)
    headers = HeaderMap()
    headers.parse(io.BytesIO(head if b"\r\n" in head else head.replace(b"\n", b"\r\n")))
    length = _length(headers)
    if left is not None and length > left - len(head):
        raise _BadRecordError(_CUT_SHORT.format(length, left - len(head)))
    if wanted(headers, length):
        block: bytes | None = reader.read(length)
        found = len(block or b"")
    else:
        block, found = None, _skipped(reader, length, seekable=left is not None)
    if found != length:
        raise _BadRecordError(_CUT_SHORT.format(length, found))
    _pass_end(reader, length)
    return Record(at, headers, length, block)


def _length(headers: HeaderMap) -> int:
    text = (headers.get("Content-Length") or "").strip()
    if not _LENGTH.fullmatch(text):
        raise _BadRecordError(f"its Content-Length is {text!r}" if text else "it has no Content-Length")
    if not headers.get("WARC-Type"):
        raise _BadRecordError("it has no WARC-Type")
    return int(text)


def _head(reader: "io.BufferedReader[Any]") -> bytes:
    first = reader.readline(_LONGEST_HEAD)
    if not _VERSION.fullmatch(first):
        raise _BadRecordError("no record begins here")
    lines = [first]
    size = len(first)
    while (line := reader.readline(_LONGEST_HEAD)) not in {b"\r\n", b"\n"}:
        size += len(line)
        if not line:
            raise _BadRecordError("cut short: it ends in its header")
        if size > _LONGEST_HEAD:
            raise _BadRecordError("its header doesn't end")
        lines.append(line)
    return b"".join([*lines, line])


def _skipped(reader: "io.BufferedReader[Any]", length: int, *, seekable: bool) -> int:
    if seekable:
        reader.seek(length, io.SEEK_CUR)
        return length
    left = length
    while left and (data := reader.read(min(left, _CHUNK))):
        left -= len(data)
    return length - left


def _pass_end(reader: "io.BufferedReader[Any]", length: int) -> None:
    """Pass over the two line ends after a block, or what some writers leave there of them."""
    found = b""
    while (ahead := reader.peek(1)[:1]) in {b"\r", b"\n"} and ahead:
        found += reader.read(1)
    if found.startswith(b"\r\n\r\n"):
        return
    if (following := reader.peek(1)[:1]) and not (found and following == b"W"):
        raise _BadRecordError(f"its Content-Length, {length}, does not fit what follows")


def _next_start(file: "io.BufferedReader[Any]", at: int) -> int:
    """Where the next record or member begins, at this byte or later; the file's size where none does."""
    file.seek(0)
    gzipped = file.read(2) == _GZIP
    pattern = _MEMBER if gzipped else _VERSION
    base, data = at, b""
    file.seek(at)
    while chunk := file.read(_CHUNK):
        data += chunk
        for match in pattern.finditer(data):
            if not gzipped or _is_member_of_records(file, base + match.start()):
                return base + match.start()
        file.seek(base + len(data))
        base, data = base + max(0, len(data) - _FIRST_LINE), data[-_FIRST_LINE:]
    return file.seek(0, io.SEEK_END)


def _is_member_of_records(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(file.read(1024), 5) == b"WARC/"
    except zlib.error:
        return False
