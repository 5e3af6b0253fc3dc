"""Writing recordings: whole or not at all, entry by entry, and with an account of what a form can't keep."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import quote, urlsplit, urlunsplit

from filterproxy.classify.fields import joined
from filterproxy.classify.hostname import normalise
from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Entry
from filterproxy.rewrite.content_coding import decode
from filterproxy.settings import Limits

URLS = "URLs as they were written"  # what several forms can't keep
CODINGS = "content codings"
NOTES = "notes"
_LARGEST = 64 << 20  # bytes of a body that is decoded
_LIMITS = replace(Limits(), compressed=_LARGEST, decoded=_LARGEST)
_URL_MARKS = ";/?:@&=+$,!~*'()%[]"


class LeftOutError(Exception):
    """An entry that a form can't keep; its text says what kind of entry that is."""


class Sink[E](Protocol):
    """An open recording that entries are written to."""

    def add(self, entry: E, /) -> Iterable[str]:
        """Write an entry; what of it this form can't keep.

        Raises:
            LeftOutError: the form can't keep it at all.
        """
        ...

    def end(self) -> None:
        """Write what comes after the last entry."""
        ...


@dataclass(slots=True)
class Written:
    """What was written.

    Attributes:
        entries: how many.
        size: bytes of the file, or of the pages and their table.
        lost: what this form can't keep, and of how many entries it is missing.
        left_out: which entries this form can't keep at all, and how many.
    """

    entries: int = 0
    size: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def add[E](self, sink: Sink[E], entry: E) -> None:
        """Write an entry, or count why it isn't."""
        try:
            self.lost.update(sorted(set(sink.add(entry))))
        except LeftOutError as error:
            self.left_out[str(error)] += 1
        else:
            self.entries += 1


class NothingError(Exception):
    """No entry could be written: so there is to be no recording."""


def write_file[E](path: Path, entries: Iterable[E], begin: Callable[[BinaryIO], Sink[E]]) -> Written:
    """Write a recording that is one file; where there is no entry to write, nothing.

    Raises:
        RecordingError: it can't be written; a file that was there is as it was.
    """
    written = Written()
    with suppress(NothingError), draft(path) as file:
        sink = begin(file)
        for entry in entries:
            written.add(sink, entry)
        if not written.entries:
            raise NothingError
        sink.end()
        written.size = file.tell()
    return written


@contextmanager
def draft(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once all is written, for its owner alone: it holds a visit.

    Raises:
        RecordingError: it can't be written.
    """
    target = Path(os.path.realpath(path))
    made = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        with _private(made) as file:
            yield file
        made.replace(target)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    finally:
        made.unlink(missing_ok=True)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")


def decoded(entry: Entry) -> bytes | None:
    """The body without its content codings; None where it was not kept, or does not fit them."""
    if entry.body is None:
        return None
    return decode(entry.body, joined(entry.response, b"content-encoding"), _LIMITS).body


def ascii_url(url: str) -> str:
    """The URL as it is sent (RFC 3986): its host in ASCII, other characters percent-encoded.

    Raises:
        LeftOutError: it is none of a web page.
    """
    try:
        parts = urlsplit(url)
        host, port = normalise(parts.hostname or ""), parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in {"http", "https"}:
        raise LeftOutError("of no web address")
    if url.isascii() and url.isprintable() and not set(url) & set(' <>"{}|\\^`'):
        return url
    try:
        path, query = (
            quote(part, _URL_MARKS, "utf-8", "surrogateescape") for part in (parts.path, parts.query)
        )
    except UnicodeEncodeError:
        raise LeftOutError("with a URL that is no text") from None
    return urlunsplit((parts.scheme, host if port is None else f"{host}:{port}", path, query, ""))


def request_target(url: str) -> str:
    """What of a URL is asked for of its host (RFC 9112, 3.2.1): path and query, as they are written."""
    rest = url.partition("://")[2].partition("#")[0]
    after = rest[len(urlsplit(url).netloc) :]
    return after if after.startswith("/") else f"/{after}"
