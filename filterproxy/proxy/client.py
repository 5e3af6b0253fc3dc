"""Asks for a page through the proxy, as a browser does: absolute form, or TLS inside CONNECT."""

import http.client
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from filterproxy.errors import FilterProxyError

_CHUNK = 1 << 16
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]^`{|}~\"<>\\"  # what is ASCII goes as it was written, white space apart


class NoAnswer(FilterProxyError):  # noqa: N818 - what happened, in the field's words
    """A page that did not come whole; says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came.

    Attributes:
        url: as it was asked for.
        status: of the answer.
        fields: header fields in their order, as received.
        body: in its content coding; empty where it was not to be kept.
        size: bytes of the body as they came.
        message: the fields once more, for `http.cookiejar`.
    """

    url: str
    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes
    size: int
    message: http.client.HTTPMessage

    def field(self, name: str) -> str:
        """The first value of a field; empty where there is none."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.fields if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the proxy at `address`; over TLS it trusts `authority` (PEM) alone: the proxy's."""

    address: tuple[str, int]
    authority: Path

    def get(
        self, url: str, fields: Iterable[tuple[str, str]], seconds: float, *, keep: bool = True
    ) -> Answer:
        """The answer to a GET, redirects not followed; each call has a connection of its own.

        Args:
            url: http or https; what is not ASCII in it is percent-encoded as UTF-8 (WHATWG URL).
            fields: header fields besides Host.
            seconds: for all of it.
            keep: the body is wanted; else it is read and counted.

        Raises:
            NoAnswer: no URL of the web, no connection, or an answer that broke off or took too long.
        """
        until = time.monotonic() + seconds
        try:
            host, port, target, secure = _parts(url)
        except (ValueError, UnicodeError) as error:
            raise NoAnswer(f"no http or https URL: {error}") from error
        connection = self._connection(host, port, seconds, secure=secure)
        try:
            shown = f"[{host}]" if ":" in host else host
            named = shown if port is None else f"{shown}:{port}"
            connection.putrequest("GET", target if secure else f"http://{named}{target}", True, True)  # noqa: FBT003 - http.client's own
            for name, value in (("Host", named), *fields):
                connection.putheader(name, value.encode("latin-1"))
            connection.endheaders()
            return _read(url, connection, until, keep=keep)
        except TimeoutError as error:
            raise NoAnswer(f"no whole answer within {seconds:g} s") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NoAnswer(str(error) or type(error).__name__) from error
        finally:
            connection.close()

    def _connection(
        self, host: str, port: int | None, seconds: float, *, secure: bool
    ) -> http.client.HTTPConnection:
        if not secure:
            return http.client.HTTPConnection(*self.address, timeout=seconds)
        context = ssl.create_default_context(cafile=str(self.authority))
        connection = http.client.HTTPSConnection(*self.address, context=context, timeout=seconds)
        connection.set_tunnel(host, port or 443)
        return connection


def as_asked(url: str) -> str:
    """A URL as a browser writes it: host in ASCII, no default port, no fragment, a path at least.

    Raises:
        ValueError: it is none of http or https.
    """
    host, port, target, secure = _parts(url)
    scheme, usual = ("https", 443) if secure else ("http", 80)
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}{'' if port in (None, usual) else f':{port}'}{target}"


def _parts(url: str) -> tuple[str, int | None, str, bool]:
    """Host (in ASCII), port, target in origin form, whether TLS is spoken."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(url[:100])
    host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode("ascii")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, parts.port, quote(target, safe=_AS_IT_IS), parts.scheme == "https"


def _read(url: str, connection: http.client.HTTPConnection, until: float, *, keep: bool) -> Answer:
    response = connection.getresponse()
    body, size = [], 0
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if connection.sock is not None:  # none: the answer alone has it, and ends the connection
            connection.sock.settimeout(left)
        chunk = response.read1(_CHUNK)
        if not chunk:
            break
        size += len(chunk)
        if keep:
            body.append(chunk)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    fields = tuple(
        (name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.getheaders()
    )
    return Answer(url, response.status, fields, b"".join(body), size, response.msg)
