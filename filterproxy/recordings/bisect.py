"""Which of the changes between two rule sets breaks an expectation: found by halves, then checked alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.recordings.compare_rules import RuleChange, between, rule_changes
from filterproxy.ruleset.model import Ruleset


class Outcome(StrEnum):
    """How an expectation fares under two rule sets."""

    BROKEN = "broken"  # it holds before and not after
    HOLDS = "holds"  # under both
    FAILS = "fails"  # under both
    MENDED = "mended"  # it holds after and not before
    UNTRACED = "untraced"  # broken, but no change of a rule breaks it: the order of the files does


@dataclass(frozen=True, slots=True)
class Bisection:
    """What was found.

    Attributes:
        outcome: whether there was anything to find.
        culprit: the change that breaks it, where it is broken.
        others: changes that it needs besides, each of them: alone it breaks nothing. Empty: alone it does.
        changes: how many changes there are between the two sets.
        tries: how often the expectation was tried.
    """

    outcome: Outcome
    culprit: RuleChange | None
    others: tuple[RuleChange, ...]
    changes: int
    tries: int


def bisect(before: Ruleset, after: Ruleset, holds: Callable[[Ruleset], bool]) -> Bisection:
    """Find the change that breaks what `holds` looks for.

    The changes are taken one after the other, in the order of `rule_changes`; the first with which it
    no longer holds is found in log2 of their number of tries. Then that change alone is tried, and where
    others are needed too, they are found in the same way, one by one.
    """
    return _Search(before, after, holds).run()


class _Search:
    def __init__(self, before: Ruleset, after: Ruleset, holds: Callable[[Ruleset], bool]) -> None:
        self._before = before
        self._after = after
        self._holds = holds
        self._changes = rule_changes(before, after)
        self._tries = 0

    def run(self) -> Bisection:
        good, bad = self._try(self._before), not self._try(self._after)
        if not (good and bad):
            both = Outcome.HOLDS if good else Outcome.FAILS
            return self._found(both if good != bad else Outcome.MENDED)
        if not self._breaks(self._changes):
            return self._found(Outcome.UNTRACED)
        first = self._first(self._changes, ())
        needed = [self._changes[first]]
        while not self._breaks(needed):  # each round adds one that is needed, all of them at the latest
            first = self._first(self._changes[:first], needed)
            needed.append(self._changes[first])
        return self._found(Outcome.BROKEN, needed[0], tuple(reversed(needed[1:])))

    def _first(self, changes: Sequence[RuleChange], besides: Sequence[RuleChange]) -> int:
        """The number of the first change with which, after those before it and besides these, it breaks."""
        holds, breaks = 0, len(changes)  # so many of them
        while breaks - holds > 1:
            middle = (holds + breaks) // 2
            if self._breaks((*changes[:middle], *besides)):
                breaks = middle
            else:
                holds = middle
        return breaks - 1

    def _breaks(self, taken: Sequence[RuleChange]) -> bool:
        return not self._try(between(self._before, self._after, taken))

    def _try(self, ruleset: Ruleset) -> bool:
        self._tries += 1
        return self._holds(ruleset)

    def _found(
        self, outcome: Outcome, culprit: RuleChange | None = None, others: tuple[RuleChange, ...] = ()
    ) -> Bisection:
        return Bisection(outcome, culprit, others, len(self._changes), self._tries)
