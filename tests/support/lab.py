"""A proxy in front of a test origin, with rules of the test's own, and what it reports."""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filterproxy.errors import SkipReason
from filterproxy.proxy.server import ProxyConfig, RunningProxy, running_proxy
from filterproxy.report.events import Event, HostEvent, Kind, PageEvent
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Limits, Settings
from tests.support.client import Client
from tests.support.server import LOOPBACK, Origin, running_origin

RULED, GBK, OTHER, PINNED = "news.example", "gbk.example", "other.example", "pinned.example"
HOSTS = (RULED, GBK, OTHER, PINNED)
UNVOUCHED = f"www.{RULED}"  # ruled as a subdomain; the origin's certificate is not for it
DEADLINE = 1.0  # seconds

RULES = f"""\
version: 1
site: [{RULED}, {GBK}, {PINNED}]
rules:
  - id: banner
    category: close-ad
    remove: .banner
  - id: guess
    category: recommended
    section: 猜你喜欢
"""

BANNER = '<div class="banner">关闭广告</div>'
PAGE = (
    '<!DOCTYPE html><html><head><meta charset="{charset}"><title>题</title></head><body>{banner}'
    "<p>正文第一段，说一件事。</p></body></html>"
)


def page(*, banner: bool = True, charset: str = "utf-8") -> bytes:
    """The page with or without what the rule takes, in a charset."""
    return PAGE.format(charset=charset, banner=BANNER if banner else "").encode(charset)


class Events:
    """An event sink that keeps everything."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._came = threading.Condition()

    def emit(self, event: Event) -> None:
        """Keep it."""
        with self._came:
            self.all.append(event)
            self._came.notify_all()

    def hosts(self, kind: Kind) -> list[str]:
        """Of the host events of a kind, the hosts."""
        return [event.host for event in self.all if isinstance(event, HostEvent) and event.kind is kind]

    def pages(self, path: str) -> list[PageEvent]:
        """The page events of a path, any host."""
        return [e for e in self.all if isinstance(e, PageEvent) and e.url.partition("?")[0].endswith(path)]

    def skipped(self, path: str) -> SkipReason | None:
        """Why the last page of this path was skipped, once that is reported."""
        with self._came:
            assert self._came.wait_for(lambda: self.pages(path), 5), f"nothing was said of {path}"
            return self.pages(path)[-1].skipped

    def wait(self, kind: Kind, count: int = 1) -> None:
        """Wait until so many of a kind have come."""
        with self._came:
            came = self._came.wait_for(lambda: sum(e.kind is kind for e in self.all) >= count, 10)
            assert came, f"{kind} never came: {self.all}"


@dataclass(frozen=True, slots=True)
class Lab:
    """All of it, running."""

    origin: Origin
    proxy: RunningProxy
    events: Events
    client: Client
    rules: Path

    def workers(self) -> list[int]:
        """The worker processes."""
        lanes = self.proxy.rewriter._pool._lanes
        return [lane.child._process.pid for lane in lanes if lane.child is not None]

    def stop_workers(self, count: int) -> list[int]:
        """Hold some of them where they are, as a page that hangs would."""
        held = self.workers()[:count]
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        return held

    def ready(self) -> None:
        """Wait for the workers."""
        assert self.proxy.rewriter.wait_ready(30)


@contextmanager
def running_lab(folder: Path, rules: str = RULES, **options: object) -> Iterator[Lab]:
    """An origin for `HOSTS`, and a proxy that reaches it; `options` are ProxyConfig's."""
    place = folder / "rules"
    place.mkdir(parents=True)
    (place / "site.yaml").write_text(rules, encoding="utf-8")
    (folder / "origin").mkdir()
    with running_origin(HOSTS, folder / "origin") as origin:
        upstreams: Mapping[str, tuple[str, int]] = dict.fromkeys((*HOSTS, UNVOUCHED), (LOOPBACK, origin.port))
        config = ProxyConfig(
            load_ruleset([place]),
            port=0,
            confdir=folder / "confdir",
            settings=Settings(limits=Limits(deadline=DEADLINE)),
            upstreams=upstreams,
            upstream_ca=origin.authority,
        )
        events = Events()
        with running_proxy(replace(config, **options), [events]) as proxy:  # type: ignore[arg-type]  # as named
            lab = Lab(origin, proxy, events, Client(proxy.address, proxy.authority), place)
            yield lab
