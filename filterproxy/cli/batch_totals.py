"""The sum of a batch: what became of how many pages."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from filterproxy.cli.account import Outcome, outcome_of
from filterproxy.cli.batch import Done
from filterproxy.report.line import size


@dataclass(slots=True)
class Totals:
    """Counts over the pages so far; sizes in bytes, times in seconds. `rows`: how many the table has."""

    rows: int
    outcomes: Counter[str] = field(default_factory=Counter)
    removals: Counter[str] = field(default_factory=Counter)  # by category
    vetoes: Counter[str] = field(default_factory=Counter)  # by reason
    skipped: Counter[str] = field(default_factory=Counter)  # by reason
    observed: int = 0
    inexact: int = 0
    taken: int = 0
    working: float = 0.0  # of all workers together

    @property
    def broken(self) -> int:
        """Rows that could not be used."""
        return self.outcomes[Outcome.BROKEN]

    def add(self, done: Done) -> None:
        """Count one row."""
        page = done.page
        if page is None:
            self.outcomes[Outcome.BROKEN] += 1
            return
        self.outcomes[outcome_of(page, done.original)] += 1
        self.removals.update(removal.category.value for removal in page.removals)
        self.vetoes.update(veto.reason.value for veto in page.vetoes)
        if page.skipped is not None:
            self.skipped[page.skipped.value] += 1
        self.observed += len(page.observed)
        self.inexact += not page.exact
        self.taken += len(done.original) - len(page.body)
        self.working += page.seconds

    def fields(self, seconds: float) -> dict[str, Any]:
        """The counts for `json.dumps`.

        Returns:
            `rows`; `done`, fewer where it was interrupted; of these `changed`, `unchanged`, `skipped` and
            `broken`; `removals` by category, `vetoes` and `skipped_by` by reason; `observed`, `not_exact`,
            `bytes_taken`, `seconds`, and `seconds_working` of all workers together.
        """
        return {
            "rows": self.rows,
            "done": self.outcomes.total(),
            **{outcome.value: self.outcomes[outcome] for outcome in Outcome},
            "removals": dict(self.removals.most_common()),
            "vetoes": dict(self.vetoes.most_common()),
            "skipped_by": dict(self.skipped.most_common()),
            "observed": self.observed,
            "not_exact": self.inexact,
            "bytes_taken": self.taken,
            "seconds": round(seconds, 3),
            "seconds_working": round(self.working, 3),
        }

    def lines(self, seconds: float) -> Iterator[str]:
        """For people, a few lines."""
        counts = self.outcomes
        if counts.total() < self.rows:
            yield f"stopped after {counts.total()} of {self.rows} rows"
        pages = counts.total() - self.broken
        parts = [f"{counts[o]} {o}" for o in (Outcome.CHANGED, Outcome.UNCHANGED, Outcome.SKIPPED)]
        rate = f"{seconds:.1f} s, {pages / seconds:.0f} pages/s" if seconds else ""
        yield f"{pages} pages: {', '.join(parts)} · {rate}"
        if self.removals:
            yield f"removed: {_listed(self.removals)} · {size(max(0, self.taken))}"
        if self.vetoes:
            yield f"kept by the article guard: {_listed(self.vetoes)}"
        if self.observed:
            yield f"observed: {self.observed}"
        if self.skipped:
            yield f"not filtered: {_listed(self.skipped)}"
        yield f"not exact: {self.inexact}"
        if self.broken:
            yield f"broken rows: {self.broken}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.most_common())
