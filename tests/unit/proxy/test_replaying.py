"""Recorded pages over real sockets, with no server behind the proxy."""

import gzip
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from filterproxy.errors import SettingsError, SkipReason
from filterproxy.proxy.recorded import NOT_RECORDED
from filterproxy.proxy.replaying import EndToEnd, replay_through_proxy
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, running_proxy
from filterproxy.report.events import Kind, TroubleEvent
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Limits, Settings
from tests.support.client import Client
from tests.support.lab import GBK, OTHER, RULED, Events, page, running_lab
from tests.support.server import LOOPBACK, Request, message, running_origin

PATIENT = Settings(limits=Limits(deadline=20.0))  # it is not speed that is tested here
BIG = page() + b"<p>" + b"x" * 3_000_000


@dataclass(frozen=True, slots=True)
class Visited:
    """A recording, and the rules it was made under."""

    path: Path
    ruleset: Ruleset


def by_query(request: Request) -> bytes:
    text = request.target.partition("?")[2]
    return message(page().replace("一件事".encode(), text.encode()))


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Visited:
    folder = tmp_path_factory.mktemp("visit")
    path = folder / "visit.mitm"
    with running_lab(folder / "lab", record=path, reach=Reach.ALL) as lab:
        coded = gzip.compress(page(charset="gbk"), mtime=0)
        lab.origin.serve("/q.html", by_query)
        lab.origin.serve("/a.html", message(page()))
        lab.origin.serve("/gbk.html", message(coded, ("Content-Encoding", "gzip"), content_type="text/html"))
        lab.origin.serve("/chunked.html", lambda _: [message(page(), length=-1)])
        lab.origin.serve("/pic.png", message(b"\x89PNG", content_type="image/png"))
        lab.origin.serve("/big.html", message(BIG))
        lab.origin.serve("/moved", message(b"", ("Location", "/a.html"), status="302 Found"))
        for url in RECORDED:
            lab.client.get(url.replace("scrubbed", "real"))
        ruleset = load_ruleset([lab.rules])
    return Visited(path, ruleset)


RECORDED = (
    f"https://{RULED}/a.html",
    f"https://{RULED}/q.html?page=1&x=%E6%A1%A5",
    f"https://{RULED}/q.html?page=2",
    f"http://{RULED}/q.html?page=3",
    f"https://{RULED}/q.html?token=scrubbed",
    f"https://{GBK}/gbk.html",
    f"https://{RULED}/chunked.html",
    f"https://{RULED}/pic.png",
    f"https://{RULED}/big.html",
    f"https://{RULED}/moved",
    f"https://{OTHER}/a.html",
)


def replayed(visited: Visited, *urls: str, settings: Settings = PATIENT) -> list[EndToEnd]:
    return list(replay_through_proxy(visited.path, urls, visited.ruleset, settings))


def test_every_recorded_page_comes_filtered_and_accounted_for(visited: Visited) -> None:
    pages = {answer.url: answer for answer in replayed(visited, *RECORDED)}
    assert list(pages) == list(RECORDED)
    assert {answer.problem for answer in pages.values()} == {""}
    assert not any(answer.absent for answer in pages.values())
    plain = pages[f"https://{RULED}/a.html"]
    assert (plain.status, plain.body) == (200, page(banner=False))
    assert plain.page is not None
    assert [removal.rule for removal in plain.page.removals] == ["site/banner"]
    for url, text in (("https", "page=1&x=%E6%A1%A5"), ("https", "page=2"), ("http", "page=3")):
        answer = pages[f"{url}://{RULED}/q.html?{text}"]
        assert answer.body == page(banner=False).replace("一件事".encode(), text.encode())
    gbk = pages[f"https://{GBK}/gbk.html"]
    assert gbk.body == page(banner=False, charset="gbk")
    assert b"content-encoding" not in {name.lower() for name, _ in gbk.fields}
    assert pages[f"https://{RULED}/chunked.html"].body == page(banner=False)
    picture = pages[f"https://{RULED}/pic.png"]
    assert picture.page is not None
    assert (picture.body, picture.page.skipped) == (b"\x89PNG", SkipReason.NOT_HTML)
    moved = pages[f"https://{RULED}/moved"]
    assert (moved.status, dict(moved.fields)[b"Location"]) == (302, b"/a.html")
    unruled = pages[f"https://{OTHER}/a.html"]
    assert unruled.page is not None
    assert (unruled.body, unruled.page.skipped) == (page(), SkipReason.NO_RULES)


