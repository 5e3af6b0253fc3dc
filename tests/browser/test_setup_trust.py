"""`filterproxy ca install` and `remove`, as a browser sees them: a page loads, and then is refused again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.chromium import FLAGS, PATIENCE, in_ci, refusal, through_proxy
from tests.support.command import FILTERPROXY
from tests.support.lab import RULED, Lab, page, running_lab
from tests.support.server import message

pytestmark = [pytest.mark.browser, pytest.mark.long]

REFUSED = "ERR_CERT_AUTHORITY_INVALID"


@pytest.fixture(autouse=True)
def certutil() -> None:
    if shutil.which("certutil") is None:
        (pytest.fail if in_ci() else pytest.skip)("no certutil on the path (libnss3-tools)")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with running_lab(tmp_path) as running:
        running.origin.serve("/a.html", message(page()))
        yield running


def ca(home: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    done = subprocess.run(
        [*FILTERPROXY, "ca", *arguments],
        env=environment | {"HOME": str(home)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("place", [None, ".local/share/pki/nssdb"])
def test_chromium_takes_the_page_while_the_ca_is_installed(
    lab: Lab, tmp_path: Path, chromium: Path, playwright: Playwright, place: str | None
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    confdir = ("--confdir", str(lab.proxy.authority.parent))
    if place is not None:  # as later versions of Chromium make it
        (home / place).mkdir(parents=True)
        subprocess.run(["certutil", "-N", "-d", f"sql:{home / place}", "--empty-password"], check=True)
    before = sorted(path.relative_to(home) for path in home.rglob("*"))

    def sees() -> str:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[*FLAGS, through_proxy(lab.proxy.address)],
            env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / ".local/share")},
            timeout=PATIENCE,
        )
        try:
            return refusal(browser.new_page(), f"https://{RULED}/a.html")
        finally:
            browser.close()

    assert "not in" in ca(home, "show", *confdir)
    told = ca(home, "install", "--yes", *confdir)
    assert "done: trust " in told
    assert "trusted by" in ca(home, "show", *confdir)
    assert sees() == ""
    ca(home, "remove", "--user", "--yes", *confdir)
    assert sees() == REFUSED
    assert "not in" in ca(home, "show", *confdir)
    if place is not None:
        assert before == [path for path in before if (home / path).exists()]
    assert not (home / ".pki").exists()
