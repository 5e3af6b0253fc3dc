"""Serves the sample site on loopback: every host of it on one port, plain and TLS alike."""

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, override

from filterproxy.demo.certificate import make_site_certificate
from filterproxy.demo.pages import PAGES, find, site_hosts

LOOPBACK = "127.0.0.1"
TLS_HANDSHAKE = 0x16  # the first byte of a TLS connection (RFC 8446, 5.1: content type handshake)
PATIENCE = 10.0  # seconds an idle connection is kept
TRACKER_DELAY = 0.015  # seconds a statistics or advert host takes to answer
PAGE_HOSTS = frozenset(page.host for page in PAGES)
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".htm": "text/html",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/png",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
SCRIPT = CONTENT_TYPES[".js"]  # what tracker hosts send under names like z_stat.php


class SiteHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the site's folder and takes beacons; everything else is 404."""

    protocol_version = "HTTP/1.1"
    server_version = "sample-site"
    sys_version = ""
    timeout = PATIENCE
    server: "SiteServer"

    def do_GET(self) -> None:
        """Send the file of this host and path."""
        host, path = self._asked()
        try:
            file = find(host, path)
            body = file.read_bytes()
        except FileNotFoundError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        suffix = "." + file.name.rpartition(".")[2]
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPES.get(suffix, SCRIPT))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the name http.server calls

    def do_POST(self) -> None:
        """Take a beacon and say nothing."""
        self._asked()
        with suppress(ValueError):
            self.rfile.read(min(int(self.headers.get("Content-Length", "0")), 1 << 16))
        self.send_response(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def _asked(self) -> tuple[str, str]:
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        self.server.hits[host] += 1
        if host not in PAGE_HOSTS:
            time.sleep(TRACKER_DELAY)
        return host, self.path.partition("?")[0]

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the demonstration's own output is what is to be read."""


class SiteServer(ThreadingHTTPServer):
    """Listens on a loopback port; `hits` counts the requests by host."""

    daemon_threads = True
    request_queue_size = 128  # a page asks for many things at once

    def __init__(self, context: ssl.SSLContext, port: int) -> None:
        super().__init__((LOOPBACK, port), SiteHandler)
        self.context = context
        self.hits: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    @override
    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection, in its own thread, as TLS where it begins like TLS."""
        connection: socket.socket = request
        connection.settimeout(PATIENCE)
        with suppress(OSError):  # a client that goes away or speaks neither: its connection ends
            if connection.recv(1, socket.MSG_PEEK) == bytes([TLS_HANDSHAKE]):
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                super().finish_request(connection, client_address)


@contextmanager
def running_site(folder: Path, port: int = 0) -> Iterator[tuple[SiteServer, Path]]:
    """Serve the sample site while the context is open.

    Args:
        folder: a private folder for the throwaway certificate.
        port: where to listen; 0: any free one.

    Yields:
        the server, and the authority's certificate (PEM) that vouches for its hosts.

    Raises:
        OSError: the port is taken.
    """
    authority, context = make_site_certificate(site_hosts(), folder)
    with SiteServer(context, port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server, authority
        finally:
            server.shutdown()
            thread.join(PATIENCE)
