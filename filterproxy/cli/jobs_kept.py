"""What of a run is kept for going on after a stop, where it can be kept."""

import sys
from collections.abc import Callable, Iterable, Iterator

from filterproxy.recordings.entry import Problem
from filterproxy.recordings.journal import Journal, run_name
from filterproxy.recordings.recording import Piece, Recording
from filterproxy.recordings.spread import Finished, Parcel
from filterproxy.report.redact import printable


class Kept[R]:
    """The journal of a run; where none can be written, that is said once and the run goes on without.

    Attributes:
        pages: that are finished, earlier runs' included.
    """

    def __init__(
        self,
        parcel: Parcel[R],
        recordings: Iterable[Recording],
        *,
        resume: bool,
        told: Callable[[int], None],
    ) -> None:
        self.pages = 0
        self._told = told
        self._journal: Journal[R] | None = None
        try:
            self._journal = Journal(run_name(parcel, recordings), resume=resume)
        except OSError as error:
            self._complain(error)
            return
        self.pages = self._journal.pages
        if resume:
            what = (
                f"goes on after {self.pages:,} pages" if self.pages else "nothing to go on from: starts anew"
            )
            print(what, file=sys.stderr)

    def instead_of(self, pieces: Iterable[Piece | Problem]) -> Iterator[Piece | Problem | Finished[R]]:
        """The pieces; in the place of one that is finished, what came of it."""
        for piece in pieces:
            if isinstance(piece, Problem) or self._journal is None:
                yield piece
            else:
                yield self._journal.get(piece) or piece

    def keep(self, finished: Finished[R]) -> None:
        """Keep what came of a piece."""
        self.pages += finished.pages
        self._told(finished.pages)
        if self._journal is None:
            return
        try:
            self._journal.keep(finished)
        except OSError as error:
            self._complain(error)
            self._journal.close()
            self._journal = None

    def how_to_go_on(self) -> str:
        """The end of a line that says that the run was stopped."""
        return "; --resume goes on from there" if self._journal is not None and self.pages else ""

    def close(self, *, finished: bool) -> None:
        """Leave the journal for who goes on; a finished run needs none."""
        if self._journal is None:
            return
        if finished:
            self._journal.delete()
        else:
            self._journal.close()

    def _complain(self, error: OSError) -> None:
        place = f"{printable(str(error.filename))}: " if error.filename else ""
        what = f"{place}{error.strerror or error}: should it be stopped, this run can't be resumed"
        print(what, file=sys.stderr)
