"""What becomes of the pages of a recording, in few words: counts come back, not pages."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.replayer import Replayed, Replayer, is_page
from filterproxy.recordings.snapshot import snapshot


@dataclass(frozen=True, slots=True)
class PageResult:
    """One page.

    Attributes:
        place: as in `Entry`.
        url: as recorded.
        outcome: `changed`, `unchanged` or `skipped`.
        skipped: the `SkipReason` and its particulars; empty: it was filtered.
        size: bytes of the page, decoded of its content coding.
        taken: bytes of it that went.
        exact: every byte outside the removals is the original's.
        removals: by rule's full name, how many changes.
        sizes: by rule, bytes of them.
        vetoes: by rule, removals the article guard refused.
        observed: by rule, what those in observe mode would have done.
        seconds: rewriting took.
        note: what is known to differ from the page that was fetched.
        snapshot: its account as reviewable text, where that was asked for.
    """

    place: str
    url: str
    outcome: str
    skipped: str
    size: int
    taken: int
    exact: bool
    removals: dict[str, int]
    sizes: dict[str, int]
    vetoes: dict[str, int]
    observed: dict[str, int]
    seconds: float
    note: str = ""
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class PieceResult:
    """The pages of a piece. `others`: answers that are no pages; `left_out`: pages not asked for."""

    pages: tuple[PageResult, ...]
    problems: tuple[Problem, ...]
    others: int
    left_out: int


@dataclass(frozen=True, slots=True)
class ReplayPages:
    """The work of `replay`. `only`: a glob of URLs, `*` is anything; `snapshots`: make their text too."""

    only: str | None = None
    snapshots: bool = False

    def __call__(self, replayer: Replayer, entries: Iterator[Entry | Problem]) -> PieceResult:
        """Replay the pages of a piece."""
        pages: list[PageResult] = []
        problems: list[Problem] = []
        others = left_out = 0
        for entry in entries:
            if isinstance(entry, Problem):
                problems.append(entry)
            elif not is_page(entry):
                others += 1
            elif not self.wants(entry.url):
                left_out += 1
            else:
                pages.append(page_result(replayer.replay(entry), snapshots=self.snapshots))
        return PieceResult(tuple(pages), tuple(problems), others, left_out)

    def wants(self, url: str) -> bool:
        """Whether a page was asked for."""
        return self.only is None or fnmatchcase(url, self.only)


def page_result(replayed: Replayed, *, snapshots: bool = False) -> PageResult:
    """A page's account, summed up."""
    page, entry = replayed.page, replayed.entry
    sizes: Counter[str] = Counter()
    for removal in page.removals:
        sizes[removal.rule] += removal.size
    detail = f": {page.detail}" if page.detail else ""
    return PageResult(
        place=entry.place,
        url=entry.url,
        outcome=outcome(replayed),
        skipped="" if page.skipped is None else f"{page.skipped}{detail}",
        size=len(replayed.original),
        taken=max(0, len(replayed.original) - len(page.body)),
        exact=page.exact,
        removals=dict(Counter(removal.rule for removal in page.removals)),
        sizes=dict(sizes),
        vetoes=dict(Counter(veto.rule for veto in page.vetoes)),
        observed=dict(Counter(removal.rule for removal in page.observed)),
        seconds=page.seconds,
        note=entry.note,
        snapshot=snapshot(replayed) if snapshots else "",
    )


def outcome(replayed: Replayed) -> str:
    """What became of a page: `changed`, `unchanged` or `skipped`."""
    if replayed.page.skipped is not None:
        return "skipped"
    return "unchanged" if replayed.page.body == replayed.original else "changed"


@dataclass(slots=True)
class Sum:
    """Counts over pages so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)  # by reason
    removals: Counter[str] = field(default_factory=Counter)  # by rule
    sizes: Counter[str] = field(default_factory=Counter)  # by rule, bytes
    vetoes: Counter[str] = field(default_factory=Counter)
    observed: Counter[str] = field(default_factory=Counter)
    others: int = 0
    left_out: int = 0
    inexact: int = 0
    noted: int = 0
    taken: int = 0
    working: float = 0.0  # seconds, of all workers together

    def add(self, result: PieceResult) -> None:
        """Count a piece."""
        self.others += result.others
        self.left_out += result.left_out
        for page in result.pages:
            self.outcomes[page.outcome] += 1
            if page.skipped:
                self.skipped[page.skipped.partition(":")[0]] += 1
            self.removals.update(page.removals)
            self.sizes.update(page.sizes)
            self.vetoes.update(page.vetoes)
            self.observed.update(page.observed)
            self.inexact += not page.exact
            self.noted += bool(page.note)
            self.taken += page.taken
            self.working += page.seconds

    @property
    def pages(self) -> int:
        """How many."""
        return self.outcomes.total()
