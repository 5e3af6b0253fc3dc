"""Recordings for tests: entries, written in every form, and read again."""

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path

from filterproxy.classify.response import content_type
from filterproxy.demo.pages import PAGES, original
from filterproxy.recordings.conversion import form_of
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import Piece, open_recording, read_piece
from filterproxy.recordings.writing import Written

FORMS = ("visit.mitm", "visit.har", "visit.warc.gz", "visit.warc", "saved")
"""A recording's name in each form."""


def demo_entries() -> list[Entry]:
    """The sample site's pages, GBK among them, as an archive would have them."""
    return [
        Entry(
            f"demo, page {page.name}",
            page.url,
            "GET",
            200,
            [(b"Host", page.host.encode())],
            [(b"Content-Type", page.content_type.encode()), (b"X-Cache", b"hit")],
            original(page),
            time=1_780_272_000.25,
        )
        for page in PAGES
    ]


def write(path: Path, entries: Iterable[Entry]) -> Written:
    """Write a recording in the form its name tells."""
    module = importlib.import_module(f"filterproxy.recordings.{form_of(path)}")
    writer: Callable[[Path, Iterable[Entry]], Written] = module.write
    return writer(path, entries)


def read(path: Path, at_once: int = 2) -> tuple[list[Entry], list[Problem]]:
    """All of a recording, piece by piece, as workers read it: entries and problems."""
    found: list[Entry | Problem] = []
    for piece in open_recording(path).pieces(at_once):
        found += [piece] if isinstance(piece, Problem) else read_piece(piece)
    entries = [each for each in found if isinstance(each, Entry)]
    return entries, [each for each in found if isinstance(each, Problem)]


def said(path: Path, problems: Iterable[Problem]) -> list[str]:
    """Problems in words, the recording's folder left out."""
    return [str(problem).replace(f"{path.parent}/", "") for problem in problems]


def cuts(path: Path, at_once: int) -> list[Piece]:
    """A recording's pieces."""
    return [piece for piece in open_recording(path).pieces(at_once) if isinstance(piece, Piece)]


def essence(entry: Entry) -> tuple[str, str, int, bytes | None, str | None]:
    """What every form keeps."""
    return entry.url, entry.method, entry.status, entry.body, content_type(entry.response)
