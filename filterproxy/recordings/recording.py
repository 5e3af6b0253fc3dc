"""A recording of any form, read in pieces: each by itself, in any process that sees the file."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Entry, Problem


class Form(StrEnum):
    """What a recording is kept as."""

    FLOWS = "flows"  # mitmproxy's flow file
    HAR = "har"  # HTTP Archive 1.2, JSON
    WARC = "warc"  # ISO 28500, gzipped or not
    FOLDER = "folder"  # saved pages and a table of their URLs


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a recording.

    Attributes:
        path: the recording's, as given; of a folder, its table's.
        form: how to read it.
        start: where its first entry begins: a byte offset in the file (of a folder: in its table).
        entries: how many, 0: all that are left.
        first: the number of its first entry in the recording, from 1; of a folder, its line in the table.
        size: bytes of the file (of a folder: of its table) it stands for: for progress.
    """

    path: str
    form: Form
    start: int
    entries: int
    first: int
    size: int


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that is there. `size`: bytes, the sum of its pieces' sizes (about)."""

    path: Path
    form: Form
    size: int

    def pieces(self, entries: int) -> Iterator[Piece | Problem]:
        """Its pieces of so many entries at most, and what makes the rest of it unreadable.

        The file is looked through as far as one asks, without reading what the entries hold.
        """
        cut: Callable[[Path, int], Iterator[Piece | Problem]] = _module(self.form).pieces
        return cut(self.path, entries)

    def entries(self) -> Iterator[Entry | Problem]:
        """All of it, in order."""
        for piece in self.pieces(_READ_AT_ONCE):
            if isinstance(piece, Problem):
                yield piece
            else:
                yield from read_piece(piece)


_READ_AT_ONCE = 256


def read_piece(piece: Piece) -> Iterator[Entry | Problem]:
    """The entries of a piece in order; in the place of one that can't be read, what is wrong with it."""
    read: Callable[[Piece], Iterator[Entry | Problem]] = _module(piece.form).read
    return read(piece)


def open_recording(path: str | Path) -> Recording:
    """A recording by its path, its form told by its content: a folder, or its table, by its name.

    Raises:
        RecordingError: there is none, or it is of no form that is known.
    """
    path = Path(path)
    try:
        if path.is_dir():
            table = path / TABLE
            if not table.is_file():
                raise RecordingError(f"{path}: a folder of pages needs a table of their URLs, {TABLE}")
            return Recording(table, Form.FOLDER, table.stat().st_size)
        with path.open("rb") as file:
            start = file.read(512)
        size = path.stat().st_size
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    return Recording(path, _form(path, start), size)


TABLE = "pages.tsv"


def _form(path: Path, start: bytes) -> Form:
    if not start:
        raise RecordingError(f"{path}: the file is empty")
    if path.suffix == ".tsv":
        return Form.FOLDER
    if start.startswith((b"WARC/", b"\x1f\x8b")):
        return Form.WARC
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return Form.HAR
    if start[:1].isdigit() and b":" in start[:13]:  # a tnetstring: its length comes first
        return Form.FLOWS
    raise RecordingError(f"{path}: neither flows, HAR nor WARC, nor a table of pages ({TABLE})")


def _module(form: Form) -> "_Format":
    module: _Format = importlib.import_module(f"filterproxy.recordings.{form}")  # type: ignore[assignment]  # as written
    return module


class _Format:
    """What a form's module has."""

    pieces: Callable[[Path, int], Iterator[Piece | Problem]]
    read: Callable[[Piece], Iterator[Entry | Problem]]
