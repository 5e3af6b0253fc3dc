"""What is under way through the proxy: who records a browser wants to know when a page is done."""

import threading
import time
from dataclasses import dataclass
from urllib.parse import urljoin

from mitmproxy.http import HTTPFlow, Response

from filterproxy.classify.response import admit
from filterproxy.proxy import exchange
from filterproxy.proxy.recorder import Listener


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that came whole.

    Attributes:
        url: asked for.
        status: of the answer.
        type: its Content-Type, as it came.
        size: bytes of its body in its content coding; of one that streams, as far as a recorder listens.
        page: an HTML page, as the proxy would look into, and none that says what is wrong.
        location: where a redirect leads, made absolute; else empty.
    """

    url: str
    status: int
    type: str
    size: int
    page: bool
    location: str


class Activity:
    """A mitmproxy addon that counts requests under way and keeps what was answered until it is taken.

    Attributes:
        begun: requests so far.
    """

    name = "filterproxy_activity"

    def __init__(self) -> None:
        self.begun = 0
        self._lock = threading.Lock()
        self._open: set[str] = set()
        self._answered: list[Answered] = []
        self._last = time.monotonic()

    def requestheaders(self, flow: HTTPFlow) -> None:
        """One has begun."""
        self.begun += 1
        self._note(flow, under_way=True)

    def response(self, flow: HTTPFlow) -> None:
        """One is answered."""
        self._note(flow, under_way=False)
        response = flow.response
        if response is None:
            return
        url, status = exchange.url(flow), response.status_code
        location = response.headers.get("location", "") if status in _REDIRECTS else ""
        answered = Answered(
            url,
            status,
            response.headers.get("content-type", ""),
            _size(response),
            status < _WRONG and admit(flow.request.method, status, response.headers.fields) is None,
            urljoin(url, location) if location else "",
        )
        with self._lock:
            self._answered.append(answered)

    def error(self, flow: HTTPFlow) -> None:
        """One is given up."""
        self._note(flow, under_way=False)

    def quiet(self) -> tuple[float, int]:
        """Seconds since a request began or ended, and how many are under way."""
        with self._lock:
            return time.monotonic() - self._last, len(self._open)

    def take(self) -> list[Answered]:
        """What was answered since it was taken last, in order."""
        with self._lock:
            taken, self._answered = self._answered, []
        return taken

    def _note(self, flow: HTTPFlow, *, under_way: bool) -> None:
        with self._lock:
            (self._open.add if under_way else self._open.discard)(flow.id)
            self._last = time.monotonic()


def _size(response: Response) -> int:
    if isinstance(response.stream, Listener):
        return response.stream.size
    return len(response.raw_content or b"")


_WRONG = 400
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
