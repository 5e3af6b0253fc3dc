"""NSS's certutil for the tests of this folder, and CAs to put into stores."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from filterproxy.setup.authority import Authority, ensure_authority


@pytest.fixture
def certutil() -> str:
    """NSS's program; without it the test is skipped, but fails in CI, where nobody would miss it."""
    found = shutil.which("certutil")
    if found is None and os.environ.get("CI"):
        pytest.fail("no certutil on the path (libnss3-tools)", pytrace=False)
    if found is None:
        pytest.skip("no certutil on the path (libnss3-tools)")
    return found


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """CAs to copy: a key takes its time."""
    return [ensure_authority(tmp_path_factory.mktemp("ca")).folder for _ in range(2)]


@pytest.fixture
def make_ca(tmp_path: Path, made: list[Path]) -> Callable[[str], Authority]:
    """Gives a CA in a directory of this name, twice at most."""
    left = iter(made)

    def make(name: str) -> Authority:
        shutil.copytree(next(left), tmp_path / name)
        return ensure_authority(tmp_path / name)

    return make


@pytest.fixture
def ca(make_ca: Callable[[str], Authority]) -> Authority:
    return make_ca("ca")
