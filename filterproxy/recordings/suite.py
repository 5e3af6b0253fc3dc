"""The `tests` of rule files, run on the recordings they name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.expect import Failure, Want, judge
from filterproxy.recordings.located import locate
from filterproxy.recordings.named import settings_for
from filterproxy.recordings.outline import outline, outline_diff
from filterproxy.recordings.replayer import Replayed, Replayer
from filterproxy.recordings.seen import texts
from filterproxy.recordings.shelf import Shelf
from filterproxy.ruleset.model import PageTest, Ruleset
from filterproxy.settings import Settings

_PATIENCE = 20.0  # seconds a page: what a rule takes is tested here, not how busy the machine is
_MOST_REPLAYERS = 3  # worker processes at once: one a set of categories


@dataclass(frozen=True, slots=True)
class Judged:
    """A test and what came of it.

    Attributes:
        test: the entry.
        failures: what does not hold; empty: it passed.
        recording: where its recording is, or None.
        place: of the page in it, as in `Entry`; empty: it has none.
        diff: where it failed on a page, what the rules changed of the page's text outline.
        note: what is known to differ between the recorded page and the one that was fetched.
        seconds: rewriting the page took.
    """

    test: PageTest
    failures: tuple[Failure, ...] = ()
    recording: Path | None = None
    place: str = ""
    diff: tuple[str, ...] = ()
    note: str = ""
    seconds: float = 0.0


def all_tests(ruleset: Ruleset) -> list[PageTest]:
    """Every test of the rule files, once each, in their order."""
    # a file that is replaced on some of its sites is there more than once
    return list({test.source: test for file in ruleset.files for test in file.tests}.values())


def label(test: PageTest) -> str:
    """A test in a line: its page, without scheme, and what it wants there."""
    counts = [f"{name}×{count}" for name, count in test.count]
    wants = (
        ("removes", [*test.removes]),
        ("counts", counts),
        ("removes nothing by", [*test.removes_nothing]),
        ("keeps", [*test.keeps]),
    )
    said = "; ".join(f"{word} {_listed(names)}" for word, names in wants if names)
    page = test.url.partition("://")[2]
    return f"{page}: {said or 'is filtered'}"


def _listed(names: list[str]) -> str:
    shown = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in names[:_MOST]]
    return ", ".join(shown) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")


_LONGEST, _MOST = 24, 3  # characters of a name, and names, in a test's label


class Suite:
    """Runs tests, each with the settings it needs. A context manager: it has worker processes.

    Args:
        tests: those that may be run; their recordings are read once where they are run in this order.
        ruleset: the rules.
        settings: limits, guard, categories that are off; `patient` ones are made of them.
        places: the recordings of tests, where they are known already.
    """

    def __init__(
        self,
        tests: Iterable[PageTest],
        ruleset: Ruleset,
        settings: Settings | None = None,
        places: Mapping[PageTest, Path] | None = None,
    ) -> None:
        self.settings = patient(settings or Settings())
        self._ruleset = ruleset
        self._replayers: dict[Settings, Replayer] = {}
        known = places or {}
        self._places = {test: known.get(test) or _located(test) for test in tests}
        self._shelf = Shelf((path, test.url) for test, path in self._places.items() if isinstance(path, Path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes."""
        for replayer in self._replayers.values():
            replayer.close()
        self._replayers.clear()

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the recordings, as far as they were read."""
        return self._shelf.problems

    def in_order(self) -> list[PageTest]:
        """The tests, those of a recording together."""
        order: dict[Path | None, list[PageTest]] = {}
        for test, path in self._places.items():
            order.setdefault(path if isinstance(path, Path) else None, []).append(test)
        return [test for tests in order.values() for test in tests]

    def run(self, tests: Iterable[PageTest] | None = None) -> Iterator[Judged]:
        """Run these tests, or all of them; one that can't be run fails with the reason."""
        yield from map(self.judge, self.in_order() if tests is None else tests)

    def judge(self, test: PageTest) -> Judged:
        """Run one test."""
        path = self._places.get(test) or _located(test)
        if isinstance(path, RecordingError):
            return Judged(test, (_unusable(test, path),))
        try:
            entry = self._shelf.page(path, test.url)
        except RecordingError as error:
            return Judged(test, (_unusable(test, error),), path)
        if entry is None:
            what = f"{path}: the page is not in it: {test.url}"
            return Judged(test, (Failure(Want.RECORDING, "", what, str(test.source)),), path)
        return self._judged(test, path, entry)

    def _judged(self, test: PageTest, path: Path, entry: Entry) -> Judged:
        settings = settings_for(test, self._ruleset, self.settings)
        replayed = self._replayer(settings).replay(entry)
        failures = judge(test, replayed, self._ruleset, settings)
        diff = page_diff(replayed) if failures else ()
        return Judged(test, failures, path, entry.place, diff, entry.note, replayed.page.seconds)

    def _replayer(self, settings: Settings) -> Replayer:
        made = self._replayers.get(settings)
        if made is None:
            if len(self._replayers) == _MOST_REPLAYERS:
                self._replayers.pop(next(iter(self._replayers))).close()
            made = self._replayers[settings] = Replayer(self._ruleset, settings)
        return made


def patient(settings: Settings) -> Settings:
    """These settings with 20 seconds a page at least, and one worker."""
    deadline = max(_PATIENCE, settings.limits.deadline)
    return replace(settings, limits=replace(settings.limits, deadline=deadline), workers=1)


def page_diff(replayed: Replayed) -> tuple[str, ...]:
    """What the rules changed of a page's text outline, a few lines; none where it was not filtered."""
    if replayed.page.skipped is not None:
        return ()
    before, after = texts(replayed)
    return tuple(outline_diff(outline(before), outline(after)))


def _located(test: PageTest) -> Path | RecordingError:
    try:
        return locate(test)
    except RecordingError as error:
        return error


def _unusable(test: PageTest, error: RecordingError) -> Failure:
    what = str(error).removeprefix(f"{test.source}: ")
    return Failure(Want.RECORDING, "", what, str(test.source))
