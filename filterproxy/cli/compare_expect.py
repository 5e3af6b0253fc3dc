"""`filterproxy compare --bisect`: the expectations that broke, and the change of a rule that broke each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from filterproxy.errors import RecordingError, Source
from filterproxy.recordings.bisect import Bisection, Outcome, bisect
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.expect import judge
from filterproxy.recordings.named import settings_for
from filterproxy.recordings.recording import open_recording
from filterproxy.recordings.replayer import Replayed, Replayer, is_page
from filterproxy.recordings.shelf import address_key
from filterproxy.recordings.suite import all_tests, label
from filterproxy.ruleset.model import PageTest, Ruleset
from filterproxy.settings import Settings

COMMAND_LINE = "command line"
_REMEMBERED = 64  # replayed pages
_AT_ONCE = 6  # worker processes: each takes half a second to start


@dataclass(frozen=True, slots=True)
class Expected:
    """An expectation of one page, and what came of the search.

    Attributes:
        words: what is expected, in a line.
        source: `file:line:column` of the test's entry; empty: it was given on the command line.
        place: of the page in its recording.
        found: the search's end.
    """

    words: str
    source: str
    place: str
    found: Bisection


@dataclass(frozen=True, slots=True)
class Asked:
    """An expectation given on the command line; rules by full name or by id."""

    url: str
    keeps: tuple[str, ...]
    removes: tuple[str, ...]
    removes_nothing: tuple[str, ...]

    def test(self, *rulesets: Ruleset) -> PageTest:
        """It as a test.

        Raises:
            click.UsageError: an id that no rule has, or several.
        """
        names = {rule.name for ruleset in rulesets for file in ruleset.files for rule in file.rules}
        removes, nothing = (
            tuple(_full(name, names) for name in given) for given in (self.removes, self.removes_nothing)
        )
        return PageTest(Source(COMMAND_LINE, 1, 1), "", "", self.url, removes, nothing, self.keeps)


def _full(name: str, names: Iterable[str]) -> str:
    if "/" in name:
        return name
    found = [full for full in names if full.rpartition("/")[2] == name]
    if len(found) != 1:
        what = "no rule has" if not found else f"several rules have ({', '.join(sorted(found))})"
        raise click.UsageError(f'{what} the id "{name}"')
    return found[0]


class Search:
    """Looks for what breaks expectations between two rule sets.

    Attributes:
        problems: what is wrong with the recordings.
        absent: URLs of expectations whose page is in no recording.
    """

    def __init__(self, before: Ruleset, after: Ruleset, settings: Settings) -> None:
        self._before = before
        self._after = after
        self._settings = settings
        self._replayers: dict[tuple[str, frozenset[str]], Replayer] = {}
        self._replayed: dict[tuple[str, str, frozenset[str]], Replayed] = {}
        self.problems: list[Problem] = []
        self.absent: list[str] = []

    def run(self, tests: Iterable[PageTest], recordings: Iterable[Path]) -> Iterator[Expected]:
        """The tests' expectations one by one, each searched for; those that hold under both too."""
        parts = list({_same(part): part for test in tests for part in _parts(test)}.values())
        pages = self._pages({address_key(part.url) for part in parts}, recordings)
        self.absent = sorted({part.url for part in parts if address_key(part.url) not in pages})
        for part in parts:
            if (entry := pages.get(address_key(part.url))) is not None:
                source = "" if part.source.path == COMMAND_LINE else str(part.source)
                yield Expected(label(part), source, entry.place, self._bisect(part, entry))

    def _pages(self, wanted: set[str], recordings: Iterable[Path]) -> dict[str, Entry]:
        """The first page of each address."""
        found: dict[str, Entry] = {}
        for path in recordings:
            try:
                entries = open_recording(path).entries()
            except RecordingError as error:
                place, _, what = str(error).partition(": ")
                self.problems.append(Problem(place, what))
                continue
            for entry in entries:
                if isinstance(entry, Problem):
                    self.problems.append(entry)
                elif (key := address_key(entry.url)) in wanted and key not in found and is_page(entry):
                    found[key] = entry
        return found

    def _bisect(self, test: PageTest, entry: Entry) -> Bisection:
        def holds(ruleset: Ruleset) -> bool:
            settings = settings_for(test, ruleset, self._settings)
            return not judge(test, self._replay(entry, ruleset, settings), ruleset, settings)

        return bisect(self._before, self._after, holds)

    def _replay(self, entry: Entry, ruleset: Ruleset, settings: Settings) -> Replayed:
        """The page under these rules. Expectations of a page share what is tried for one of them."""
        key = (ruleset.digest, entry.place, settings.off_categories)
        replayed = self._replayed.pop(key, None)
        if replayed is None:
            replayed = self._replayer(ruleset, settings).replay(entry)
        self._replayed[key] = replayed  # the last asked for stands last
        if len(self._replayed) > _REMEMBERED:
            self._replayed.pop(next(iter(self._replayed)))
        return replayed

    def _replayer(self, ruleset: Ruleset, settings: Settings) -> Replayer:
        key = (ruleset.digest, settings.off_categories)
        replayer = self._replayers.pop(key, None) or Replayer(ruleset, settings)
        self._replayers[key] = replayer
        if len(self._replayers) > _AT_ONCE:
            self._replayers.pop(next(iter(self._replayers))).close()
        return replayer

    def close(self) -> None:
        """End the worker processes."""
        while self._replayers:
            self._replayers.popitem()[1].close()


def both_tests(before: Ruleset, after: Ruleset) -> list[PageTest]:
    """The tests of both rule sets, those that are in both once, as the second has them."""
    found = {_same(test): test for ruleset in (before, after) for test in all_tests(ruleset)}
    return list(found.values())


def _same(test: PageTest) -> PageTest:
    return replace(test, source=Source("", 1, 1))


def _parts(test: PageTest) -> list[PageTest]:
    """The test's expectations one by one, so that each finds its own culprit."""
    bare = replace(test, removes=(), removes_nothing=(), keeps=(), count=())
    parts = [replace(bare, removes=(name,)) for name in test.removes]
    parts += [replace(bare, removes_nothing=(name,)) for name in test.removes_nothing]
    parts += [replace(bare, keeps=(text,)) for text in test.keeps]
    parts += [replace(bare, count=(counted,)) for counted in test.count]
    return parts or [bare]


def is_broken(expected: Expected) -> bool:
    """Whether it holds before and not after."""
    return expected.found.outcome in {Outcome.BROKEN, Outcome.UNTRACED}
