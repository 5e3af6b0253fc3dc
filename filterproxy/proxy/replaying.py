"""Recorded pages end to end: over real sockets and TLS, through the real proxy, with no server behind it."""

import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filterproxy.classify.fields import HeaderFields
from filterproxy.proxy.client import Client, NoAnswer
from filterproxy.proxy.recorded import NOT_RECORDED
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, running_proxy
from filterproxy.report.events import Event, PageEvent
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings

PATIENCE = 30.0  # seconds for one page: the deadline of a page's rewriting is far below
FIELDS = (
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Encoding", "identity"),
)


@dataclass(frozen=True, slots=True)
class EndToEnd:
    """A page as a client of the proxy got it.

    Attributes:
        url: as it was asked for.
        status: of the answer; 404 for what the recording does not have; 0: none came.
        fields: the answer's header fields.
        body: as it came: a filtered page is decoded of its content coding, what was not filtered is in it.
        page: the proxy's account. `page.body` is decoded. None: the proxy said nothing of it.
        absent: the recording has no answer for this URL.
        problem: why no answer came; empty: one did.
    """

    url: str
    status: int = 0
    fields: HeaderFields = ()
    body: bytes = b""
    page: Page | None = None
    absent: bool = False
    problem: str = ""


def replay_through_proxy(
    flow_file: Path, urls: Iterable[str], ruleset: Ruleset, settings: Settings | None = None
) -> Iterator[EndToEnd]:
    """Fetch each URL through a proxy that has its answers from a flow file.

    One page after the other, in the order of `urls`; redirects are not followed. The proxy, its
    certificate authority and its workers are there from the first page until the iterator ends or is
    closed. No server is ever connected to. What goes wrong with a page is its `problem`. One such
    iterator a process at a time.

    Raises:
        SettingsError: the flow file can't be opened.
    """
    with tempfile.TemporaryDirectory(prefix="filterproxy-replay-") as folder:
        config = ProxyConfig(
            ruleset,
            port=0,
            confdir=Path(folder),
            reach=Reach.ALL,
            settings=settings or Settings(),
            replay=flow_file,
        )
        heard = _Heard()
        with running_proxy(config, [heard]) as proxy:
            client = Client(proxy.address, proxy.authority)
            for url in urls:
                heard.take()
                yield _fetch(client, url, heard)


def _fetch(client: Client, url: str, heard: "_Heard") -> EndToEnd:
    try:
        answer = client.get(url, FIELDS, PATIENCE)
    except NoAnswer as error:
        return EndToEnd(url, problem=str(error))
    event = heard.take()
    absent = event is not None and event.detail == NOT_RECORDED
    return EndToEnd(url, answer.status, answer.fields, answer.body, _account(event, answer.body), absent)


def _account(event: PageEvent | None, body: bytes) -> Page | None:
    if event is None:
        return None
    if event.page is not None:
        return event.page
    return Page(body, skipped=event.skipped, detail=event.detail)


class _Heard:
    """An event sink that keeps the last page's: an answer's end comes after its event."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: PageEvent | None = None

    def emit(self, event: Event) -> None:
        """Keep it, if it is a page's."""
        if isinstance(event, PageEvent):
            with self._lock:
                self._last = event

    def take(self) -> PageEvent | None:
        """The last one since it was taken."""
        with self._lock:
            last, self._last = self._last, None
        return last
