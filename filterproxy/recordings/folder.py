"""Saved pages with a table of their URLs, as a recording.

Pages are as servers send them, content codings undone. Their paths are relative to the table's folder,
or else to the folder beside it that has the table's name (`pages.tsv`, `pages/`), and never lead out.
"""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.folder_sink import write
from filterproxy.recordings.recording import Form, Piece
from filterproxy.recordings.table import BrokenRow, Row, Table, inside

__all__ = ["pieces", "read", "write"]


def pieces(path: Path, entries: int) -> Iterator[Piece | Problem]:
    """The table's rows, so many at once; `path` is the table's."""
    try:
        with Table(path) as table:
            lines = table.lines()
            while batch := list(islice(lines, entries)):
                first, start, _ = batch[0]
                _, last, text = batch[-1]
                size = last + len(text) - start
                yield Piece(str(path), Form.FOLDER, start, len(batch), first, size)
    except (OSError, RecordingError) as error:
        yield _problem(path, error)


def read(piece: Piece) -> Iterator[Entry | Problem]:
    """The pages of these rows. One that isn't there is a problem, and so is a row that can't be used."""
    path = Path(piece.path)
    try:
        with Table(path) as table:
            for row in islice(table.rows(piece.start, piece.first), piece.entries or None):
                yield _page(path, row)
    except (OSError, RecordingError) as error:
        yield _problem(path, error)


def _page(table: Path, row: Row | BrokenRow) -> Entry | Problem:
    place = f"{table}:{row.line}"
    if isinstance(row, BrokenRow):
        return Problem(place, f"{row.path or 'the row'}: {row.problem}")
    try:
        body = _find(table, row.path).read_bytes()
    except (OSError, ValueError) as error:
        return Problem(place, f"{row.path}: {_reason(error)}")
    response = [(b"Content-Type", (row.content_type or "text/html").encode())]
    return Entry(place, row.url, row.method, row.status, (), response, body, time=row.time, note=row.note)


def _find(table: Path, path: str) -> Path:
    beside = inside(Path(os.path.realpath(table.parent)), path)
    found = beside if beside.exists() else inside(Path(os.path.realpath(table.with_suffix(""))), path)
    if found.exists() and not found.is_file():
        raise ValueError("not an ordinary file")
    return found


def _problem(path: Path, error: OSError | RecordingError) -> Problem:
    if isinstance(error, OSError):
        return Problem(str(path), error.strerror or str(error))
    place, _, what = str(error).partition(": ")
    return Problem(place, what)


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
