"""What the pytest plugin collects: a rule file, and each of its tests."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import pytest

from filterproxy.errors import RulesetError
from filterproxy.recordings.suite import Judged, Suite, all_tests, label
from filterproxy.report.redact import printable
from filterproxy.ruleset.model import PageTest, Ruleset
from filterproxy.ruleset.sources import RuleSource, read_sources, rule_paths
from filterproxy.ruleset.store import build_ruleset, load_ruleset


class Bench:
    """The rules of a run, and what runs their tests.

    Args:
        directories: the rules'; none: the bundled ones and the user's.
        bundled: put those below the directories' rules.

    Attributes:
        unplaced: problems that belong to no rule file that can be collected.
    """

    def __init__(self, directories: tuple[Path, ...], *, bundled: bool) -> None:
        self._directories = directories
        self._places = rule_paths(directories) if bundled or not directories else directories
        self._met: set[Path] = set()
        self._suite: Suite | None = None
        self.unplaced: list[str] = []
        self._problems: dict[Path, list[str]] = {}

    @cached_property
    def _files(self) -> dict[Path, str]:
        """The rule files of the directories, resolved, by the path their tests' sources have."""
        sources, _ = read_sources(self._directories)
        return {Path(source.path).resolve(): source.path for source in sources}

    @cached_property
    def _ruleset(self) -> Ruleset:
        """The rules of all files that are right."""
        sources, unread = read_sources(self._places)
        try:
            return build_ruleset(sources, unread)
        except RulesetError as error:
            return self._without(sources, error)

    def _without(self, sources: list[RuleSource], error: RulesetError) -> Ruleset:
        wrong = set()
        for problem in error.problems:
            wrong.add(problem.source.path)
            path = Path(problem.source.path).resolve()
            if path in self._files:
                self._problems.setdefault(path, []).append(printable(str(problem)))
            else:
                self.unplaced.append(printable(str(problem)))
        return build_ruleset(source for source in sources if source.path not in wrong)

    @cached_property
    def _tests(self) -> dict[Path, list[PageTest]]:
        found: dict[Path, list[PageTest]] = {}
        for test in all_tests(self._ruleset):
            found.setdefault(Path(test.source.path).resolve(), []).append(test)
        return found

    def whole_ruleset(self) -> Ruleset:
        """The rules, all of them right.

        Raises:
            RulesetError: one is wrong.
        """
        return load_ruleset(self._places)

    def collector(self, path: Path, parent: pytest.Collector) -> "RuleFile | None":
        """The collector of a rule file of the directories, or None for any other file."""
        resolved = path.resolve()
        if resolved not in self._files:
            return None
        self._met.add(resolved)
        file: RuleFile = RuleFile.from_parent(parent, path=path)
        file.bench = self
        return file

    def uncollected(self) -> list[Path]:
        """Rule files of the directories that were never met."""
        return sorted(self._files.keys() - self._met)

    def tests(self, path: Path) -> list[PageTest]:
        """The tests of a rule file.

        Raises:
            pytest.Collector.CollectError: something is wrong with it.
        """
        path = path.resolve()
        tests = self._tests.get(path, [])
        if path in self._problems:
            raise pytest.Collector.CollectError("\n".join(self._problems[path]))
        return tests

    def judge(self, test: PageTest) -> Judged:
        """Run a test."""
        if self._suite is None:
            mine = [each for path in self._files for each in self._tests.get(path, [])]
            self._suite = Suite(mine, self._ruleset)
        return self._suite.judge(test)

    def close(self) -> None:
        """End the worker processes."""
        if self._suite is not None:
            self._suite.close()


class RuleFile(pytest.File):
    """A rule file."""

    bench: Bench

    def collect(self) -> Iterator["RuleTest"]:
        """Its tests, in their order; names that come again are numbered."""
        names: Counter[str] = Counter()
        for test in self.bench.tests(self.path):
            name = printable(label(test))
            names[name] += 1
            item: RuleTest = RuleTest.from_parent(
                self, name=name if names[name] == 1 else f"{name} ({names[name]})"
            )
            item.test, item.bench = test, self.bench
            yield item


class UnmetError(Exception):
    """A test does not hold."""

    def __init__(self, judged: Judged) -> None:
        super().__init__(judged)
        self.judged = judged


class RuleTest(pytest.Item):
    """One entry of a rule file's `tests`."""

    test: PageTest
    bench: Bench

    def runtest(self) -> None:
        """Judge it."""
        judged = self.bench.judge(self.test)
        if judged.failures:
            raise UnmetError(judged)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The judge's words; anything else that happens is ours, and shown as pytest does."""
        if not isinstance(excinfo.value, UnmetError):
            return super().repr_failure(excinfo, style)
        judged = excinfo.value.judged
        lines = [str(failure) for failure in judged.failures]
        page = f"{judged.place}: {self.test.url}" if judged.place else self.test.url
        lines.append(f"    wanted at {self.test.source}, of {page}")
        if judged.note:
            lines.append(f"    note: {judged.note}")
        return "\n".join(printable(line) for line in (*lines, *(f"    {line}" for line in judged.diff)))

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """The entry's place, and a headline (of a name, pytest would take the dots for Python's)."""
        line = self.test.source.line
        return self.path, line - 1, f"{self.path.name}:{line}: {self.name}"
