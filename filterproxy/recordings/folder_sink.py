"""Writes pages as files below a folder, and the table that says where they came from."""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from filterproxy.classify.hostname import normalise
from filterproxy.classify.response import content_type
from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.recording import TABLE
from filterproxy.recordings.writing import CODINGS, NOTES, URLS, LeftOutError, Written, decoded

_COLUMNS = ("path", "url", "content_type", "status", "method", "time")
_UNKNOWN_TYPE = "application/octet-stream"
_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/css": ".css",
    "text/javascript": ".js",
    "application/javascript": ".js",
    "application/json": ".json",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
}
_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60  # characters, some 180 bytes: file systems take 255
_BREAKS = re.compile(r"[\t\r\n\0\v\f\x1c-\x1e\x85\u2028\u2029]")


def write(path: Path, entries: Iterable[Entry]) -> Written:
    """A folder of these entries' bodies, content codings undone, and its table `pages.tsv`; of none, nothing.

    Pages are named `<host>/<number>-<last part of the path>.<ending>`: no two alike on any file system.

    Raises:
        RecordingError: it can't be written, or there is something in this folder already. Nothing is left.
    """
    target = Path(os.path.realpath(path))
    made = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    written = Written()
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise RecordingError(f"{path}: there is something there already")
        made.mkdir()
        with (made / TABLE).open("wb") as table:
            sink = FolderSink(made)
            table.write(sink.row(_COLUMNS))
            for entry in entries:
                written.add(sink, entry)
                table.write(sink.taken())
            written.size = (sink.size + table.tell()) if written.entries else 0
        if written.entries:
            made.replace(target)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return written


class FolderSink:
    """Puts bodies below a folder. `size`: bytes of them so far."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._folder = folder
        self._number = 0
        self._rows = b""

    def add(self, entry: Entry) -> Iterable[str]:
        """Write an entry's body; its row is then `taken`."""
        body, host = decoded(entry), _host(entry.url)
        if entry.body is None:
            raise LeftOutError("without a body")
        if body is None:
            raise LeftOutError("whose body does not fit its content coding")
        kind = content_type(entry.response) or _UNKNOWN_TYPE
        number = self._number + 1
        place = f"{host}/{_name(number, entry.url, kind)}"
        cells = (place, entry.url, kind, str(entry.status), entry.method, _time(entry.time))
        row = self.row(cells)
        (self._folder / host).mkdir(exist_ok=True)
        self.size += (self._folder / place).write_bytes(body)
        self._number = number
        self._rows += row
        return _lost(entry, body)

    def row(self, cells: Iterable[str]) -> bytes:
        """A line of the table. What would end a cell becomes a space."""
        line = "\t".join(_BREAKS.sub(" ", cell) for cell in cells)
        try:
            return line.encode() + b"\n"
        except UnicodeEncodeError as error:
            raise LeftOutError("with a URL that is no text") from error

    def taken(self) -> bytes:
        """The rows since it was asked last."""
        rows, self._rows = self._rows, b""
        return rows

    def end(self) -> None:
        """Nothing comes after the last page."""


def _lost(entry: Entry, body: bytes) -> Iterable[str]:
    if entry.request:
        yield "request header fields"
    if entry.request_body:
        yield "request bodies"
    if any(name.lower() != b"content-type" for name, _ in entry.response):
        yield "header fields other than Content-Type"
    if body is not entry.body:
        yield CODINGS
    if entry.note:
        yield NOTES
    if _BREAKS.search(entry.url) or entry.url != entry.url.strip():
        yield URLS


def _host(url: str) -> str:
    """The folder of a host.

    Raises:
        LeftOutError: the URL is none of a web page.
    """
    try:
        parts = urlsplit(url)
        host, port = normalise(parts.hostname or ""), parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in {"http", "https"}:
        raise LeftOutError("of no web address")
    name = _UNSAFE.sub("_", host)
    return name if port is None else f"{name}_{port}"


def _name(number: int, url: str, kind: str) -> str:
    """`000012-c_30417.html`."""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    ending = _ENDINGS.get(kind.partition(";")[0].strip().lower(), "")
    stem = Path(last).stem if ending and Path(last).suffix else last
    safe = _UNSAFE.sub("_", stem)[:_LONGEST_NAME].strip(".")
    return f"{number:06}-{safe or 'page'}{ending or '.bin'}"


def _time(time: float) -> str:
    return repr(time) if time else ""
