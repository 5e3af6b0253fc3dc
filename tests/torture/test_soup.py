"""A page can't break the engine: seeded soups in a process of their own, which must end as it should."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = 4_000


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_raised_and_nothing_crashes(seed: int) -> None:
    command = [sys.executable, "-m", "tests.torture.soup", str(seed), str(PAGES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, (seed, done.stderr[-2_000:])  # -11: lexbor itself; the last page is shown
    through, cut = map(int, done.stdout.split())
    assert through == PAGES
    assert cut > PAGES / 4
