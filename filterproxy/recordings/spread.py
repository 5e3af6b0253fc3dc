"""Pieces of recordings, worked on by any `concurrent.futures.Executor`: processes here, a cluster.

Work is sent by file and range; what comes back is what the work makes of a piece: counts, not pages. So
memory stays flat, however many pages there are.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass

from filterproxy.recordings.entry import Problem
from filterproxy.recordings.parcel import Finished, Parcel, Work, piece_place
from filterproxy.recordings.recording import Piece

__all__ = ["PIECE", "Finished", "Parcel", "Work", "spread"]

PIECE = 64  # entries: a third of a second of work, so that a bar moves and little is lost
_TRIES = 3  # of a piece whose worker dies


def spread[R](
    parcel: Parcel[R],
    pieces: Iterable[Piece | Problem | Finished[R]],
    make: Callable[[], Executor],
    *,
    ahead: int = 8,
    keep: Callable[[Finished[R]], None] | None = None,
) -> Generator[Finished[R] | Problem]:
    """Work on the pieces, `ahead` of them at once; results come in the order of the pieces.

    Args:
        parcel: the work.
        pieces: may be made while they are worked on; problems and finished pieces among them are passed on
            in their place.
        make: gives an executor; called again where its processes died. Pieces that were in it then are
            worked on again one by one, so that none is blamed for another's fault; a piece whose worker
            died three times is a `Problem`. What it raises ends the work.
        ahead: pieces that are handed out before the first of them is done.
        keep: is told of each piece as soon as it is seen to be done, before its turn to come out; also of
            those that are done when the caller stops early.
    """
    crew = _Crew(parcel, make, keep)
    try:
        for piece in pieces:
            crew.take(piece)
            if len(crew.waiting) >= ahead:
                yield crew.next()
        while crew.waiting:
            yield crew.next()
    finally:
        crew.dismiss()


@dataclass(slots=True, eq=False)
class _Out[R]:
    """A piece that is to come out: handed out where it has a future, done where it has an outcome."""

    piece: Piece
    future: "Future[Finished[R] | Problem] | None" = None
    outcome: Finished[R] | Problem | None = None
    lost: int = 0  # how often its worker died


class _Crew[R]:
    def __init__(
        self,
        parcel: Parcel[R],
        make: Callable[[], Executor],
        keep: Callable[[Finished[R]], None] | None,
    ) -> None:
        self.waiting: deque[_Out[R] | Problem | Finished[R]] = deque()
        self._parcel = parcel
        self._make = make
        self._keep = keep
        self._executor: Executor | None = None

    def take(self, piece: Piece | Problem | Finished[R]) -> None:
        """The next piece: handed out at once, but where others have to be worked on alone before."""
        self.waiting.append(_Out(piece) if isinstance(piece, Piece) else piece)
        if not self._suspects():
            self._hand_out()

    def next(self) -> Finished[R] | Problem:
        """What comes of the first piece; waits for it."""
        head = self.waiting[0]
        if isinstance(head, _Out):
            while head.outcome is None:
                self._go_on()
            self.waiting.popleft()
            return head.outcome
        self.waiting.popleft()
        return head

    def dismiss(self) -> None:
        """End the work; what is done is kept."""
        with suppress(Exception):  # of pieces that nobody will see
            self._sweep()
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _go_on(self) -> None:
        """Wait until something is done or lost."""
        if under_way := [out.future for out in self._open() if out.future is not None]:
            wait(under_way, return_when=FIRST_COMPLETED)
        elif suspects := self._suspects():  # alone with its worker, so that it is known who ends it
            self._submit(suspects[0])
        else:
            self._hand_out()
        self._sweep()

    def _open(self) -> "list[_Out[R]]":
        return [out for out in self.waiting if isinstance(out, _Out) and out.outcome is None]

    def _suspects(self) -> "list[_Out[R]]":
        return [out for out in self._open() if out.lost and out.future is None]

    def _hand_out(self) -> None:
        for out in self._open():
            if out.future is None:
                self._submit(out)

    def _submit(self, out: "_Out[R]") -> None:
        if self._executor is None:
            self._executor = self._make()
        try:
            out.future = self._executor.submit(self._parcel, out.piece)
        except RuntimeError:  # a broken pool, or one that has been shut down
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = self._make()
            out.future = self._executor.submit(self._parcel, out.piece)

    def _sweep(self) -> None:
        """Take in what is done."""
        for out in self._open():
            if out.future is not None and out.future.done():
                self._settle(out, out.future)

    def _settle(self, out: "_Out[R]", future: "Future[Finished[R] | Problem]") -> None:
        try:
            outcome = future.result()
        except Exception as error:  # noqa: BLE001 - whatever an executor says of a worker that died
            out.lost += 1
            out.future = None
            if out.lost == _TRIES:
                what = f"left out, as its worker ended {_TRIES} times: {type(error).__name__}: {error}"
                out.outcome = Problem(piece_place(out.piece), what)
            return
        if self._keep is not None and isinstance(outcome, Finished):
            self._keep(outcome)
        out.outcome = outcome
