"""One `replay` from its recordings to its sum: pages, tests, snapshots, the proxy."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from filterproxy.cli.jobs import JobChoice, run_pieces
from filterproxy.cli.replay_proxy import through_proxy
from filterproxy.cli.replay_report import Report, Telling
from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.located import is_meant, locate
from filterproxy.recordings.page_results import PieceResult, ReplayPages
from filterproxy.recordings.recording import TABLE, Piece, open_recording
from filterproxy.recordings.replayer import Replayer
from filterproxy.recordings.snapshot import Compared, Snapshots, State
from filterproxy.recordings.spread import Parcel
from filterproxy.recordings.suite import Suite, all_tests, patient
from filterproxy.ruleset.model import PageTest, Ruleset
from filterproxy.settings import Settings


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests that are run, with the recording of each that can't be located; and how many are not."""

    chosen: tuple[PageTest, ...]
    places: dict[PageTest, Path]
    elsewhere: int = 0


class Replaying:
    """Replays with one set of rules, and tells what comes of it."""

    def __init__(
        self, ruleset: Ruleset, settings: Settings, work: JobChoice, telling: Telling, only: str | None
    ) -> None:
        self._ruleset = ruleset
        self._settings = settings
        self._work = work
        self._report = Report(telling)
        self._telling = telling
        self._pages = ReplayPages(only)

    def choose(self, recordings: Iterable[Path]) -> Tests:
        """The tests to run: those that name one of these recordings; without any, all.

        Raises:
            click.UsageError: there is nothing to be done.
        """
        recordings = tuple(recordings)
        every = [test for test in all_tests(self._ruleset) if self._pages.wants(test.url)]
        if not recordings:
            if not every:
                raise click.UsageError("no rule file in force has such tests: name a RECORDING")
            return Tests(tuple(every), {})
        places = {test: path for test in every if (path := _recording_of(test, recordings)) is not None}
        return Tests(tuple(places), places, len(every) - len(places))

    def named(self, tests: Tests) -> tuple[Path, ...]:
        """The recordings that these tests name, as far as they are there."""
        found: dict[Path, Path] = {}
        for test in tests.chosen:
            try:
                path = locate(test)
            except RecordingError:
                continue  # the test fails with it
            found.setdefault(_real(path), path)
        return tuple(found.values())

    def run(self, recordings: tuple[Path, ...], tests: Tests, *, snapshot: Path | None, proxy: bool) -> int:
        """Do it all and tell it; the program's exit code."""
        report, began = self._report, time.perf_counter()
        recordings = tuple({_real(path): path for path in recordings}.values())
        report.elsewhere = tests.elsewhere
        interrupted = False
        try:
            if recordings:
                self._replay_pages(recordings, snapshot)
            self._run_tests(tests)
            if proxy:
                self._through_proxy(recordings)
        except KeyboardInterrupt:
            interrupted = True
        except click.ClickException:  # a cluster that is lost: what came before is not
            report.finish(time.perf_counter() - began, interrupted=True)
            raise
        return report.finish(time.perf_counter() - began, interrupted=interrupted)

    def _replay_pages(self, recordings: tuple[Path, ...], folder: Path | None) -> None:
        pages = ReplayPages(self._pages.only, snapshots=folder is not None)
        parcel = Parcel(self._ruleset, self._settings, pages)
        snapshots = None if folder is None else Snapshots(folder, update=self._telling.update)
        began = time.perf_counter()
        quiet = self._telling.quiet or (self._telling.everything and not self._telling.as_json)
        for finished in run_pieces(self._work, parcel, recordings, quiet=quiet, title="pages"):
            if isinstance(finished, Problem):
                self._report.problem(finished)
                continue
            self._report.pages(finished.result)
            if snapshots is not None:
                self._compare(snapshots, finished.piece, finished.result)
            self._report.seconds = time.perf_counter() - began
        if snapshots is not None:
            self._look_for_gone(snapshots)

    def _compare(self, snapshots: Snapshots, piece: Piece, result: PieceResult) -> None:
        for page in result.pages:
            try:
                self._tell(snapshots.compare(piece.path, page.url, page.snapshot))
            except RecordingError as error:
                path, _, what = str(error).rpartition(": ")
                self._report.problem(Problem(path, what))

    def _look_for_gone(self, snapshots: Snapshots) -> None:
        if self._pages.only is None and not self._report.problems:
            for gone in snapshots.gone():
                self._tell(gone)

    def _tell(self, compared: Compared) -> None:
        if compared.state is not State.SAME:
            self._report.snapshot(compared)

    def _run_tests(self, tests: Tests) -> None:
        with Suite(tests.chosen, self._ruleset, self._settings, tests.places) as suite:
            for judged in suite.run():
                self._report.judged(judged)
            for problem in suite.problems:
                self._report.problem(problem)

    def _through_proxy(self, recordings: tuple[Path, ...]) -> None:
        with Replayer(self._ruleset, patient(self._settings)) as replayer:
            for path in recordings:
                try:
                    recording = open_recording(path)
                except RecordingError:
                    continue  # told already
                for compared in through_proxy(recording, replayer, self._pages.wants):
                    if not isinstance(compared, Problem):
                        self._report.proxy(compared)


def _recording_of(test: PageTest, recordings: Iterable[Path]) -> Path | None:
    """Which of the recordings a test names: the same file; where it can't be located, by the path's end."""
    try:
        located = _real(locate(test))
    except RecordingError:
        return next((path for path in recordings if is_meant(test, path)), None)
    return next((path for path in recordings if _real(path) == located), None)


def _real(path: Path) -> Path:
    """The same for each path of a recording: of a folder, its own or its table's."""
    path = path.resolve()
    return path.parent if path.name == TABLE else path
