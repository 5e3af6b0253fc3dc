"""What each rule did on recorded pages: counts that can be added up, piece by piece."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from filterproxy.decide.decider import Decider, Why
from filterproxy.engine import engine_for
from filterproxy.errors import SkipReason
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.replayer import Replayer, is_page
from filterproxy.rewrite.result import Page


@dataclass(slots=True)
class RuleCounts:
    """One rule's.

    Attributes:
        applied: pages that were filtered and that it applies to.
        elsewhere: pages of its sites that are none of its `pages`.
        exempted: pages that an exception file takes from it.
        tried: pages its tokens stood in.
        pages: pages it changed; in observe mode, would have changed.
        hits: changes it made.
        observed: changes it would have made, were it not in observe mode.
        size: bytes of the pages that went.
        characters: visible characters that went, white space left out.
        share: the largest share of a page's visible text that it took, 0 to 1.
        widest: the place of that page, as in `Entry`.
        vetoes: changes the article guard refused.
        vetoed: the place of the first page with one.
        seconds: its matching took.
        shadowed: changes it asked for in vain, by the rule that made them.
        would_do: changes it made, by each rule that would have done as much, had it not been there.
    """

    applied: int = 0
    elsewhere: int = 0
    exempted: int = 0
    tried: int = 0
    pages: int = 0
    hits: int = 0
    observed: int = 0
    size: int = 0
    characters: int = 0
    share: float = 0.0
    widest: str = ""
    vetoes: int = 0
    vetoed: str = ""
    seconds: float = 0.0
    shadowed: Counter[str] = field(default_factory=Counter)
    would_do: Counter[str] = field(default_factory=Counter)

    def add(self, other: "RuleCounts") -> None:
        """Add the counts of pages that come after."""
        if other.share > self.share:
            self.share, self.widest = other.share, other.widest
        self.vetoed = self.vetoed or other.vetoed
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_SUMS = tuple(each.name for each in fields(RuleCounts) if each.name not in {"share", "widest", "vetoed"})


@dataclass(slots=True)
class Coverage:
    """All rules' counts over some pages.

    Attributes:
        pages: that a proxy would have looked into.
        filtered: of these, those that some rule applies to and that could be filtered.
        skipped: the others, by the reason why not.
        others: answers that are no pages.
        rules: by full name; rules whose sites were not among the pages have no entry.
        problems: what could not be read of a piece.
        seconds: the rewriting took, of all workers together.
    """

    pages: int = 0
    filtered: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    others: int = 0
    rules: dict[str, RuleCounts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Coverage") -> None:
        """Add another piece's counts; its problems are left to who reports them."""
        self.pages += other.pages
        self.filtered += other.filtered
        self.skipped.update(other.skipped)
        self.others += other.others
        self.seconds += other.seconds
        for name, counts in other.rules.items():
            self.of(name).add(counts)

    def of(self, rule: str) -> RuleCounts:
        """A rule's counts, new ones where it has none."""
        counts = self.rules.get(rule)
        if counts is None:
            counts = self.rules[rule] = RuleCounts()
        return counts


@dataclass(frozen=True, slots=True)
class CoverPages:
    """The work of `coverage`: counts of the pages of a piece."""

    def __call__(self, replayer: Replayer, entries: Iterator[Entry | Problem]) -> Coverage:
        """Replay the pages and count."""
        decider = engine_for(replayer.ruleset, replayer.settings).decider
        coverage = Coverage()
        for entry in entries:
            if isinstance(entry, Problem):
                coverage.problems.append(entry)
            elif is_page(entry):
                _count(coverage, decider, entry, replayer.replay(entry, traced=True).page)
            else:
                coverage.others += 1
        return coverage


_WHERE = {Why.APPLIES: "applied", Why.OTHER_PAGES: "elsewhere", Why.EXEMPTED: "exempted"}


def _count(coverage: Coverage, decider: Decider, entry: Entry, page: Page) -> None:
    coverage.pages += 1
    coverage.seconds += page.seconds
    if page.skipped is None:
        coverage.filtered += 1
    else:
        coverage.skipped[page.skipped] += 1
    if page.skipped in {None, SkipReason.NO_RULES}:
        for ruling in decider.rulings(entry.url):
            if (where := _WHERE.get(ruling.why)) is not None:
                counts = coverage.of(ruling.rule.name)
                setattr(counts, where, getattr(counts, where) + 1)
        _count_changes(coverage, entry.place, page)
        _count_trace(coverage, entry.place, page)


def _count_changes(coverage: Coverage, place: str, page: Page) -> None:
    for removal in page.removals:
        counts = coverage.of(removal.rule)
        counts.hits += 1
        counts.size += removal.size
    for removal in page.observed:
        coverage.of(removal.rule).observed += 1
    for veto in page.vetoes:
        counts = coverage.of(veto.rule)
        counts.vetoes += 1
        counts.vetoed = counts.vetoed or place
    for rule in {removal.rule for removal in (*page.removals, *page.observed)}:
        coverage.of(rule).pages += 1


def _count_trace(coverage: Coverage, place: str, page: Page) -> None:
    if (trace := page.trace) is None:
        return
    for rule, seconds in trace.seconds.items():
        counts = coverage.of(rule)
        counts.tried += 1
        counts.seconds += seconds
    for rule, characters in trace.characters.items():
        counts = coverage.of(rule)
        counts.characters += characters
        share = characters / trace.text if trace.text else 0.0
        if share > counts.share:
            counts.share, counts.widest = share, place
    for shadow in trace.shadows:
        if shadow.rule == shadow.by:  # an element inside another that the same rule took
            continue
        coverage.of(shadow.rule).shadowed[shadow.by] += 1
        if shadow.same:
            coverage.of(shadow.by).would_do[shadow.rule] += 1
