"""What a rule file's `tests` want of a page, held against what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.errors import SkipReason
from filterproxy.recordings.idle import why_idle
from filterproxy.recordings.kept import Loss, losses
from filterproxy.recordings.named import Names, settings_for
from filterproxy.recordings.replayer import Replayed
from filterproxy.rewrite.result import Removal
from filterproxy.ruleset.model import PageTest, Ruleset
from filterproxy.settings import Settings


class Want(StrEnum):
    """What of a test does not hold: a key of the entry, or what it takes to be tried at all."""

    REMOVES = "removes"
    REMOVES_NOTHING = "removes-nothing"
    KEEPS = "keeps"
    COUNT = "count"
    PAGE = "page"  # it was not filtered
    RECORDING = "recording"  # the page is not in it, or it can't be used


@dataclass(frozen=True, slots=True)
class Failure:
    """What does not hold of a test.

    Attributes:
        key: which part of the entry.
        wanted: a rule as the entry names it, or a text or selector.
        what: what came instead, in words; texts of the page in it are as they stand there.
        source: `file:line:column` of the rule that did it or did nothing; else of the test's entry.
        path: of the element it is about, as in `Removal`; None: of none.
        rule: the rule's full name; empty: it is none's doing.
    """

    key: Want
    wanted: str
    what: str
    source: str
    path: str | None = None
    rule: str = ""

    def __str__(self) -> str:
        wanted = f' "{self.wanted}"' if self.wanted else ""
        return f"{self.source}: {self.key}{wanted}: {self.what}"


def judge(
    test: PageTest, replayed: Replayed, ruleset: Ruleset, settings: Settings | None = None
) -> tuple[Failure, ...]:
    """What of a test does not hold on a page; empty: all of it holds.

    Args:
        test: the entry.
        replayed: its page, replayed with `settings_for` the test: a rule that is named is to be on.
        ruleset: the rules it was replayed with.
        settings: those it was replayed with; None: the usual ones, as `settings_for` has them.
    """
    if settings is None:
        settings = settings_for(test, ruleset, Settings())
    skipped, detail = replayed.page.skipped, replayed.page.detail
    if (
        skipped is not None and skipped is not SkipReason.NO_RULES
    ):  # without rules it is left alone: wanted, maybe
        why = f"{skipped}: {detail}" if detail else f"{skipped}"
        what = f"{replayed.entry.place}: the page was not filtered ({why})"
        return (Failure(Want.PAGE, "", what, str(test.source)),)
    return tuple(_Judge(test, replayed, ruleset, settings).failures())


class _Judge:
    def __init__(self, test: PageTest, replayed: Replayed, ruleset: Ruleset, settings: Settings) -> None:
        self._test = test
        self._replayed = replayed
        self._ruleset = ruleset
        self._settings = settings
        self._names = Names(test, ruleset, settings)

    def failures(self) -> Iterator[Failure]:
        for name in self._test.removes:
            yield from self._removes(name)
        for name in self._test.removes_nothing:
            yield from self._counted(Want.REMOVES_NOTHING, name, 0)
        for name, count in self._test.count:
            yield from self._counted(Want.COUNT, name, count)
        for loss in losses(self._test.keeps, self._replayed):
            yield self._lost(loss)

    def _removes(self, name: str) -> Iterator[Failure]:
        taken = self._taken(name)
        if taken is None:
            yield self._missing(Want.REMOVES, name)
        elif not taken:
            yield self._idle(Want.REMOVES, name, "took nothing")

    def _counted(self, key: Want, name: str, count: int) -> Iterator[Failure]:
        taken = self._taken(name)
        if taken is None:
            yield self._missing(key, name)
        elif len(taken) == count:
            return
        elif not taken:
            yield self._idle(key, name, f"took nothing, {count} wanted")
        else:
            first, more = taken[0], len(taken) - 1
            wanted = "nothing" if count == 0 else str(count)
            what = f"took {len(taken)}, {wanted} wanted: {first.path}: {first.excerpt}"
            what += f", and {more} more" if more else ""
            yield Failure(key, name, what, first.source, first.path, first.rule)

    def _taken(self, name: str) -> list[Removal] | None:
        """What the rule took, or None where there is no such rule."""
        rule = self._names.rule(name)
        if rule is None:
            return None
        return [removal for removal in self._replayed.page.removals if removal.rule == rule.name]

    def _missing(self, key: Want, name: str) -> Failure:
        return Failure(key, name, self._names.missing(name), str(self._test.source))

    def _idle(self, key: Want, name: str, what: str) -> Failure:
        ruling = self._names.ruling(name)
        if ruling is not None:
            rule = ruling.rule
            why = why_idle(ruling, self._replayed, self._ruleset, self._settings)
            return Failure(key, name, f"{what}: {why}", str(rule.source), None, rule.name)
        elsewhere = self._names.rule(name)
        if elsewhere is None:
            return self._missing(key, name)
        sites = next(file.sites for file in self._ruleset.files if elsewhere in file.rules)
        why = f"it is for other sites: {', '.join(sites)}"
        return Failure(key, name, f"{what}: {why}", str(elsewhere.source), None, elsewhere.name)

    def _lost(self, loss: Loss) -> Failure:
        if not loss.by:
            return Failure(Want.KEEPS, loss.wanted, loss.what, str(self._test.source))
        by, *others = loss.by
        what = f"{loss.what}, by {by.rule} ({by.action}) at {by.path}: {by.excerpt}"
        if others:
            named = ", ".join(dict.fromkeys(other.rule for other in others))
            what += f"; where else it stood, by {named}"
        return Failure(Want.KEEPS, loss.wanted, what, by.source, by.path, by.rule)
