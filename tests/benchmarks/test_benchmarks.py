"""That the benchmark runs and says what it claims to; no time is asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.long
def test_the_table_has_its_rows() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--json", "--pages", "3", "--rounds", "1"]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=True
    )
    rows = json.loads(done.stdout)
    assert {row["rules"] for row in rows} >= {
        "bundled",
        "scripts alone",
        "60,000 selectors that stand nowhere",
    }
    assert all(row["ratio"] > 0 and row["count"] in {1, 2, 3} for row in rows)
    nowhere = [row for row in rows if "nowhere" in row["rules"]]
    assert {row["pages"] for row in nowhere} == {"without tokens"}
