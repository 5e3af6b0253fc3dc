"""Work spread over processes: in order, whole, and none blamed for another's fault, whoever dies."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path

import pytest

from filterproxy.recordings.entry import Problem
from filterproxy.recordings.parcel import Finished, Parcel
from filterproxy.recordings.processes import Processes
from filterproxy.recordings.recording import Piece, open_recording
from filterproxy.recordings.spread import spread
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.support.piece_works import Numbers, folder_of, logged, main, rules_in

PAGES = 24
AT_ONCE = 3


class Bench:
    """A folder of pages, a work for it, and what comes of it."""

    def __init__(self, folder: Path) -> None:
        self.recording = folder_of(folder / "saved", PAGES)
        self.rules = rules_in(folder / "rules.yaml")
        self.log = folder / "log"

    def parcel(self, **how: int) -> Parcel[list[int]]:
        return Parcel(load_ruleset([self.rules]), Settings(), Numbers(self.log, **how))

    def pieces(self) -> Iterator[Piece | Problem]:
        return open_recording(self.recording).pieces(AT_ONCE)

    def outcomes(self, jobs: int = 2, **how: int) -> list[Finished[list[int]] | Problem]:
        return list(spread(self.parcel(**how), self.pieces(), lambda: Processes(jobs)))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _numbers(outcomes: list[Finished[list[int]] | Problem]) -> list[list[int]]:
    assert not [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    return [outcome.result for outcome in outcomes if isinstance(outcome, Finished)]


IN_ORDER = [list(range(first, first + AT_ONCE)) for first in range(1, PAGES + 1, AT_ONCE)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_pieces(bench: Bench, jobs: int) -> None:
    outcomes = bench.outcomes(jobs)
    assert _numbers(outcomes) == IN_ORDER
    assert [outcome.pages for outcome in outcomes if isinstance(outcome, Finished)] == [AT_ONCE] * len(
        IN_ORDER
    )
    assert len({process for _, process in logged(bench.log)}) <= jobs
    assert os.getpid() not in {process for _, process in logged(bench.log)}


@pytest.mark.long
def test_a_worker_that_is_killed_changes_nothing(bench: Bench) -> None:
    assert _numbers(bench.outcomes(deadly=11, times=1)) == IN_ORDER


@pytest.mark.long
def test_a_piece_that_kills_its_workers_is_left_out_alone(bench: Bench) -> None:
    outcomes = bench.outcomes(deadly=11, times=99)
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert len(problems) == 1
    assert outcomes.index(problems[0]) == IN_ORDER.index([10, 11, 12])
    place, what = problems[0].place, problems[0].what
    # a folder's pieces are known by lines of the table, the head being the first
    assert place == f"{bench.recording / 'pages.tsv'}, entries 11 to 13"
    assert what.startswith("left out, as its worker ended time after time: BrokenProcessPool")
    assert sum(number == 11 for number, _ in logged(bench.log)) == 3
    rest = [outcome.result for outcome in outcomes if isinstance(outcome, Finished)]
    assert rest == [numbers for numbers in IN_ORDER if 11 not in numbers]


def test_an_error_of_the_work_costs_its_piece_and_no_process(bench: Bench) -> None:
    outcomes = bench.outcomes(jobs=1, wrong=7)
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [problem.what for problem in problems] == ["ValueError: seven is no number"]
    assert len({process for _, process in logged(bench.log)}) == 1
    assert sum(number == 7 for number, _ in logged(bench.log)) == 1


def test_no_more_pieces_are_taken_than_asked_for(bench: Bench) -> None:
    taken = 0

    def pieces() -> Iterator[Piece | Problem]:
        nonlocal taken
        for piece in bench.pieces():
            taken += 1
            yield piece

    ahead = []
    for done, _ in enumerate(spread(bench.parcel(), pieces(), lambda: Processes(1), ahead=3), 1):
        ahead.append(taken - done)
    assert max(ahead) == 2  # and the one that came out


def test_what_is_done_is_kept_before_its_turn_and_where_nobody_asks_for_more(bench: Bench) -> None:
    kept: list[list[int]] = []

    def keep(done: Finished[list[int]]) -> None:
        kept.append(done.result)
        if len(kept) == 6:  # of the eight that are handed out, while the first of them stalls
            raise KeyboardInterrupt

    outcomes = spread(bench.parcel(stalls=1), bench.pieces(), lambda: Processes(2), keep=keep)
    with pytest.raises(KeyboardInterrupt):
        next(outcomes)
    assert sorted(kept)[:6] == IN_ORDER[1:7]
    with pytest.raises(StopIteration):
        next(outcomes)


def test_problems_and_finished_pieces_pass_in_their_place(bench: Bench) -> None:
    first, second, third, *_ = bench.pieces()
    assert isinstance(second, Piece)
    problem, finished = Problem("elsewhere", "gone"), Finished(second, [4, 5, 6], 3)
    outcomes = spread(bench.parcel(), [first, problem, finished, third], lambda: Processes(1))
    assert list(outcomes)[1:3] == [problem, finished]
    assert {number for number, _ in logged(bench.log)} == {1, 2, 3, 7, 8, 9}


def test_where_no_executor_can_be_had_the_work_ends(bench: Bench) -> None:
    def make() -> Executor:
        raise ConnectionError("nobody there")

    with pytest.raises(ConnectionError, match="nobody there"):
        list(spread(bench.parcel(), bench.pieces(), make))


@pytest.mark.long
def test_processes_end_with_a_parent_that_is_killed(bench: Bench) -> None:
    code = f"from {main.__module__} import main; main()"
    command = [sys.executable, "-c", code, str(bench.recording), str(bench.rules), str(bench.log), "1"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(bench.log.with_name("cache"))}
    with subprocess.Popen(command, cwd=Path(__file__).parents[3], env=environment) as parent:
        try:
            _wait_for(lambda: logged(bench.log))
            worker = logged(bench.log)[0][1]
            _wait_for(lambda: _children(worker))  # its rewriter's process
            processes = {worker, *_children(worker)}
        finally:
            parent.kill()
    _wait_for(lambda: not any(map(_is_there, processes)))


def _wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def _children(process: int) -> list[int]:
    """Linux alone tells: each thread's."""
    found: list[int] = []
    for text in Path(f"/proc/{process}/task").glob("*/children"):
        found += map(int, text.read_text().split())
    return found


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
        return not Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].startswith(" Z")
    except OSError:
        return False
