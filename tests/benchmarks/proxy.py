"""What lists cost the proxy as it runs: start to listening, memory, a request in the addon's own hooks.

    python -m tests.benchmarks.proxy [--rounds N]

EasyList, EasyPrivacy and EasyList China beside the checkout, compiled beforehand in a home of their own.
`filterproxy run` is started with and without them in turn; memory is read when it has answered requests.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mitmproxy.http import Headers, HTTPFlow, Request
from mitmproxy.test.tflow import tclient_conn, tserver_conn

from filterproxy.classify.request_type import purpose_of
from filterproxy.lists.cache import CompiledLists, ListCache
from filterproxy.lists.store import ListStore, State, Subscription
from filterproxy.proxy.requests import RequestSide
from filterproxy.report.statistics import Statistics
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.store import load_ruleset
from tests.benchmarks.lists import LISTS
from tests.benchmarks.rewriting import BUNDLED
from tests.support.command import FILTERPROXY
from tests.support.corpus import CORPUS

MB = 1e6
DESTINATIONS = {
    "script": "script",
    "image": "image",
    "stylesheet": "style",
    "document": "document",
    "sub_frame": "iframe",
    "subdocument": "iframe",
    "font": "font",
    "media": "video",
    "object": "object",
    "ping": "report",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.proxy", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        lists = compiled(home).build()
        assert lists is not None
        _starts(home, options.rounds)
        _requests(lists, options.rounds)


def compiled(home: Path) -> ListCache:
    """The cache of a home in which the lists are subscribed to."""
    store = ListStore(home / "data/filterproxy/lists")
    for name, category in LISTS.items():
        path = CORPUS / "lists" / f"{name}.txt"
        store.add(Subscription(name, str(path), category))
        store.keep(name, State(), path.read_bytes())
    return ListCache(store, home / "cache/filterproxy/lists")


def _starts(home: Path, rounds: int) -> None:
    found = [[_started(home, *more) for more in (("--no-lists",), ())] for _ in range(rounds)]
    names = (
        "start to listening, s, the quickest",
        "of its processor, s, the quickest",
        "resident memory of the proxy, MB",
        "of its workers together, MB",
    )
    for at, name in enumerate(names):
        of = statistics.median if "MB" in name else min  # of times the least disturbed
        without, beside = (of([run[column][at] for run in found]) for column in (0, 1))
        _say(name, f"{without:.2f}, with lists {beside:.2f}: {beside - without:+.2f}")


def _started(home: Path, *more: str) -> tuple[float, float, float, float]:
    """Seconds until it listens, by the clock and of its processor; resident MB of it and of its workers.

    Memory is read when it has answered requests.
    """
    command = [*FILTERPROXY, "run", "--json", "--listen", "127.0.0.1:0", *more]
    environment = {**os.environ, "HOME": str(home)}
    for kind in ("config", "data", "cache"):
        environment[f"XDG_{kind.upper()}_HOME"] = str(home / kind)
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        told = next(event for event in map(json.loads, process.stdout) if event["kind"] == "listening")
        seconds = time.perf_counter() - began
        ticks = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
        host, _, port = told["host"].rpartition(":")
        _ask((host, int(port)))
        own = _resident(process.pid)
        workers = sum(map(_resident, _children(process.pid)))
        process.terminate()
    return seconds, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), own / MB, workers / MB


def _ask(address: tuple[str, int]) -> None:
    """Requests of hosts that lists block, and that do not exist (RFC 2606), so that none is sent."""
    for number in range(50):
        target = f"doubleclick.net:{443 + number}" if number % 2 else f"n{number}.invalid:443"
        with socket.create_connection(address, 10) as plain:
            if number % 2:
                plain.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
                plain.recv(4096)


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text("ascii").split()):
            yield child
            yield from _children(child)


def real_requests() -> list[tuple[str, str, str]]:
    """Address, page and type of real requests."""
    lines = (CORPUS / "requests" / "real.jsonl").read_text("utf-8").splitlines()
    return [(asked["url"], asked["source"], asked["type"]) for asked in map(json.loads, lines)]


def flow_of(url: str, source: str, kind: str) -> HTTPFlow:
    """A request as Chromium sends it."""
    flow = HTTPFlow(tclient_conn(), tserver_conn())
    flow.request = Request.make("GET", url)
    destination = DESTINATIONS.get(kind, "empty")
    flow.request.headers = Headers(
        [
            (b"Host", flow.request.host.encode("idna")),
            (b"User-Agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0"),
            (b"Accept", b"*/*"),
            (b"Sec-Fetch-Site", b"cross-site"),
            (b"Sec-Fetch-Mode", b"no-cors"),
            (b"Sec-Fetch-Dest", destination.encode()),
            (b"Referer", source.encode("ascii", "ignore")),
            (b"Accept-Encoding", b"gzip, deflate, br, zstd"),
            (b"Accept-Language", b"zh-CN,zh;q=0.9"),
        ]
    )
    return flow


@contextmanager
def request_side(lists: CompiledLists, sink: Statistics) -> Iterator[RequestSide]:
    """What the addon asks of requests, with the bundled rules and these lists."""
    with Rewriter(load_ruleset([BUNDLED])) as rewriter:
        yield RequestSide(rewriter, frozenset(), sink, lists.layer)


def _requests(lists: CompiledLists, rounds: int) -> None:
    asked = real_requests()
    flows = [flow_of(*request) for request in asked]
    heads = [(flow.request.pretty_url, flow.request.headers.fields) for flow in flows]
    sink = Statistics()
    with request_side(lists, sink) as side:
        decided, hooks = [], []
        for _ in range(rounds):
            decided.append(_decided(side, heads))
            hooks.append(_hooked(side, flows))
    size = len(asked)
    _say(f"purpose and verdict of a request, of {size:,}", f"{min(decided):.1f} µs, first {decided[0]:.1f}")
    _say("the whole hook, with stand-in and report", f"{min(hooks):.1f} µs, first {hooks[0]:.1f}")
    blocked = sink.totals().kinds["request-blocked"] // rounds
    _say("blocked", f"{blocked:,} of {size:,}")


def _decided(side: RequestSide, heads: Sequence[tuple[str, tuple[tuple[bytes, bytes], ...]]]) -> float:
    began = time.thread_time()
    for url, fields in heads:
        purpose = purpose_of("GET", url, fields)
        side.filter.verdict(url, purpose.source, purpose.kind)
    return (time.thread_time() - began) / len(heads) * 1e6


def _hooked(side: RequestSide, flows: Sequence[HTTPFlow]) -> float:
    began = time.thread_time()
    for flow in flows:
        side.block(flow)
    return (time.thread_time() - began) / len(flows) * 1e6


def _say(what: str, figure: str) -> None:
    sys.stdout.write(f"{what:48} {figure}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
