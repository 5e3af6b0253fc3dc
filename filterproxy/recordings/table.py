"""A table of saved pages: which page came from which URL, a line each."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from filterproxy.classify.address import page_url
from filterproxy.errors import RecordingError

NOWHERE = "http://page.invalid/"  # a host nobody can have (RFC 2606, 2): rules for every site alone apply
_UNKNOWN = frozenset({"", "?"})
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """A page of a table.

    Attributes:
        line: of the table, from 1; the header is line 1.
        path: of the page, as it is written.
        url: where it came from, for the choice of rules.
        url_given: whether the table says so; else it is made of the `domain`, or is `NOWHERE`.
        content_type: the Content-Type header's value, or None.
        note: what the user should know, or empty.
        method: of the request.
        status: of the answer.
        time: when it was asked for, seconds since the epoch; 0: not known.
    """

    line: int
    path: str
    url: str
    url_given: bool
    content_type: str | None
    note: str = ""
    method: str = "GET"
    status: int = 200
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be used: what is wrong with it, or with the page it names."""

    line: int
    path: str
    problem: str


class Table:
    """A table that is open: its rows from the first one on, or from any byte where a line begins.

    Tab-separated UTF-8 with a header line; nothing is quoted; empty lines don't count. Wanted are the
    columns `path` and `url`; `content_type`, `domain`, `method`, `status` and `time` are used where they
    are there, others ignored. Where `url` is empty or `?`, the page counts as `http://<domain>/`, and
    without a domain as `NOWHERE`. A `url` that is none counts as empty, with a note, where there is a
    domain; else the row is broken.

    Raises:
        OSError: it cannot be read.
        RecordingError: the header lacks a column.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        header = self._file.readline().removeprefix(_BOM).rstrip(b"\r\n")
        self._columns = header.decode("utf-8", "replace").split("\t")
        for column in ("path", "url"):
            if column not in self._columns:
                self._file.close()
                raise RecordingError(f"{path}:1: the header names no column {column!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def lines(self) -> Iterator[tuple[int, int, bytes]]:
        """The rows unread: the line's number, the byte it begins at, the line with its end."""
        at = self._file.tell()
        for number, line in enumerate(self._file, 2):
            if line.strip():
                yield number, at, line
            at += len(line)

    def rows(self, start: int = 0, line: int = 2) -> Iterator[Row | BrokenRow]:
        """All rows from a byte on, where the line of this number begins; without one, from the first."""
        if start:
            self._file.seek(start)
        for number, text in enumerate(self._file, line):
            if text.strip():
                yield _row(number, self._columns, text.rstrip(b"\n").rstrip(b"\r"))


def _row(number: int, columns: list[str], line: bytes) -> Row | BrokenRow:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return BrokenRow(number, "", f"not UTF-8 at byte {error.start + 1}")
    cells = dict(zip(columns, text.split("\t"), strict=False))  # a row may be short: its last cells are empty
    path = cells.get("path", "")
    if not path:
        return BrokenRow(number, "", "no path")
    try:
        url, given, note = _url(cells.get("url", "").strip(), cells.get("domain", "").strip())
        status, time = _number(cells, "status", 200), _number(cells, "time", 0.0)
    except ValueError as error:
        return BrokenRow(number, path, str(error))
    content_type, method = cells.get("content_type") or None, cells.get("method") or "GET"
    return Row(number, path, url, given, content_type, note, method, status, time)


def _url(url: str, domain: str) -> tuple[str, bool, str]:
    """A page's URL, whether the table gives it, and a note where what it gives is none."""
    problem = ""
    if url not in _UNKNOWN:
        try:
            return page_url(url), True, ""
        except ValueError as error:
            problem = f"url {url!r}: {error}"
    try:
        home = NOWHERE if domain in _UNKNOWN else page_url(f"http://{domain}/")
    except ValueError as error:
        raise ValueError(problem or f"domain {domain!r}: {error}") from error
    if problem and home == NOWHERE:
        raise ValueError(problem)
    return home, False, f"{problem}; taken as {home}" if problem else ""


def _number[N: (int, float)](cells: dict[str, str], column: str, usual: N) -> N:
    text = cells.get(column, "").strip()
    try:
        return type(usual)(text) if text else usual
    except ValueError:
        raise ValueError(f"{column} {text!r} is no number") from None


def inside(folder: Path, path: str) -> Path:
    """The place of a path below a folder, links followed; `folder` is a real path (`os.path.realpath`).

    Raises:
        ValueError: it leads out.
    """
    if "\0" in path:
        raise ValueError("no file has such a name")
    target = Path(os.path.realpath(folder / path))
    if ".." in Path(path).parts or not target.is_relative_to(folder) or target == folder:
        raise ValueError("the path leads out of the folder")
    return target
