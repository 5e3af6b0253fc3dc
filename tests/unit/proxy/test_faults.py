"""Hangs, deaths, bombs and errors of our own cost a page its filtering, and nobody else anything."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import brotli
import pytest

from filterproxy.errors import SkipReason
from filterproxy.report.events import Kind
from filterproxy.settings import MIB
from tests.support.client import Client
from tests.support.lab import BANNER, DEADLINE, OTHER, RULED, Lab, page, running_lab
from tests.support.server import Route, message

LATE = DEADLINE + 0.5


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        for path in ("/page.html", "/other.html", "/hangs.html", "/killed.html"):
            running.origin.serve(path, message(page()))
        yield running


@pytest.fixture
def lab(shared: Lab) -> Lab:
    """The same for all, with live workers."""
    get(shared)  # finds those that a test before has killed
    shared.ready()
    return shared


def get(lab: Lab, path: str = "/page.html") -> bytes:
    return lab.client.get(f"https://{RULED}{path}").body


def test_workers_that_hang_hold_nobody_else(lab: Lab) -> None:
    held = lab.stop_workers(2)
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        hard = pool.submit(lab.client.get, f"https://{RULED}/hangs.html")
        while not hard.done():
            other = lab.client.get(f"http://{OTHER}/other.html")
            assert (other.body, other.seconds < DEADLINE * 0.8) == (page(), True)
        assert hard.result().body == page()
        assert DEADLINE * 0.9 < time.monotonic() - began < LATE
    assert lab.events.skipped("/hangs.html") is SkipReason.DEADLINE
    for pid in held:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    lab.ready()
    assert get(lab) == page(banner=False)
    assert held[0] not in lab.workers() or held[1] not in lab.workers()


def test_while_one_worker_hangs_the_other_filters(lab: Lab) -> None:
    lab.stop_workers(1)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: lab.client.get(f"https://{RULED}/page.html"), range(12)))
    late = [reply for reply in replies if reply.body == page()]
    assert len(late) == 1
    assert late[0].seconds < LATE
    others = [reply for reply in replies if reply.body == page(banner=False)]
    assert len(others) == 11
    assert max(reply.seconds for reply in others) < DEADLINE * 0.8


def test_a_queue_full_of_pages_that_hang_lets_pages_pass_in_time(lab: Lab) -> None:
    lab.stop_workers(2)
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: lab.client.get(f"https://{RULED}/page.html"), range(6)))
    assert {reply.body for reply in replies} <= {page(), page(banner=False)}
    assert max(reply.seconds for reply in replies) < LATE


def test_a_killed_worker_costs_its_page(lab: Lab) -> None:
    held = lab.stop_workers(2)
    with ThreadPoolExecutor(1) as pool:
        hard = pool.submit(lab.client.get, f"https://{RULED}/killed.html")
        time.sleep(0.3)
        for pid in held:
            os.kill(pid, signal.SIGKILL)
        assert hard.result().body == page()
        assert hard.result().seconds < LATE
    assert lab.events.skipped("/killed.html") is SkipReason.WORKER_LOST
    lab.ready()
    assert get(lab) == page(banner=False)


def bomb(size: int) -> bytes:
    """A page and then zeros, coded by brotli."""
    compressor = brotli.Compressor(quality=5)
    parts = [compressor.process(page())]
    parts += [compressor.process(bytes(4 * MIB)) for _ in range(size // MIB // 4)]
    return b"".join([*parts, compressor.finish()])


@pytest.mark.parametrize(
    ("make", "fields", "reason"),
    [
        pytest.param(
            lambda: bomb(64 * MIB), [("Content-Encoding", "br")], SkipReason.BODY_TOO_LARGE, id="64M"
        ),
        pytest.param(
            lambda: bomb(1024 * MIB),
            [("Content-Encoding", "br")],
            SkipReason.BODY_TOO_LARGE,
            id="1G",
            marks=pytest.mark.long,
        ),
        pytest.param(
            lambda: BANNER.encode() + b"<div>" * 200_000, [], SkipReason.NESTED_TOO_DEEP, id="200,000 deep"
        ),
    ],
)
def test_bombs_pass_while_others_are_filtered(
    lab: Lab, make: Callable[[], bytes], fields: list[tuple[str, str]], reason: SkipReason
) -> None:
    body = make()
    lab.origin.serve("/bomb.html", message(body, *fields))
    ended, slowest = threading.Event(), [0.0]

    def browse() -> int:
        count = 0
        while not ended.is_set():
            reply = lab.client.get(f"https://{RULED}/page.html")
            assert reply.body == page(banner=False)
            slowest[0] = max(slowest[0], reply.seconds)
            count += 1
        return count

    with ThreadPoolExecutor(1) as pool:
        another = pool.submit(browse)
        replies = [lab.client.get(f"https://{RULED}/bomb.html", Accept_Encoding="br") for _ in range(3)]
        ended.set()
        assert another.result() > 0
    assert all(reply.body == body for reply in replies)
    assert max(reply.seconds for reply in replies) < LATE
    assert slowest[0] < LATE
    assert lab.events.skipped("/bomb.html") is reason


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("on purpose")


@pytest.mark.parametrize(
    ("scheme", "part", "method"),
    [
        ("https", "_rewriter", "applies"),
        ("https", "_rewriter", "submit_response"),
        ("http", "_scope", "covers"),
        ("https", "_scope", "accepted"),
    ],
)
def test_a_hook_that_fails_changes_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, scheme: str, part: str, method: str
) -> None:
    monkeypatch.setattr(getattr(lab.proxy.addon, part), method, fail)
    before = len([event for event in lab.events.all if event.kind is Kind.INTERNAL])
    reply = lab.client.get(f"{scheme}://{RULED}/page.html", Accept_Encoding="gzip")
    assert reply.body in (page(), page(banner=False))
    lab.events.wait(Kind.INTERNAL, before + 1)
    monkeypatch.undo()
    assert get(lab) == page(banner=False)


def test_a_sink_that_fails_changes_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lab.proxy.statistics.totals().kinds[Kind.PAGE_REWRITTEN]
    monkeypatch.setattr(lab.events, "emit", fail)
    assert get(lab) == page(banner=False)
    assert lab.proxy.statistics.totals().kinds[Kind.PAGE_REWRITTEN] == before + 1


def test_a_host_whose_standing_cannot_be_told_is_handed_through(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab.proxy.addon._scope, "decrypts", fail)
    stranger = Client(lab.proxy.address, lab.origin.authority)
    reply = stranger.get(f"https://{RULED}/page.html")
    assert (reply.body, reply.certificate) == (page(), lab.origin.certificate)
    lab.events.wait(Kind.INTERNAL)


@pytest.mark.long
def test_many_clients_with_hard_pages_among_them(lab: Lab) -> None:
    hard: Route = lambda _: message(BANNER.encode() + b"<div>" * 2000)  # noqa: E731 - a route
    lab.origin.serve("/deep.html", hard)
    paths = ["/deep.html" if number % 5 == 0 else "/page.html" for number in range(100)]
    with ThreadPoolExecutor(20) as pool:
        bodies = list(pool.map(lambda path: get(lab, path), paths))
    assert [body == page(banner=False) for body in bodies] == [path == "/page.html" for path in paths]
