"""The checks a change has to pass, as tests, so that one command runs them all."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    run("ruff", "check")


def test_ruff_would_format_nothing() -> None:
    run("ruff", "format", "--check")


@pytest.mark.long
def test_mypy_finds_nothing() -> None:
    run("mypy")


def test_files_and_functions_stay_small() -> None:
    sizes = {p: len(p.read_text("utf-8").splitlines()) for p in (ROOT / "filterproxy").rglob("*.py")}
    assert len(sizes) > 50
    assert {p.name: n for p, n in sizes.items() if n > 400} == {}


def test_the_top_level_is_as_drawn() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {line.split("/")[0] for line in tracked.splitlines()}
    allowed = {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "uv.lock",
        "filterproxy",
        "rules",
        "tests",
    }
    assert {name for name in names if not name.startswith(".")} <= allowed
