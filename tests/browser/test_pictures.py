"""The picture of a failed test, and what a machine without Chromium gets: pytest run on a test of ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.long]

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n"
TESTS = """\
import pytest
from tests.browser.chromium import running_chromium, straight_to_site

@pytest.fixture(scope="module")
def browser(playwright, chromium):
    with running_chromium(playwright, chromium, straight_to_site(9), None) as running:
        yield running

@pytest.fixture
def tab(browser, shows):
    shows(page := browser.new_page())
    page.set_content("<h1>what it showed</h1>")
    return page

@pytest.fixture
def broken(tab):
    raise ValueError

@pytest.mark.parametrize("of", ["a/b", "c d"])
def test_fails(tab, of):
    assert of == "c"

def test_fails_with_two(tab, browser, shows):
    shows(browser.new_page())
    assert not tab

def test_fails_when_its_tab_is_gone(tab):
    tab.close()
    assert not tab

def test_never_starts(broken):
    pass

def test_passes(tab):
    assert tab.title() == ""
"""


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_of_ours.py").write_text(TESTS, encoding="utf-8")
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-p", "no:cacheprovider"]
    settings += ["-o", "filterproxy_rules="]  # not the bundled rules' tests
    given = {name: value for name, value in os.environ.items() if name != "CI"} | environment
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-p", "tests.browser.conftest", str(folder)],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.usefixtures("chromium")
def test_a_failed_tests_picture_is_kept_under_its_name(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert "4 failed, 1 passed, 1 error" in done.stdout, done.stdout + done.stderr
    kept = sorted((tmp_path / "artifacts").iterdir())
    assert [file.name for file in kept] == [
        "test_fails-a-b.png",
        "test_fails-c-d.png",
        "test_fails_with_two-2.png",
        "test_fails_with_two.png",
        "test_never_starts.png",
    ]
    assert all(file.read_bytes().startswith(PNG) for file in kept)


def test_without_chromium_tests_are_skipped_and_say_why(tmp_path: Path) -> None:
    done = run(tmp_path, PATH=str(tmp_path))
    assert (done.returncode, "6 skipped" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "no Chromium on the path (looked for chromium, chromium-browser, google-chrome)" in done.stdout


def test_without_chromium_tests_fail_in_ci(tmp_path: Path) -> None:
    done = run(tmp_path, PATH=str(tmp_path), CI="true")
    assert (done.returncode, "6 errors" in done.stdout) == (1, True), done.stdout + done.stderr
    assert "no Chromium on the path" in done.stdout
