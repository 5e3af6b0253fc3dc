"""Recording what a real Chromium loads, through the real proxy."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from filterproxy.cli import main
from filterproxy.demo.pages import PAGES, original, site_hosts
from filterproxy.demo.server import LOOPBACK, running_site
from filterproxy.proxy.activity import Activity
from filterproxy.proxy.browsers import Browser, Way, command, find_browser
from filterproxy.proxy.browsing import Browsing
from filterproxy.proxy.replaying import replay_through_proxy
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, running_proxy
from filterproxy.proxy.visiting import Failures
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import open_recording
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Limits, Settings
from tests.support.server import Origin, Request, message, running_origin

pytestmark = pytest.mark.browser

PAGE = """<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>江桥</title>
<link rel="stylesheet" href="/style.css"></head><body><h1>江桥通车</h1><p>正文一段。</p>
<img src="/pic.png?token=geheim-url" alt=""><iframe src="/frame.html"></iframe>
<script>setTimeout(() => fetch("/late.json", {method: "POST", body: "password=geheim-body"}), 300);
new EventSource("/events")</script></body></html>"""


def entries(file: Path) -> list[Entry]:
    found = list(open_recording(file).entries())
    assert not [entry for entry in found if isinstance(entry, Problem)]
    return [entry for entry in found if isinstance(entry, Entry)]


def events(_: Request) -> Iterator[bytes | float]:
    """A stream that never ends by itself."""
    yield message(content_type="text/event-stream", length=-1)
    yield b"data: 1\n\n"
    yield 60.0


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    folder = tmp_path / "origin"
    folder.mkdir()
    with running_origin(["localhost"], folder) as server:
        server.serve("/", message("", ("Location", "/page.html?sig=geheim-sig"), status="302 Found"))
        server.serve("/page.html", message(PAGE, ("Set-Cookie", "sid=geheim-cookie; Path=/")))
        server.serve("/style.css", message("h1 { color: teal }", content_type="text/css"))
        server.serve("/pic.png", message(b"\x89PNG", content_type="image/png"))
        server.serve("/frame.html", message("<!DOCTYPE html><p>框里的一段。</p>"))
        server.serve("/late.json", message("{}", content_type="application/json"))
        server.serve("/events", events)
        yield server


@pytest.mark.long
@pytest.mark.usefixtures("chromium")
def test_a_page_is_recorded_with_all_it_loads(tmp_path: Path, origin: Origin) -> None:
    file = tmp_path / "visit.mitm"
    url = f"https://localhost:{origin.port}/"
    words = ["record", "--browser", "-o", str(file), "--upstream-ca", str(origin.authority), url]
    done = CliRunner().invoke(main, [*words, f"{url}refused".replace("localhost", "127.0.0.1")])
    assert done.exit_code == 1  # the second
    assert re.search(
        r"^https://127\.0\.0\.1:\d+/refused: Certificate verify failed", done.stderr, re.MULTILINE
    )
    line = r"^200 .* text/html.*/page\.html\?sig=scrubbed  after 1 redirect  2 pages and "
    assert re.search(line, done.stdout, re.MULTILINE)
    recorded = {entry.url.removeprefix(url): entry for entry in entries(file)}
    assert recorded.keys() >= {
        "", "page.html?sig=scrubbed", "style.css", "pic.png?token=scrubbed", "frame.html", "late.json",
    }  # fmt: skip
    assert recorded["page.html?sig=scrubbed"].body == PAGE.encode()
    assert recorded["late.json"].request_body == b""
    assert origin.asked("/late.json")[0].body == b"password=geheim-body"
    raw = file.read_bytes()
    assert raw.count(b"geheim") == PAGE.count("geheim")  # what stands in the page stays, and nothing else
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "request body" in done.stdout


@pytest.mark.long
def test_pages_of_the_sample_site_replay_as_a_browser_loaded_them(tmp_path: Path, chromium: Path) -> None:
    file = tmp_path / "visit.mitm"
    pages = (next(page for page in PAGES if page.charset == "gbk"), PAGES[0])
    activity, failures = Activity(), Failures()
    (tmp_path / "site").mkdir()
    (tmp_path / "profiles").mkdir()
    with running_site(tmp_path / "site") as (site, authority):
        config = ProxyConfig(
            load_ruleset([]),
            port=0,
            confdir=tmp_path / "confdir",
            reach=Reach.ALL,
            record=file,
            activity=activity,
            upstreams=dict.fromkeys(site_hosts(), (LOOPBACK, site.port)),
            upstream_ca=authority,
        )
        with running_proxy(config, [failures]) as proxy:
            way = Way(proxy.address, proxy.authority)
            browsing = Browsing(
                Browser(chromium, firefox=False), way, tmp_path / "profiles", activity, failures
            )
            visits = list(browsing.until_quiet([page.url for page in pages], 30))
    assert [(visit.at, visit.status, visit.problem) for visit in visits] == [
        (page.url, 200, "") for page in pages
    ]
    assert all(visit.pages >= 1 and visit.others >= 5 for visit in visits)
    patient = Settings(limits=Limits(deadline=20.0))
    rules = load_ruleset([bundled_rules_path()])
    replayed = list(replay_through_proxy(file, [page.url for page in pages], rules, patient))
    for page, answer in zip(pages, replayed, strict=True):
        assert answer.page is not None
        assert answer.page.removals
        assert len(answer.body) == len(original(page)) - sum(r.size for r in answer.page.removals)


@pytest.mark.usefixtures("chromium")
def test_a_window_is_recorded_until_it_is_closed(tmp_path: Path, origin: Origin) -> None:
    """A script that closes stands for whoever does: there is no screen here."""
    closing = tmp_path / "chromium"
    found = find_browser()
    closing.write_text(f'#!/bin/sh\ntimeout -s TERM 6 "{found.path}" --headless "$@"\nexit 0\n')
    closing.chmod(0o700)
    file, host = tmp_path / "visit.mitm", f"http://localhost:{origin.port}"
    words = ["record", "--browser", "--visible", "--browser-path", str(closing), "-o", str(file)]
    done = CliRunner().invoke(main, [*words, f"{host}/page.html"])
    assert done.exit_code == 0, done.output
    assert f"{host}/page.html  2 pages and " in done.stdout
    assert {entry.url for entry in entries(file)} >= {
        f"{host}/page.html",
        f"{host}/frame.html",
        f"{host}/style.css",
    }


@pytest.mark.parametrize("visible", [False, True])
def test_the_browser_trusts_the_proxy_alone(tmp_path: Path, origin: Origin, *, visible: bool) -> None:
    way = Way(("127.0.0.1", 8080), origin.authority)
    chromium, firefox = (Browser(tmp_path / "b", firefox=firefox) for firefox in (False, True))
    words = command(chromium, way, tmp_path / "p", ["https://a.example/"], visible=visible)
    assert ("--headless" in words) is not visible
    assert ("--no-sandbox" in words) is (os.geteuid() == 0)
    assert "--ignore-certificate-errors" not in words
    assert sum(word.startswith("--ignore-certificate-errors-spki-list=") for word in words) == 1
    assert words[-1] == "https://a.example/"
    fox = command(firefox, way, tmp_path / "p", ["https://a.example/"], visible=visible)
    assert fox[1:] == [
        *([] if visible else ["--headless"]), "--no-remote", "--profile", str(tmp_path / "p"), "https://a.example/",
    ]  # fmt: skip
