"""Recordings made into another: chosen entries, in a form told by the name."""

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import Form, Piece, Recording, read_piece
from filterproxy.recordings.replayer import is_page
from filterproxy.recordings.writing import Written

if TYPE_CHECKING:
    from mitmproxy.flow import Flow  # else only where flows are read

_ENDINGS = {
    ".mitm": Form.FLOWS,
    ".flows": Form.FLOWS,
    ".flow": Form.FLOWS,
    ".har": Form.HAR,
    ".warc": Form.WARC,
    ".warc.gz": Form.WARC,
}
_PIECE = 64
_COUNT = re.compile(r": \d+$")


def form_of(target: Path) -> Form:
    """The form a recording of this name is written in: by its ending, else a folder."""
    name = target.name.lower()
    return next((form for ending, form in _ENDINGS.items() if name.endswith(ending)), Form.FOLDER)


@dataclass(slots=True)
class Conversion:
    """Which entries are taken, and what became of all.

    Attributes:
        only: URL patterns, `*` and `?` as in file names; one of them must match. None: all do.
        pages_only: leave out what the proxy would not look into.
        problem: is told of each problem.
        passed: is told how many bytes of the recordings are done with.
        read: entries so far.
        dropped: why entries were not taken, and how many.
        notes: what was lost or repaired on reading, and how often.
        problems: how many.
    """

    only: tuple[str, ...]
    pages_only: bool
    problem: Callable[[Problem], None]
    passed: Callable[[int], None]
    read: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    problems: int = 0

    def run(self, recordings: Iterable[Recording], target: Path) -> Written:
        """Write the chosen entries of all recordings; where none is left, nothing.

        Flows that go to a flow file keep all that mitmproxy knows of them.

        Raises:
            RecordingError: the target can't be written; it is as it was.
        """
        form = form_of(target)
        module = importlib.import_module(f"filterproxy.recordings.{form}")
        written: Written = module.write(target, self._chosen(recordings, form))
        return written

    def _chosen(self, recordings: Iterable[Recording], form: Form) -> "Iterator[Entry | Flow]":
        for recording in recordings:
            whole = recording.form is form is Form.FLOWS
            for piece in recording.pieces(_PIECE):
                if isinstance(piece, Problem):
                    self._tell(piece)
                    continue
                yield from self._flows(piece) if whole else self._entries(piece)
                self.passed(piece.size)

    def _entries(self, piece: Piece) -> Iterator[Entry]:
        for entry in read_piece(piece):
            if isinstance(entry, Problem):
                self._tell(entry)
            elif self._takes(entry):
                yield entry

    def _flows(self, piece: Piece) -> "Iterator[Flow]":
        from mitmproxy.http import HTTPFlow  # noqa: PLC0415 - it takes its time

        from filterproxy.recordings.flows import as_entry, read_flows  # noqa: PLC0415

        for place, flow in read_flows(piece):
            if isinstance(flow, Problem):
                self._tell(flow)
            elif isinstance(flow, HTTPFlow) and flow.response is not None:
                if self._takes(as_entry(place, flow)):
                    yield flow
            elif self.only or self.pages_only:
                self._count("without an HTTP answer")
            else:
                self.read += 1
                yield flow

    def _takes(self, entry: Entry) -> bool:
        if self.only and not any(_fits(entry.url, glob) for glob in self.only):
            self._count("not asked for (--only)")
            return False
        if self.pages_only and not is_page(entry):
            self._count("no page (--pages-only)")
            return False
        self.read += 1
        self.notes.update(_COUNT.sub("", note) for note in entry.note.split("; ") if note)
        return True

    def _count(self, why: str) -> None:
        self.read += 1
        self.dropped[why] += 1

    def _tell(self, problem: Problem) -> None:
        self.problems += 1
        self.problem(problem)


def _fits(url: str, glob: str) -> bool:
    """Whether a URL fits a pattern; one without a scheme begins at the host."""
    return fnmatchcase(url if "://" in glob else url.partition("://")[2], glob)
