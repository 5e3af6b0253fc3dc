"""Fetches a page as a browser would: through the proxy's CONNECT, TLS inside, its certificate checked."""

import http.client
import socket
import ssl
from pathlib import Path

from filterproxy.demo.outcome import Fetched
from filterproxy.demo.pages import SamplePage

PATIENCE = 15.0  # seconds; a page takes milliseconds


class FetchError(Exception):
    """A page that did not come; says what did."""


def fetch(page: SamplePage, address: tuple[str, int], authority: Path, *, through_proxy: bool) -> Fetched:
    """Get a page over HTTPS.

    Args:
        page: which.
        address: of the proxy, or of the site itself.
        authority: certificate (PEM) that must vouch for the page's host, and the only one that may.
        through_proxy: whether `address` is a proxy's (RFC 9110, 9.3.6, CONNECT) or the site's own.

    Raises:
        FetchError: no connection, a certificate that is not vouched for, or an answer that is no 200.
    """
    context = ssl.create_default_context(cafile=str(authority))
    connection: http.client.HTTPConnection
    if through_proxy:
        connection = http.client.HTTPSConnection(*address, context=context, timeout=PATIENCE)
        connection.set_tunnel(page.host, 443)
    else:
        connection = _DirectConnection(page.host, address, context)
    try:
        connection.request("GET", page.path, headers={"Host": page.host, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise FetchError(f"{page.url}: {error}") from error
    finally:
        connection.close()
    if answer.status != http.client.OK or answer.headers.get("Content-Encoding"):
        raise FetchError(f"{page.url}: {answer.status} {answer.reason}, {answer.headers.get('Content-Type')}")
    return Fetched(body, answer.headers.get("Content-Type", ""))


class _DirectConnection(http.client.HTTPSConnection):
    """To the site's own port, under the page's host name."""

    def __init__(self, host: str, address: tuple[str, int], context: ssl.SSLContext) -> None:
        super().__init__(host, context=context, timeout=PATIENCE)
        self._address = address
        self._site_context = context

    def connect(self) -> None:
        """Connect to the address, ask for the host by SNI."""
        plain = socket.create_connection(self._address, PATIENCE)
        self.sock = self._site_context.wrap_socket(plain, server_hostname=self.host)
