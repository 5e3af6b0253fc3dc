"""What the pytest plugin's fixtures give: recordings and replayed pages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from filterproxy.errors import RecordingError
from filterproxy.recordings.recording import Recording, open_recording
from filterproxy.recordings.replayer import Replayed, Replayer
from filterproxy.recordings.seen import Seen, texts
from filterproxy.recordings.shelf import Shelf
from filterproxy.recordings.suite import patient
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


def find_recording(path: str | Path, folders: Iterable[Path]) -> Recording:
    """The recording of this path in the first of the folders in which it is.

    Raises:
        RecordingError: it is in none of them, or of no form that is known.
    """
    folders = list(dict.fromkeys(folders))
    for folder in folders:
        if (folder / path).exists():
            return open_recording(folder / path)
    raise RecordingError(f"{path}: no such recording in {', '.join(map(str, folders))}")


@dataclass(frozen=True, slots=True)
class ReplayedPage(Replayed):
    """A replayed page (see `Replayed`), with its texts at hand.

    `html_before`, `html_after`: the markup, decoded. `text_before`, `text_after`: what a reader sees, white
    space folded.
    """

    @property
    def html_before(self) -> str:
        """The markup as it was recorded."""
        return texts(self)[0]

    @property
    def html_after(self) -> str:
        """The markup that is left."""
        return texts(self)[1]

    @property
    def text_before(self) -> str:
        """What a reader saw of the recorded page."""
        return Seen(self.html_before).text

    @property
    def text_after(self) -> str:
        """What a reader sees now."""
        return Seen(self.html_after).text


class Pages:
    """Replays pages of recordings. A context manager: it has worker processes."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._ruleset = ruleset
        self._replayers: dict[frozenset[str], Replayer] = {}
        self._shelf = Shelf(())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for replayer in self._replayers.values():
            replayer.close()

    def replay(self, recording: Recording, url: str, also: Iterable[str] = ()) -> ReplayedPage:
        """One page, filtered with these categories on too.

        Raises:
            RecordingError: the recording cannot be read, or the page is not in it.
        """
        entry = self._shelf.page(recording.path, url)
        if entry is None:
            raise RecordingError(f"{recording.path}: the page is not in it: {url}")
        settings = Settings()
        off = settings.off_categories.difference(also)
        if off not in self._replayers:
            self._replayers[off] = Replayer(self._ruleset, patient(replace(settings, off_categories=off)))
        replayed = self._replayers[off].replay(entry)
        return ReplayedPage(replayed.entry, replayed.original, replayed.page)
