"""Counts of everything that happened, so that nothing is silent even where nothing is shown."""

from collections import Counter
from dataclasses import dataclass
from threading import Lock

from filterproxy.report.events import Event, HostEvent, Kind, PageEvent, RequestEvent


@dataclass(frozen=True, slots=True)
class Totals:
    """A snapshot of the counts.

    Attributes:
        kinds: events by kind.
        skips: skipped pages by reason.
        categories: removals by category.
        blocked: requests that were blocked, by category.
        vetoes: refused removals by reason.
        removed: bytes of pages that went.
        inexact: pages that went through the serialised fallback.
        tunnelled_hosts: different hosts handed through unread (counted up to 10,000).
        seconds: time spent rewriting, all pages together.
    """

    kinds: dict[str, int]
    skips: dict[str, int]
    categories: dict[str, int]
    blocked: dict[str, int]
    vetoes: dict[str, int]
    removed: int
    inexact: int
    tunnelled_hosts: int
    seconds: float


class Statistics:
    """An event sink that counts. Safe to use from any thread."""

    _HOSTS = 10_000  # different host names remembered; bounds memory

    def __init__(self) -> None:
        self._lock = Lock()
        self._kinds: Counter[str] = Counter()
        self._skips: Counter[str] = Counter()
        self._categories: Counter[str] = Counter()
        self._vetoes: Counter[str] = Counter()
        self._blocked: Counter[str] = Counter()
        self._hosts: set[str] = set()
        self._removed = 0
        self._inexact = 0
        self._seconds = 0.0

    def emit(self, event: Event) -> None:
        """Count it."""
        with self._lock:
            self._kinds[event.kind] += 1
            if isinstance(event, PageEvent):
                self._count_page(event)
            elif isinstance(event, RequestEvent):
                self._blocked[event.category] += event.kind is Kind.REQUEST_BLOCKED
            elif (
                isinstance(event, HostEvent)
                and event.kind is Kind.HOST_TUNNELLED
                and len(self._hosts) < self._HOSTS
            ):
                self._hosts.add(event.host)

    def _count_page(self, event: PageEvent) -> None:
        if event.skipped is not None:
            self._skips[event.skipped] += 1
        if event.page is None:
            return
        self._categories.update(removal.category for removal in event.page.removals)
        self._vetoes.update(veto.reason for veto in event.page.vetoes)
        self._removed += sum(removal.size for removal in event.page.removals)
        self._inexact += not event.page.exact
        self._seconds += event.page.seconds

    def totals(self) -> Totals:
        """The counts as they stand."""
        with self._lock:
            return Totals(
                kinds=dict(self._kinds),
                skips=dict(self._skips),
                categories=dict(self._categories),
                blocked=dict(+self._blocked),
                vetoes=dict(self._vetoes),
                removed=self._removed,
                inexact=self._inexact,
                tunnelled_hosts=len(self._hosts),
                seconds=self._seconds,
            )
