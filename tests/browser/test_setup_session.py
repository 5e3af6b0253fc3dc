"""`filterproxy browser` as a person starts it: a filtered page without a warning, and nothing left behind."""

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright
from playwright.sync_api import Error as BrowserError

from tests.browser.chromium import in_ci, refusal, running_chromium, through_proxy
from tests.support.command import Running, running
from tests.support.lab import RULED, RULES, page
from tests.support.server import Origin, message, running_origin

pytestmark = [pytest.mark.browser, pytest.mark.long]

# the program as it is, but for the authorities by which it verifies servers: there is the test's own too
PROGRAM = """\
import sys, certifi
authority = sys.argv.pop(1)
certifi.where = lambda: authority
from filterproxy.cli import main
main()
"""
TRUST_AND_SETTINGS = ("/etc/ssl", "/etc/ca-certificates", "/etc/ca-certificates.conf", "/etc/chromium",
                      "/etc/chromium.d", "/etc/firefox", "/etc/firefox-esr", "/etc/opt",
                      "/usr/local/share/ca-certificates")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """An origin at localhost, a home and a directory for temporary files."""

    origin: Origin
    folder: Path
    tmp: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def url(self) -> str:
        return f"https://localhost:{self.origin.port}/a.html"

    def command(self, *more: str) -> tuple[str, ...]:
        rules = ("--only-rules", "--rules", str(self.folder / "rules.yaml"))
        python = (sys.executable, "-X", "utf8", "-c", PROGRAM, str(self.origin.authority))
        return (*python, "browser", self.url, *rules, "--browser-option=--headless", *more)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name in ("home", "origin"):
        (tmp_path / name).mkdir()
    short = tempfile.mkdtemp(
        prefix="t-"
    )  # a browser's sockets lie below it, and their paths have to be short
    monkeypatch.setenv("TMPDIR", short)
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "rules.yaml").write_text(RULES.replace(RULED, "localhost"), encoding="utf-8")
    with running_origin(["localhost"], tmp_path / "origin") as origin:
        origin.serve("/a.html", message(page()))
        yield Place(origin, tmp_path, Path(short))
    shutil.rmtree(short)


def everything(folder: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def trust_and_settings() -> dict[str, int]:
    return {name: time for place in TRUST_AND_SETTINGS for name, time in everything(Path(place)).items()}


def path_without(name: str, folder: Path) -> Path:
    """A directory with every program that is on the path but one, as on a machine that lacks it."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            if program.name != name and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    return folder


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def started(
    place: Place, chromium: Path, playwright: Playwright, *more: str
) -> Iterator[tuple[Running, Browser]]:
    port = free_port()
    options = (
        f"--browser-option=--remote-debugging-port={port}",
        "--browser-option=--proxy-bypass-list=<-loopback>",  # localhost would not be proxied
    )
    command = place.command("--browser-path", str(chromium), *options, *more)
    with running(command, place.home) as program:
        program.line("is open")
        program.line("close-ad", seconds=60)
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        yield program, browser


@pytest.fixture(params=["certutil", "no certutil"])
def with_or_without_certutil(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare machine has none: then the browser is told of the CA in another way."""
    if request.param == "no certutil":
        monkeypatch.setenv("PATH", str(path_without("certutil", tmp_path / "bin")))


@pytest.mark.usefixtures("with_or_without_certutil")
def test_a_filtered_page_without_a_warning_and_nothing_left(
    place: Place, chromium: Path, playwright: Playwright, shows: Callable[[Page], None]
) -> None:
    before, settings = (everything(place.home), everything(place.tmp)), trust_and_settings()
    with started(place, chromium, playwright) as (program, browser):
        tab = browser.contexts[0].pages[0]
        shows(tab)
        tab.wait_for_url(place.url)
        assert "正文第一段" in tab.inner_text("body")
        assert tab.locator(".banner").count() == 0
        assert tab.evaluate("() => [location.protocol, isSecureContext]") == ["https:", True]
        opened = next(line for line in program.lines if "is open" in line)
        host, _, port = opened.split(" at ")[1].split(" ")[0].rpartition(":")
        way = through_proxy((host, int(port)))
        with running_chromium(playwright, chromium, f"{way}", None) as other:
            stranger = other.new_page()
            assert refusal(stranger, f"https://www.{RULED}/") != ""  # another browser trusts nothing of it
        browser.new_browser_cdp_session().send("Browser.close")  # as closing the last window
        code = program.process.wait(20)
    assert code == 0
    assert (everything(place.home), everything(place.tmp)) == before == ({}, {})
    assert trust_and_settings() == settings != {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both(
    place: Place, chromium: Path, playwright: Playwright, number: signal.Signals
) -> None:
    with started(place, chromium, playwright) as (program, browser):
        tab = browser.contexts[0].pages[0]
        code, _, told = program.end(number, seconds=20)
        with pytest.raises(BrowserError, match="closed"):
            tab.evaluate("() => 1")
    assert code == 0
    assert "closed · 1 pages filtered, 1 elements removed" in told.splitlines()[-1]
    assert "Traceback" not in told
    assert everything(place.home) == everything(place.tmp) == {}


def test_a_profile_is_kept_and_used_again_but_not_by_two(
    place: Place, chromium: Path, playwright: Playwright
) -> None:
    profile = place.folder / "kept"
    for time in range(2):
        with started(place, chromium, playwright, "--profile", str(profile)) as (program, browser):
            tab = browser.contexts[0].pages[0]
            tab.wait_for_url(place.url)
            assert tab.evaluate("() => localStorage.getItem('seen')") == (None if time == 0 else "yes")
            tab.evaluate("() => localStorage.setItem('seen', 'yes')")
            with running(place.command("--profile", str(profile)), place.home) as second:
                second.line("a browser has this profile open; close it first")
                assert second.process.wait(20) == 1
            browser.new_browser_cdp_session().send("Browser.close")
            assert program.process.wait(20) == 0
    assert [path.name for path in place.home.iterdir()] == ["config"]  # the CA, for the next time
    assert (place.home / "config/filterproxy/mitmproxy-ca.pem").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def firefox() -> Path:
    found = next(filter(None, map(shutil.which, ("firefox", "firefox-esr"))), None)
    missing = [
        name for name, there in (("Firefox", found), ("certutil", shutil.which("certutil"))) if not there
    ]
    if missing and in_ci():
        pytest.fail(f"no {' and no '.join(missing)} on the path", pytrace=False)
    if missing or found is None:
        pytest.skip(f"no {' and no '.join(missing)} on the path")
    return Path(found)


def test_firefox_takes_the_page_too(place: Place, firefox: Path) -> None:
    profile = place.folder / "kept"
    (profile / "profile").mkdir(parents=True)
    (profile / "made-by-filterproxy").touch()
    (profile / "profile/prefs.js").write_text(
        'user_pref("network.proxy.allow_hijacking_localhost", true);\n', encoding="utf-8"
    )
    command = place.command("--browser-path", str(firefox), "--profile", str(profile))
    with running(command, place.home) as program:
        program.line("removed 1 close-ad", seconds=90)
        code, _, told = program.end(signal.SIGINT, seconds=20)
    assert code == 0
    assert "refused" not in told
    assert "Firefox/" in place.origin.asked("/a.html")[0].headers["user-agent"]
    assert [path.name for path in place.home.iterdir()] == ["config"]
