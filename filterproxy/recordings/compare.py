"""Two rule sets over recordings: every page under both, and what differs, carried back small."""

import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from filterproxy.recordings.compare_page import Difference, differences, same_account, skip_of
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.outline import outline, outline_diff
from filterproxy.recordings.replayer import Replayed, Replayer, is_page
from filterproxy.recordings.seen import texts
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page that the second rules treat otherwise than the first.

    Attributes:
        place: where it stands in its recording.
        url: its address.
        note: what was lost or repaired when it was read.
        before: its account under the first rules, without the body.
        after: under the second.
        sizes: bytes of the page as recorded, under the first rules, under the second.
        differences: in document order.
        is_seen: the two versions' bytes differ, not their accounts alone.
        outline: the diff of what a reader sees, as `outline_diff` has it; empty: the same.
        packed: the recorded page's text, UTF-8 and deflated, where it was asked for; see `text`.
    """

    place: str
    url: str
    note: str
    before: Page
    after: Page
    sizes: tuple[int, int, int]
    differences: tuple[Difference, ...]
    is_seen: bool
    outline: tuple[str, ...]
    packed: bytes = b""

    @property
    def text(self) -> str:
        """The recorded page, decoded; empty where it was not asked for."""
        return zlib.decompress(self.packed).decode() if self.packed else ""


@dataclass(slots=True)
class Compared:
    """What came of a piece of a recording.

    Attributes:
        pages: that were replayed under both.
        changes: those that differ, in order.
        others: entries that are no pages: pictures, scripts, answers without a body.
        left_out: pages that `only` leaves out.
        unfiltered: pages that passed unfiltered under both for a fault, by its word.
        noted: pages that something was lost or repaired of when they were read.
        problems: entries that could not be read.
    """

    pages: int = 0
    changes: list[PageChange] = field(default_factory=list)
    others: int = 0
    left_out: int = 0
    unfiltered: Counter[str] = field(default_factory=Counter)
    noted: int = 0
    problems: list[Problem] = field(default_factory=list)


class Compare:
    """A `Work`: each page under the rules it is sent with, and under others. Pickled without its worker.

    Args:
        after: the second rules; the first come with the parcel.
        settings: for both.
        only: globs of URLs, `*` for anything; empty: every page.
        keep: so many of a piece's changed pages carry their text back.
    """

    def __init__(
        self, after: Ruleset, settings: Settings, only: Iterable[str] = (), *, keep: int = 0
    ) -> None:
        self._after = after
        self._settings = settings
        self._only = tuple(only)
        self._keep = keep
        self._idle: list[Replayer] = []  # a thread of a cluster's worker has one for itself
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._after, self._settings, self._only, self._keep)

    def __call__(self, replayer: Replayer, entries: Iterator[Entry | Problem]) -> Compared:
        """Compare a piece's pages."""
        with self._lock:
            other = self._idle.pop() if self._idle else None
        other = other or Replayer(self._after, self._settings)
        try:
            return self._compare(replayer, other, entries)
        finally:
            with self._lock:
                self._idle.append(other)

    def close(self) -> None:
        """End the workers of the second rules."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _compare(self, replayer: Replayer, other: Replayer, entries: Iterator[Entry | Problem]) -> Compared:
        found = Compared()
        for entry in entries:
            if isinstance(entry, Problem):
                found.problems.append(entry)
            elif not is_page(entry):
                found.others += 1
            elif not _is_wanted(entry.url, self._only):
                found.left_out += 1
            else:
                found.pages += 1
                found.noted += bool(entry.note)
                self._differ(replayer.replay(entry), other.replay(entry), found)
        return found

    def _differ(self, before: Replayed, after: Replayed, found: Compared) -> None:
        if same_account(before.page, after.page):
            if (skip := skip_of(before.page)) is not None:
                found.unfiltered[skip] += 1
            return
        keep = len(found.changes) < self._keep
        found.changes.append(page_change(before, after, keep=keep))


def _is_wanted(url: str, globs: tuple[str, ...]) -> bool:
    return not globs or any(fnmatchcase(url, glob) for glob in globs)


def _again(after: Ruleset, settings: Settings, only: tuple[str, ...], keep: int) -> Compare:
    return Compare(after, settings, only, keep=keep)


def page_change(before: Replayed, after: Replayed, *, keep: bool = False) -> PageChange:
    """How one page differs; `keep`: with its text."""
    original, first = texts(before)
    _, second = texts(after)
    diff = [] if first == second else outline_diff(outline(first), outline(second))
    return PageChange(
        before.entry.place,
        before.entry.url,
        before.entry.note,
        _without_body(before.page),
        _without_body(after.page),
        (len(before.original), len(before.page.body), len(after.page.body)),
        differences(before.page, after.page, original),
        before.page.body != after.page.body,
        tuple(diff),
        zlib.compress(original.encode(errors="replace"), 6) if keep else b"",
    )


def _without_body(page: Page) -> Page:
    return replace(page, body=b"", trace=None)
