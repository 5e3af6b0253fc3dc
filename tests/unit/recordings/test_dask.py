"""Work on a Dask cluster: the same counts, whoever dies; and what is said where there is none."""

import json
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from filterproxy.cli import main
from filterproxy.recordings import cluster
from filterproxy.recordings.cluster import Cluster
from filterproxy.recordings.coverage import Coverage, CoverPages
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.parcel import Finished, Parcel
from filterproxy.recordings.processes import Processes
from filterproxy.recordings.recording import open_recording
from filterproxy.recordings.spread import spread
from filterproxy.recordings.suite import patient
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.support.command import FILTERPROXY, running
from tests.support.piece_works import Numbers, folder_of, logged, rules_in

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

PAGES = 40
DYING = {
    "distributed.scheduler.allowed-failures": 1,
    "distributed.comm.timeouts.connect": "2s",  # to a worker that is dead, for a result it had
    # a local cluster that misses a worker for so long ends its successor (real ones don't)
    "distributed.deploy.lost-worker-timeout": "1 hour",
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Two workers, a process each, made anew where they die."""
    with warnings.catch_warnings(), dask.config.set(DYING):
        warnings.simplefilter("ignore")  # distributed's own, of ports, clocks and its loop
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as local:
            yield local.scheduler_address


def _sum(outcomes: Iterator[Finished[Coverage] | Problem]) -> Coverage:
    total = Coverage()
    for outcome in outcomes:
        assert isinstance(outcome, Finished), outcome
        total.add(outcome.result)
    total.seconds = 0.0
    for counts in total.rules.values():
        counts.seconds = 0.0
    return total


def test_a_cluster_counts_as_processes_do(address: str, tmp_path: Path) -> None:
    recording = open_recording(folder_of(tmp_path / "saved", PAGES))
    ruleset = load_ruleset([rules_in(tmp_path / "rules.yaml")])
    parcel = Parcel(ruleset, patient(Settings()), CoverPages())
    here = _sum(spread(parcel, recording.pieces(5), lambda: Processes(1)))
    there = _sum(spread(parcel, recording.pieces(5), lambda: Cluster(address)))
    assert here == there
    assert here.rules["rules/like"].hits == PAGES


def _numbers(address: str, folder: Path, **how: int) -> tuple[list[Finished[list[int]] | Problem], Path]:
    recording = open_recording(folder_of(folder / "saved", PAGES))
    log = folder / "log"
    parcel = Parcel(load_ruleset([rules_in(folder / "rules.yaml")]), Settings(), Numbers(log, **how))
    return list(spread(parcel, recording.pieces(5), lambda: Cluster(address))), log


IN_ORDER = [list(range(first, first + 5)) for first in range(1, PAGES + 1, 5)]


@pytest.mark.long
def test_a_worker_that_is_killed_changes_nothing(address: str, tmp_path: Path) -> None:
    outcomes, log = _numbers(address, tmp_path, deadly=13, times=1)
    assert [outcome.result for outcome in outcomes if isinstance(outcome, Finished)] == IN_ORDER
    assert sum(number == 13 for number, _ in logged(log)) == 2


@pytest.mark.long
def test_a_piece_that_kills_its_workers_is_left_out_alone(address: str, tmp_path: Path) -> None:
    outcomes, _ = _numbers(address, tmp_path, deadly=13, times=99)
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [outcomes.index(problem) for problem in problems] == [2]
    assert problems[0].what.startswith("left out, as its worker ended time after time: KilledWorker")
    rest = [outcome.result for outcome in outcomes if isinstance(outcome, Finished)]
    assert rest == [numbers for numbers in IN_ORDER if 13 not in numbers]


def test_where_no_scheduler_answers_it_is_said_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster._PATIENCE <= 10
    monkeypatch.setattr(cluster, "_PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    saved = folder_of(tmp_path / "saved", 1)
    done = CliRunner().invoke(main, ["coverage", str(saved), "--dask", f"tcp://127.0.0.1:{port}"])
    assert done.exit_code == 1
    assert f"Error: tcp://127.0.0.1:{port}: no Dask scheduler answers there" in done.stderr


@pytest.mark.long
def test_a_scheduler_that_is_lost_ends_the_run_with_a_line(tmp_path: Path) -> None:
    saved = folder_of(tmp_path / "saved", 1)
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard"]
    options = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(tmp_path / "where.json")]
    with subprocess.Popen([*scheduler, *options], stderr=subprocess.DEVNULL) as process:
        try:
            while not (tmp_path / "where.json").exists():
                assert process.poll() is None
                time.sleep(0.05)
            address = json.loads((tmp_path / "where.json").read_text())["address"]
            command = (*FILTERPROXY, "coverage", str(saved), "--dask", address)
            with running(command, tmp_path) as started:
                waiting = started.line("the cluster has no workers yet")
                process.kill()
                last = started.line("no Dask scheduler answers there")
                assert started.process.wait(30) == 1
        finally:
            process.kill()
    assert waiting.startswith(address)
    assert started.lines == [waiting, last]
    assert last.startswith(f"Error: {address}: ")
    assert last.endswith("; stopped after 0 pages")


@pytest.mark.long
def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)  # as where it is not installed
    saved = folder_of(tmp_path / "saved", 1)
    done = CliRunner().invoke(main, ["coverage", str(saved), "--dask", "tcp://127.0.0.1:1"])
    assert done.exit_code == 1
    assert "pip install 'filterproxy[dask]'" in done.stderr
