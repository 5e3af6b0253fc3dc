"""Pages made to do harm, through `Rewriter`: each passes as it came, in time, and holds up nobody."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import brotli
import pytest

from filterproxy.engine import Rewritten
from filterproxy.errors import SkipReason
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import MIB, Settings

URL = "https://news.example/a.html"
RULES = """
version: 1
site: news.example
rules:
  - id: ad
    category: ad
    remove: div.ad
"""
HTML = (b"Content-Type", b"text/html; charset=utf-8")
PAGE = ("<!doctype html><body><p>第一段的文字</p><div class=ad>广告</div>" + "<p>正文</p>" * 500).encode()


@pytest.fixture
def rewriter(tmp_path: Path) -> Iterator[Rewriter]:
    (tmp_path / "news.yaml").write_text(RULES, "utf-8")
    with Rewriter(load_ruleset([tmp_path]), Settings()) as made:
        assert made._pool.wait_ready(30)
        yield made


def bomb() -> bytes:
    stream = brotli.Compressor(quality=5, lgwin=24)
    pieces: list[bytes] = [stream.process(bytes(MIB)) for _ in range(1024)]
    return b"".join([*pieces, stream.finish()])


def nested() -> bytes:
    return b"<div class=ad>" * 200_000


HARD: dict[str, tuple[Callable[[], bytes], bytes, SkipReason]] = {
    "nested": (nested, b"identity", SkipReason.NESTED_TOO_DEEP),
    "bomb": (bomb, b"br", SkipReason.BODY_TOO_LARGE),
}


@pytest.mark.parametrize(("make", "coding", "reason"), HARD.values(), ids=HARD.keys())
def test_a_hard_page_passes_in_time_while_others_are_served(
    rewriter: Rewriter, make: Callable[[], bytes], coding: bytes, reason: SkipReason
) -> None:
    body, headers = make(), [HTML, (b"Content-Encoding", coding)]
    start = time.monotonic()
    future = rewriter.submit_response(body, headers, url=URL)
    assert_others_are_served(rewriter, future)
    rewritten = future.result(0)
    assert time.monotonic() - start < Settings().limits.deadline + 0.5
    assert rewritten.page.skipped is reason
    assert rewritten.body is body
    assert rewritten.headers is headers


def test_a_killed_worker_costs_its_page_alone(rewriter: Rewriter) -> None:
    body = PAGE * 100
    costs: list[int] = []
    while 1 not in costs:
        assert len(costs) < 50  # a kill may come when nothing is under way: then nothing is lost
        start = time.monotonic()
        futures = [rewriter.submit_response(body, [HTML], url=URL) for _ in range(4)]
        time.sleep(len(costs) * 0.001)
        os.kill(worker_pids(rewriter)[0], signal.SIGKILL)
        outcomes = [future.result(10) for future in futures]
        lost = [rewritten for rewritten in outcomes if rewritten.page.skipped is not None]
        assert {rewritten.page.skipped for rewritten in lost} <= {SkipReason.WORKER_LOST}
        assert all(rewritten.body is body for rewritten in lost)
        assert time.monotonic() - start < Settings().limits.deadline + 0.5
        costs.append(len(lost))
    assert set(costs) <= {0, 1}
    time.sleep(0.1)
    assert_others_are_served(rewriter, futures[0])


def assert_others_are_served(rewriter: Rewriter, hard: Future[Rewritten]) -> None:
    """At least twenty pages, and until the hard one is done; each filtered, each soon."""
    served = 0
    while served < 20 or not hard.done():
        start = time.monotonic()
        rewritten = rewriter.submit_response(PAGE, [HTML], url=URL).result(5)
        assert rewritten.body == PAGE.replace("<div class=ad>广告</div>".encode(), b"")
        assert dict(rewritten.headers)[b"Content-Length"] == str(len(rewritten.body)).encode()
        assert time.monotonic() - start < 0.5
        served += 1


def worker_pids(rewriter: Rewriter) -> list[int]:
    return [lane.child._process.pid for lane in rewriter._pool._lanes if lane.child is not None]
