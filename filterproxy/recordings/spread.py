"""Pieces of recordings, worked on by any `concurrent.futures.Executor`: processes here, a cluster.

Work is sent by file and range; what comes back is what the work makes of a piece: counts, not pages. So
memory stays flat, however many pages there are.
"""

import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import Piece, read_piece
from filterproxy.recordings.replayer import Replayer
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings

PIECE = 64  # entries: a third of a second of work, so that a bar moves and little is lost
_TRIES = 3  # of a piece whose worker dies


class Work[R](Protocol):
    """What is done with a piece's entries; an instance is pickled and sent to the workers."""

    def __call__(self, replayer: Replayer, entries: Iterator[Entry | Problem]) -> R:
        """What comes of a piece. Problems of single entries are its to report."""
        ...


@dataclass(frozen=True, slots=True)
class Finished[R]:
    """A piece and what came of it."""

    piece: Piece
    result: R


class Parcel[R]:
    """Rules, settings and work as bytes: packed once, unpacked once in each process."""

    def __init__(self, ruleset: Ruleset, settings: Settings, work: Work[R]) -> None:
        self._contents = pickle.dumps((ruleset, settings, work), pickle.HIGHEST_PROTOCOL)
        self._name = sha256(self._contents).hexdigest()

    def __call__(self, piece: Piece) -> R:
        """Do the work, wherever this is."""
        bench = _bench(self._name, self._contents)
        result: R = bench.work(bench.replayer, read_piece(piece))
        return result


@dataclass(frozen=True, slots=True)
class _Bench:
    replayer: Replayer
    work: Work[Any]


_benches: dict[str, _Bench] = {}  # of this process: a worker that is started once works on many pieces
_making = threading.Lock()  # a cluster's worker may have several threads


def _bench(name: str, contents: bytes) -> "_Bench":
    with _making:
        if name not in _benches:
            for other in _benches.values():
                other.replayer.close()
            _benches.clear()
            ruleset, settings, work = pickle.loads(contents)  # noqa: S301 - from the process that sent us here
            _benches[name] = _Bench(Replayer(ruleset, settings), work)
        return _benches[name]


def spread[R](
    parcel: Parcel[R],
    pieces: Iterable[Piece | Problem],
    make: Callable[[], Executor],
    *,
    ahead: int = 8,
) -> Iterator[Finished[R] | Problem]:
    """Work on the pieces, `ahead` of them at once; results come in the order of the pieces.

    Args:
        parcel: the work.
        pieces: may be made while they are worked on; problems among them are passed on in their place.
        make: gives an executor; called again where its processes died. A piece that was in a worker that
            died is worked on again, three times in all; then it is a `Problem`.
        ahead: pieces that are handed out before the first of them is done.
    """
    crew = _Crew(parcel, make)
    waiting: deque[_Out[R] | Problem] = deque()
    try:
        for piece in pieces:
            waiting.append(piece if isinstance(piece, Problem) else crew.hand_out(piece))
            if len(waiting) >= ahead:
                yield crew.collect(waiting)
        while waiting:
            yield crew.collect(waiting)
    finally:
        crew.dismiss()


@dataclass(slots=True)
class _Out[R]:
    piece: Piece
    future: "Future[R]"
    tries: int = 1


class _Crew[R]:
    def __init__(self, parcel: Parcel[R], make: Callable[[], Executor]) -> None:
        self._parcel = parcel
        self._make = make
        self._executor = make()

    def hand_out(self, piece: Piece) -> _Out[R]:
        return _Out(piece, self._submit(piece))

    def collect(self, waiting: "deque[_Out[R] | Problem]") -> Finished[R] | Problem:
        out = waiting.popleft()
        if isinstance(out, Problem):
            return out
        while True:
            try:
                return Finished(out.piece, out.future.result())
            except Exception as error:  # noqa: BLE001 - whatever an executor says of a worker that died
                if out.tries == _TRIES:
                    last = out.piece.first + out.piece.entries - 1
                    place = f"{out.piece.path}, entries {out.piece.first} to {last}"
                    return Problem(place, f"not worked on: {type(error).__name__}: {error}")
                self._restart(out, waiting)

    def _restart(self, failed: _Out[R], waiting: "deque[_Out[R] | Problem]") -> None:
        """New processes where the old are gone, and the work they had; else this piece alone once more."""
        failed.tries += 1
        try:
            failed.future = self._executor.submit(self._parcel, failed.piece)
        except RuntimeError:  # a broken pool, or one that has been shut down
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = self._make()
            for out in [failed, *(out for out in waiting if isinstance(out, _Out))]:
                if out is failed or not _is_good(out.future):
                    out.future = self._executor.submit(self._parcel, out.piece)

    def _submit(self, piece: Piece) -> "Future[R]":
        try:
            return self._executor.submit(self._parcel, piece)
        except RuntimeError as error:
            lost: Future[R] = Future()  # collected later, and tried again then
            lost.set_exception(error)
            return lost

    def dismiss(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


def _is_good(future: "Future[Any]") -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
