"""The sum of a comparison: counts of everything, the first changed pages whole, the others by name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from filterproxy.recordings.compare import Compared, PageChange
from filterproxy.recordings.compare_page import Kind
from filterproxy.recordings.compare_rules import RuleChange
from filterproxy.recordings.entry import Problem
from filterproxy.rewrite.result import Removal

MOST_LISTED = 5_000  # changed pages that a report names beyond those it shows


@dataclass(frozen=True, slots=True)
class Touched:
    """A rule and how many pages it changes.

    Attributes:
        name: its full name.
        change: how the rule itself differs; None: it does not, what it does differs for another's sake.
        pages: pages whose account differs in what it did.
    """

    name: str
    change: RuleChange | None
    pages: int


@dataclass(slots=True)
class Tally:
    """What a comparison came to.

    Attributes:
        most: so many changed pages are kept whole.
        pages: that were compared.
        changed: of these, that differ.
        seen: of these, whose bytes differ; in the others it is the account alone.
        kinds: differences by kind.
        gone: bytes of the recorded pages that newly go, whole elements alone counted.
        back: bytes that come back.
        touched: pages by the full names of the rules their differences are about.
        others, left_out, unfiltered, noted: as in `Compared`.
        problems: parts of recordings that could not be read.
        shown: the first changed pages.
        listed: place, URL and counts by kind of the next ones.
    """

    most: int
    pages: int = 0
    changed: int = 0
    seen: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    gone: int = 0
    back: int = 0
    touched: Counter[str] = field(default_factory=Counter)
    others: int = 0
    left_out: int = 0
    unfiltered: Counter[str] = field(default_factory=Counter)
    noted: int = 0
    problems: list[Problem] = field(default_factory=list)
    shown: list[PageChange] = field(default_factory=list)
    listed: list[tuple[str, str, Counter[Kind]]] = field(default_factory=list)

    def add(self, found: Compared) -> None:
        """Count in what came of a piece."""
        self.pages += found.pages
        self.others += found.others
        self.left_out += found.left_out
        self.unfiltered += found.unfiltered
        self.noted += found.noted
        self.problems += found.problems
        for change in found.changes:
            self._count(change)

    def _count(self, change: PageChange) -> None:
        kinds = Counter(difference.kind for difference in change.differences)
        self.changed += 1
        self.seen += change.is_seen
        self.kinds += kinds
        self.touched.update({rule for difference in change.differences for rule in difference.rules})
        self.gone += _bytes(change, Kind.GOES)
        self.back += _bytes(change, Kind.COMES_BACK)
        if len(self.shown) < self.most:
            self.shown.append(change)
        elif len(self.listed) < MOST_LISTED:
            self.listed.append((change.place, change.url, kinds))

    def rules(self, changes: Iterable[RuleChange]) -> list[Touched]:
        """The rules that differ, then those that do not and yet have a part in what changes."""
        changes = list(changes)
        found = [Touched(change.name, change, self.touched[change.name]) for change in changes]
        known = {change.name for change in changes}
        rest = sorted(name for name in self.touched if name not in known)
        return found + [Touched(name, None, self.touched[name]) for name in rest]


def _bytes(change: PageChange, kind: Kind) -> int:
    told = (difference.told for difference in change.differences if difference.kind is kind)
    return sum(removal.size for removal in told if isinstance(removal, Removal))
