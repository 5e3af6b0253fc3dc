"""Single pages out of recordings, by their URL: read once, in order, as far as is asked for."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from filterproxy.classify.hostname import normalise
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import open_recording
from filterproxy.recordings.replayer import is_page

_PORTS = {"http": 80, "https": 443}
_KEPT = "!$&'()*+,/:;=@~%?"  # what quote leaves as it stands; what is quoted already stays so


def address_key(url: str) -> str:
    """A URL in one spelling, to tell whether two are the same page's: without fragment and user.

    Host in ASCII and lower case, the scheme's own port left out, an empty path as `/`, other than ASCII
    percent-encoded. What is no URL is taken as it stands.
    """
    try:
        parts = urlsplit(url)
        host, port = normalise(parts.hostname or "") or parts.netloc, parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    place = host if port is None or port == _PORTS.get(scheme) else f"{host}:{port}"
    query = f"?{quote(parts.query, _KEPT)}" if parts.query else ""
    return f"{scheme}://{place}{quote(parts.path or '/', _KEPT)}{query}"


class Shelf:
    """Hands out the pages of recordings that are known to be wanted.

    A recording is read from its start as far as the wanted page; other wanted pages on the way are kept
    until they have been asked for as often as they are wanted.

    Args:
        wanted: path and URL of each page that will be asked for; a page twice, twice.

    Attributes:
        problems: what is wrong with the recordings, as far as they were read.
    """

    def __init__(self, wanted: Iterable[tuple[Path, str]]) -> None:
        self.problems: list[Problem] = []
        self._wanted: dict[Path, Counter[str]] = {}
        for path, url in wanted:
            self._wanted.setdefault(path, Counter())[address_key(url)] += 1
        self._readings: dict[Path, _Reading] = {}

    def page(self, path: Path, url: str) -> Entry | None:
        """The first answer for this URL that is a page, else the first for it; None: there is none.

        Raises:
            RecordingError: the recording cannot be read at all.
        """
        key = address_key(url)
        wanted = self._wanted.setdefault(path, Counter())
        reading = self._readings.get(path)
        if reading is None or not reading.can_give(key):
            wanted[key] = max(1, wanted[key])
            reading = self._readings[path] = _Reading(path, wanted, self.problems if reading is None else [])
        found = reading.page(key)
        wanted[key] -= 1
        if wanted[key] < 1:
            reading.forget(key)
        return found


class _Reading:
    """One recording, read once."""

    def __init__(self, path: Path, wanted: Counter[str], problems: list[Problem]) -> None:
        self._entries: Iterator[Entry | Problem] = open_recording(path).entries()
        self._wanted = wanted
        self._problems = problems
        self._pages: dict[str, Entry] = {}
        self._others: dict[str, Entry] = {}
        self._forgotten: set[str] = set()

    def can_give(self, key: str) -> bool:
        """Whether the page, if there is one, is still ahead or was kept."""
        return key not in self._forgotten and self._wanted[key] > 0

    def page(self, key: str) -> Entry | None:
        while key not in self._pages:
            entry = next(self._entries, None)
            if entry is None:
                return self._others.get(key)
            if isinstance(entry, Problem):
                self._problems.append(entry)
                continue
            self._keep(entry)
        return self._pages[key]

    def _keep(self, entry: Entry) -> None:
        key = address_key(entry.url)
        if self._wanted[key] > 0:
            (self._pages if is_page(entry) else self._others).setdefault(key, entry)

    def forget(self, key: str) -> None:
        self._forgotten.add(key)
        self._pages.pop(key, None)
        self._others.pop(key, None)
