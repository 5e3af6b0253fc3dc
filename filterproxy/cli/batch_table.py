"""The table of `rewrite --batch`: which page came from which URL, a line each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from filterproxy.cli.options import page_url

NOWHERE = "http://page.invalid/"  # a host nobody can have (RFC 2606, 2): rules for every site alone apply
_UNKNOWN = frozenset({"", "?"})


@dataclass(frozen=True, slots=True)
class Row:
    """A page to be filtered.

    Attributes:
        line: of the table, from 1; the header is line 1.
        path: of the page, relative to the root, as it is written.
        url: where it came from, for the choice of rules.
        url_given: whether the table says so; else it is made of the `domain`, or is `NOWHERE`.
        content_type: the Content-Type header's value, or None.
        note: what the user should know, or empty.
    """

    line: int
    path: str
    url: str
    url_given: bool
    content_type: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be used: what is wrong with it, or with the page it names."""

    line: int
    path: str
    problem: str


def read_table(path: Path) -> list[Row | BrokenRow]:
    """All rows of a table, those that cannot be used among them; empty lines don't count.

    Tab-separated UTF-8 with a header line; nothing is quoted. Wanted are the columns `path` and `url`;
    `content_type` and `domain` are used where they are there, others ignored. Where `url` is empty or `?`,
    the page counts as `http://<domain>/`, and without a domain as `NOWHERE`. A `url` that is none counts
    as empty, with a note, where there is a domain; else the row is broken.

    Raises:
        click.ClickException: (exit code 1) it cannot be read, or the header lacks a column.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from error
    header = lines[0].rstrip(b"\r").decode("utf-8", "replace").split("\t")
    for column in ("path", "url"):
        if column not in header:
            raise click.ClickException(f"{path}:1: the header names no column {column!r}")
    return list(_rows(header, lines))


def _rows(header: list[str], lines: list[bytes]) -> Iterator[Row | BrokenRow]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        row = _row(number, header, line.rstrip(b"\r"))
        if isinstance(row, Row):
            first = seen.setdefault(row.path, number)
            if first != number:
                row = BrokenRow(number, row.path, f"the same path as in line {first}")
        yield row


def _row(number: int, header: list[str], line: bytes) -> Row | BrokenRow:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        return BrokenRow(number, "", f"not UTF-8 at byte {error.start + 1}")
    cells = dict(zip(header, text.split("\t"), strict=False))  # a row may be short: its last cells are empty
    path = cells.get("path", "")
    if not path:
        return BrokenRow(number, "", "no path")
    url, domain = cells.get("url", "").strip(), cells.get("domain", "").strip()
    content_type = cells.get("content_type") or None
    try:
        if url not in _UNKNOWN:
            return Row(number, path, page_url(url), url_given=True, content_type=content_type)
        problem = ""
    except ValueError as error:
        problem = f"url {url!r}: {error}"
    try:
        home = NOWHERE if domain in _UNKNOWN else page_url(f"http://{domain}/")
    except ValueError as error:
        return BrokenRow(number, path, problem or f"domain {domain!r}: {error}")
    if problem and home == NOWHERE:
        return BrokenRow(number, path, problem)
    note = f"{problem}; taken as {home}" if problem else ""
    return Row(number, path, home, url_given=False, content_type=content_type, note=note)
