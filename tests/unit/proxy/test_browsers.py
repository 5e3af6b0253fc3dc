"""Browsers that are found, started and ended; programs of a few lines stand for them."""

import os
import sys
import time
from pathlib import Path

import pytest

from filterproxy.errors import SettingsError
from filterproxy.proxy.browsers import Browser, Way, find_browser, running_browser
from tests.support.server import running_origin, wait_until

STUBBORN = """\
#!{python}
import pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path({note!r}).write_text(f"{{child.pid}} {{sys.argv[-1]}}")
child.wait()
"""


@pytest.fixture
def way(tmp_path: Path) -> Way:
    (tmp_path / "keys").mkdir()
    with running_origin(["a.example"], tmp_path / "keys") as origin:
        return Way(("127.0.0.1", 8080), origin.authority)


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.write_text(text)
    path.chmod(0o700)
    return path


def test_the_first_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match=r"no browser on the path .*firefox.*--browser-path"):
        find_browser()
    program(tmp_path / "firefox")
    assert find_browser() == Browser(tmp_path / "firefox", firefox=True)
    program(tmp_path / "chromium")
    assert find_browser() == Browser(tmp_path / "chromium", firefox=False)
    assert find_browser(Path("firefox")) == Browser(tmp_path / "firefox", firefox=True)
    with pytest.raises(SettingsError, match="no program that can be run"):
        find_browser(tmp_path)


def test_firefox_says_which_package_it_needs(
    tmp_path: Path, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fox = Browser(program(tmp_path / "firefox"), firefox=True)
    with (
        pytest.raises(SettingsError, match=r"certutil.*libnss3-tools.*nss-tools"),
        running_browser(fox, way, tmp_path / "profile", ["https://a.example/"]),
    ):
        pass


def test_firefox_gets_the_proxy_and_its_authority(
    tmp_path: Path, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    program(tmp_path / "certutil", f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\n')
    fox = Browser(program(tmp_path / "firefox"), firefox=True)
    with running_browser(fox, way, tmp_path / "profile", ["https://a.example/"]) as process:
        process.wait(10)
    preferences = (tmp_path / "profile" / "user.js").read_text()
    assert 'user_pref("network.proxy.ssl_port", 8080);' in preferences
    made, added = (tmp_path / "asked").read_text().splitlines()
    assert made == f"-N -d sql:{tmp_path}/profile --empty-password"
    assert added == f"-A -d sql:{tmp_path}/profile -n filterproxy -t C,, -i {way.authority}"
    program(tmp_path / "certutil", "#!/bin/sh\necho SEC_ERROR_BAD_DATABASE >&2\nexit 255\n")
    with (
        pytest.raises(SettingsError, match="certutil: SEC_ERROR_BAD_DATABASE"),
        running_browser(fox, way, tmp_path / "other", ["https://a.example/"]),
    ):
        pass


@pytest.mark.long
def test_one_that_will_not_end_is_ended_with_all_it_started(tmp_path: Path, way: Way) -> None:
    note = tmp_path / "note"
    text = STUBBORN.format(python=sys.executable, note=str(note))
    stubborn = Browser(program(tmp_path / "chromium", text), firefox=False)
    with running_browser(stubborn, way, tmp_path / "profile", ["https://a.example/"]) as process:
        wait_until(note.exists)
        time.sleep(0.1)
        child, url = note.read_text().split()
        assert url == "https://a.example/"
    assert process.returncode is not None
    wait_until(lambda: not running(int(child)))


def running(pid: int) -> bool:
    """Whether a process does anything: one that waits to be reaped does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_what_cannot_be_started_is_said(tmp_path: Path, way: Way) -> None:
    broken = Browser(program(tmp_path / "chromium", "#!/nonexistent\n"), firefox=False)
    with (
        pytest.raises(SettingsError, match=f"{broken.path}: No such file"),
        running_browser(broken, way, tmp_path / "profile", ["https://a.example/"]),
    ):
        pass