def test_limits_hold_for_what_is_replayed(visited: Visited) -> None:
    small = replace(PATIENT, limits=replace(PATIENT.limits, decoded=1_000_000))
    big, plain = replayed(visited, f"https://{RULED}/big.html", f"https://{RULED}/a.html", settings=small)
    assert big.page is not None
    assert (big.body, big.page.skipped) == (BIG, SkipReason.BODY_TOO_LARGE)
    assert plain.body == page(banner=False)


def test_what_is_not_recorded_is_said_to_be_absent(visited: Visited) -> None:
    urls = (f"https://{RULED}/q.html?page=9", "https://elsewhere.example/", "http://elsewhere.example/x?y=1")
    for answer in replayed(visited, *urls):
        assert (answer.status, answer.absent, answer.problem) == (404, True, "")
        assert answer.page is not None
        assert answer.page.detail == NOT_RECORDED


def test_what_is_no_url_is_said_and_the_next_comes(visited: Visited) -> None:
    wrong, broken, right = replayed(visited, "ftp://news.example/a", "https://[x/", f"https://{RULED}/a.html")
    assert "no http or https URL" in wrong.problem
    assert "no http or https URL" in broken.problem
    assert right.body == page(banner=False)


def test_an_address_as_a_page_names_it_is_found_scrubbed(visited: Visited) -> None:
    (answer,) = replayed(visited, f"https://{RULED}/q.html?token=real")
    assert (answer.status, answer.absent) == (200, False)


def test_no_server_is_ever_connected_to(visited: Visited, tmp_path: Path) -> None:
    (tmp_path / "origin").mkdir()
    with running_origin([RULED, "localhost"], tmp_path / "origin") as origin:
        config = ProxyConfig(
            visited.ruleset,
            port=0,
            confdir=tmp_path / "confdir",
            settings=PATIENT,
            replay=visited.path,
            # would lead there, were anything asked for; and rules, were unruled hosts tunnelled
            upstreams={RULED: (LOOPBACK, origin.port), "localhost": (LOOPBACK, origin.port)},
            upstream_ca=origin.authority,
            reach=Reach.RULES,
        )
        with running_proxy(config) as proxy:
            client = Client(proxy.address, proxy.authority)
            assert client.get(f"https://{RULED}/a.html").body == page(banner=False)
            assert client.get(f"https://{RULED}/missing").status == 404
            assert client.get(f"http://localhost:{origin.port}/a.html").status == 404
            assert client.get(f"https://localhost:{origin.port}/a.html").status == 404
        assert origin.requests == []


def test_a_recording_without_answers_forwards_nothing(visited: Visited, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mitm"
    empty.touch()
    (answer,) = replayed(replace(visited, path=empty), f"http://localhost/{RULED}")
    assert (answer.status, answer.absent) == (404, True)


def test_a_torn_recording_replays_up_to_the_tear(visited: Visited, tmp_path: Path) -> None:
    torn, events = tmp_path / "torn.mitm", Events()
    torn.write_bytes(visited.path.read_bytes()[:-10])
    config = ProxyConfig(visited.ruleset, port=0, confdir=tmp_path / "c", settings=PATIENT, replay=torn)
    with running_proxy(config, [events]) as proxy:
        client = Client(proxy.address, proxy.authority)
        assert client.get(RECORDED[0]).body == page(banner=False)
        assert client.get(RECORDED[-1]).status == 404
    (broken,) = [event for event in events.all if event.kind is Kind.RECORDING_BROKEN]
    assert isinstance(broken, TroubleEvent)
    assert f"{torn}, flow {len(RECORDED)}" in broken.what


def test_a_recording_that_is_not_there(visited: Visited, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"can't replay .*: No such file"):
        replayed(replace(visited, path=tmp_path / "none.mitm"), RECORDED[0])
