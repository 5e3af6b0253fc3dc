"""That the benchmark runs and says what it claims to; no time is asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.corpus import needs_corpus


@pytest.mark.long
def test_the_table_has_its_rows() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--json", "--pages", "3", "--rounds", "1"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=True
    )
    rows = json.loads(done.stdout)
    assert {row["rules"] for row in rows} >= {
        "bundled",
        "all generic rules",
        "scripts alone",
        "60,000 selectors that stand nowhere",
    }
    assert all(row["ratio"] > 0 and row["count"] in {1, 2, 3} for row in rows)
    nowhere = [row for row in rows if "nowhere" in row["rules"]]
    assert {row["pages"] for row in nowhere} == {"without tokens"}


@pytest.mark.long
def test_the_table_of_recordings_has_its_rows() -> None:
    options = ["--json", "--pages", "70", "--jobs", "1", "2", "--rounds", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.recordings", *options],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    one, two = map(json.loads, done.stdout.splitlines())
    assert [(row["pages"], row["jobs"]) for row in (one, two)] == [(70, 1), (70, 2)]
    assert one["ratio_all"] == 1
    assert two["ratio_all"] > 0
    assert two["all"] > 0


@pytest.mark.long
@pytest.mark.corpus
@needs_corpus
def test_the_guards_table_has_its_rows() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.guard", "--json", "--pages", "3"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["found"][0]["count"] == 3
    assert {"bundled rules", "ul", "hide .article"} <= told["rules"].keys()
    assert all(row["refused rightly"] >= 0 for row in told["rules"].values())
    assert told["rules"]["p"]["refused rightly"] > 0
