"""What is sent to who works on pieces of recordings, and what comes back."""

import pickle
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

import zstandard

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import Piece, read_piece
from filterproxy.recordings.replayer import Replayer, is_page
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


class Work[R](Protocol):
    """What is done with a piece's entries; an instance is pickled and sent to the workers.

    One that has a `close()` is told so when it is no longer needed in a process.
    """

    def __call__(self, replayer: Replayer, entries: Iterator[Entry | Problem]) -> R:
        """What comes of a piece. Problems of single entries are its to report."""
        ...


@dataclass(frozen=True, slots=True)
class Finished[R]:
    """A piece and what came of it. `pages`: how many of its entries are pages."""

    piece: Piece
    result: R
    pages: int = 0


class Parcel[R]:
    """Rules, settings and work as bytes: packed once, unpacked once in each process.

    Attributes:
        ruleset, settings, work: what it was made of; they stay behind when it is sent.
    """

    def __init__(self, ruleset: Ruleset, settings: Settings, work: Work[R]) -> None:
        self.ruleset, self.settings, self.work = ruleset, settings, work
        packed = pickle.dumps((ruleset, settings, work), pickle.HIGHEST_PROTOCOL)
        self._contents = zstandard.compress(packed)  # it goes along with every piece
        self._name = sha256(self._contents).hexdigest()

    def __getstate__(self) -> dict[str, object]:
        return {"_contents": self._contents, "_name": self._name}

    def __call__(self, piece: Piece) -> Finished[R] | Problem:
        """Do the work, wherever this is; an error of the work itself is a `Problem`."""
        try:
            with _bench(self._name, self._contents) as (replayer, work):
                entries = _Counted(read_piece(piece))
                return Finished(piece, work(replayer, entries), entries.pages)
        except Exception as error:  # noqa: BLE001 - it costs this piece, and would again
            return Problem(piece_place(piece), f"{type(error).__name__}: {error}")


def piece_place(piece: Piece) -> str:
    """A piece for messages: `sites.warc.gz, entries 65 to 128`."""
    if not piece.entries:
        return f"{piece.path}, from entry {piece.first} on"
    return f"{piece.path}, entries {piece.first} to {piece.first + piece.entries - 1}"


class _Counted:
    """A piece's entries, the pages among them counted as they pass."""

    def __init__(self, entries: Iterator[Entry | Problem]) -> None:
        self.pages = 0
        self._entries = entries

    def __iter__(self) -> Iterator[Entry | Problem]:
        return self

    def __next__(self) -> Entry | Problem:
        entry = next(self._entries)
        if isinstance(entry, Entry) and is_page(entry):
            self.pages += 1
        return entry


@dataclass(slots=True, eq=False)
class _Bench:
    ruleset: Ruleset
    settings: Settings
    work: Work[Any]
    idle: list[Replayer] = field(default_factory=list)


_benches: dict[str, _Bench] = {}  # of this process: a worker that is started once works on many pieces
_lock = threading.Lock()  # a cluster's worker may have several threads: a replayer each


@contextmanager
def _bench(name: str, contents: bytes) -> Iterator[tuple[Replayer, Work[Any]]]:
    """A replayer and the work for this thread alone, kept for the next piece."""
    with _lock:
        if (bench := _benches.get(name)) is None:
            _clear()
            packed = zstandard.decompress(contents)
            bench = _benches[name] = _Bench(*pickle.loads(packed))  # noqa: S301 - from who sent us here
        replayer = bench.idle.pop() if bench.idle else None
    replayer = replayer or Replayer(bench.ruleset, bench.settings)
    try:
        yield replayer, bench.work
    finally:
        with _lock:
            in_use = _benches.get(name) is bench
            if in_use:
                bench.idle.append(replayer)
        if not in_use:
            replayer.close()


def _clear() -> None:
    for bench in _benches.values():
        while bench.idle:
            bench.idle.pop().close()
        if callable(close := getattr(bench.work, "close", None)):
            close()
    _benches.clear()


def clear_away() -> None:
    """End what this process keeps for the next piece."""
    with _lock:
        _clear()
