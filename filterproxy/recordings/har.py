"""HAR files (HTTP Archive 1.2; 1.1 too), as browsers and mitmproxy save them."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.har_entry import as_entry
from filterproxy.recordings.har_sink import HarSink
from filterproxy.recordings.har_spans import CutShortError, Spans
from filterproxy.recordings.recording import Form, Piece
from filterproxy.recordings.writing import Written, write_file


def pieces(path: Path, entries: int) -> Iterator[Piece | Problem]:
    """The entries, so many at once. Where the file is cut short, what is whole, and then a problem."""
    first, count, start, end = 1, 0, 0, 0
    try:
        with Spans(path) as spans:
            if not spans.enter():
                yield Problem(str(path), "no HAR: it has no entries in a log")
                return
            for at, text in spans:
                if count == entries:
                    yield Piece(str(path), Form.HAR, start, count, first, at - start)
                    first, count = first + count, 0
                start = start if count else at
                count, end = count + 1, at + len(text)
            problem = None
    except OSError as error:
        problem = Problem(str(path), error.strerror or str(error))
    except CutShortError as error:
        problem = Problem(f"{path}, entry {first + count}", f"cut short (byte {error.at})")
    if count:
        yield Piece(str(path), Form.HAR, start, count, first, end - start)
    if problem is not None:
        yield problem


def read(piece: Piece) -> Iterator[Entry | Problem]:
    """The entries of web addresses. One that can't be used is a problem."""
    number = piece.first
    try:
        with Spans(Path(piece.path), piece.start) as spans:
            for at, text in islice(spans, piece.entries or None):
                place = f"{piece.path}, entry {number}"
                number += 1
                try:
                    entry = as_entry(place, json.loads(text))
                except (ValueError, RecursionError) as error:
                    entry = Problem(place, f"no JSON: {error} (byte {at})")
                if entry is not None:
                    yield entry
    except OSError as error:
        yield Problem(piece.path, error.strerror or str(error))
    except CutShortError as error:
        yield Problem(f"{piece.path}, entry {number}", f"cut short (byte {error.at})")


def write(path: Path, entries: Iterable[Entry]) -> Written:
    """A HAR of these entries.

    Raises:
        RecordingError: it can't be written; a file that was there is as it was.
    """
    return write_file(path, entries, HarSink)
