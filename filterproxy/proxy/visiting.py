"""Visits pages through the proxy that records them, each redirect on the way, with a browser's cookies."""

import re
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse
from http.cookiejar import CookieJar
from threading import Lock
from time import monotonic
from typing import cast
from urllib.parse import urldefrag, urljoin, urlsplit

from filterproxy.proxy.client import Answer, Client, NoAnswer
from filterproxy.recordings.secrets import field_is_secret
from filterproxy.report.events import Event, HostEvent, Kind

MOST_REDIRECTS = 10  # browsers give up after 20; a page that needs more than 10 is a loop
REDIRECTS = frozenset({301, 302, 303, 307, 308})
BROWSER_FIELDS = (
    ("Upgrade-Insecure-Requests", "1"),
    (
        "User-Agent",
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/142.0.0.0 Safari/537.36"
        ),
    ),
    (
        "Accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    ),
    ("Sec-Fetch-Site", "none"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-User", "?1"),
    ("Sec-Fetch-Dest", "document"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"),
)
"""What Chrome sends when an address is typed in."""

_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "proxy-connection", "te", "upgrade"}
)
_ERRNO = re.compile(r"\A\[Errno -?[0-9]+\] ")  # a number that says nothing to people
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_TO_ITS_HOST_ALONE = frozenset({"cookie", "authorization", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a URL.

    Attributes:
        url: as it was given.
        at: where the redirects ended, or how far they led.
        status: of the last answer; 0: none came.
        type: its Content-Type.
        size: bytes of its body, in its content coding.
        redirects: how many were followed.
        problem: why the page did not come; empty: it did. An answer of 400 and above is one that came.
        pages: HTML pages that came with it, of frames as well.
        others: other answers that came with it.
    """

    url: str
    at: str = ""
    status: int = 0
    type: str = ""
    size: int = 0
    redirects: int = 0
    problem: str = ""
    pages: int = 0
    others: int = 0


class Failures:
    """An event sink that keeps why exchanges had no answer, the last of each host."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: dict[str, str] = {}

    def emit(self, event: Event) -> None:
        """Keep it."""
        if isinstance(event, HostEvent) and event.kind is Kind.NO_ANSWER:
            with self._lock:
                self._last[event.host.lower()] = _ERRNO.sub("", event.detail) or "no answer"

    def take(self, url: str = "") -> str:
        """The last of this URL's host since they were taken; empty: none. All hosts' are forgotten."""
        with self._lock:
            last, self._last = self._last, {}
        return last.get(_host(url), "")


class Visitor:
    """Visits one page after the other, with one set of cookies.

    Args:
        client: of the proxy.
        failures: a sink of the same proxy.
        fields: header fields in place of, or besides, a browser's; those that open accounts go to
            the host of the URL that was given alone, not to where it redirects.
        seconds: for a page with all its redirects.
    """

    def __init__(
        self, client: Client, failures: Failures, fields: Sequence[tuple[str, str]], seconds: float
    ) -> None:
        self._client = client
        self._failures = failures
        own = {name.lower() for name, _ in fields}
        self._fields = (*(field for field in BROWSER_FIELDS if field[0].lower() not in own), *fields)
        self._seconds = seconds
        self._jar = CookieJar()

    def visit(self, url: str) -> Visit:
        """Get a page; never raises."""
        until = monotonic() + self._seconds
        at, first = urldefrag(url)[0], _host(url)
        visit = Visit(url, at)
        for redirects in range(MOST_REDIRECTS + 1):
            self._failures.take()
            try:
                answer = self._client.get(
                    at, self._sent(at, first), max(0.001, until - monotonic()), keep=False
                )
            except NoAnswer as error:
                return Visit(
                    url, at, redirects=redirects, problem=self._failures.take(at) or self._told(error)
                )
            if failure := self._failures.take(at):  # the answer is the proxy's own
                return Visit(url, at, redirects=redirects, problem=failure)
            self._keep_cookies(at, answer)
            visit = Visit(url, at, answer.status, answer.field("content-type"), answer.size, redirects)
            location = answer.field("location")
            if answer.status not in REDIRECTS or not location:
                return visit
            at = urldefrag(urljoin(at, location))[0]
        return Visit(url, visit.at, redirects=MOST_REDIRECTS, problem=f"more than {MOST_REDIRECTS} redirects")

    def _told(self, error: NoAnswer) -> str:
        text = str(error)
        return f"no whole answer within {self._seconds:g} s" if text.startswith("no whole answer") else text

    def _sent(self, url: str, first: str) -> list[tuple[str, str]]:
        at_home = _host(url) == first
        sent = [(name, value) for name, value in self._fields if at_home or not _opens_accounts(name)]
        if not any(name.lower() == "cookie" for name, _ in sent):
            request = _request(url)
            if request is not None:
                self._jar.add_cookie_header(request)
                sent += [("Cookie", value) for value in [request.get_header("Cookie")] if value]
        return sent

    def _keep_cookies(self, url: str, answer: Answer) -> None:
        request = _request(url)
        if request is not None:
            self._jar.extract_cookies(cast("HTTPResponse", _Answered(answer.message)), request)


def header_field(text: str) -> tuple[str, str]:
    """A header field as it is written on a command line, `Name: value`.

    Raises:
        ValueError: it is none, or one that the connection needs for itself.
    """
    name, colon, value = text.partition(":")
    value = value.strip(" \t")
    if not colon or not _TOKEN.fullmatch(name):
        raise ValueError(f"{text!r} is no NAME:VALUE")
    if name.lower() in _OURS:
        raise ValueError(f"{name} is for the connection to set")
    if any(ord(char) in (0, 10, 13) or ord(char) > 255 for char in value):  # noqa: PLR2004 - latin-1's last
        raise ValueError(f"the value of {name} holds characters that no header field may have")
    return name, value


def _opens_accounts(name: str) -> bool:
    return name.lower() in _TO_ITS_HOST_ALONE or field_is_secret(name)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _request(url: str) -> urllib.request.Request | None:
    try:
        return urllib.request.Request(url)  # noqa: S310 - never opened: what a cookie jar asks of
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a cookie jar wants of an answer."""

    message: HTTPMessage

    def info(self) -> HTTPMessage:
        """Its header fields."""
        return self.message
