"""A real HTTP and HTTPS origin on loopback whose answers are bytes that a test chooses."""

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import MSG_PEEK, SHUT_RDWR, socket
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import override

from filterproxy.demo.certificate import SITE_CERTIFICATE, make_site_certificate

LOOPBACK = "127.0.0.1"
PATIENCE = 10.0  # seconds an idle connection is kept
TLS_HANDSHAKE = b"\x16"


@dataclass(frozen=True, slots=True)
class Request:
    """What came: names of fields in lower case, the last of several values."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Without the query."""
        return self.target.partition("?")[0]


type Answer = bytes | Iterable[bytes | float]
"""A whole message, after which the connection stays; or pieces and seconds to wait, after which it ends."""

type Route = Callable[[Request], Answer]


def message(
    body: bytes | str = b"",
    *fields: tuple[str, str],
    status: str = "200 OK",
    content_type: str | None = "text/html; charset=utf-8",
    length: int | None = None,
) -> bytes:
    """An HTTP/1.1 message with a Content-Length (`length`, else the body's); -1: none."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields)]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    if length != -1:
        lines.append(f"Content-Length: {len(raw) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + raw


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


@dataclass
class Origin:
    """A running origin: routes by path, what was asked, and the certificate its hosts have."""

    port: int
    authority: Path
    certificate: bytes  # DER, of the hosts themselves
    routes: dict[str, Route] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def serve(self, path: str, answer: Answer | Route) -> None:
        """Answer this path from now on; an answer of pieces has to be given as a function."""
        self.routes[path] = answer if callable(answer) else lambda _: answer

    def asked(self, path: str) -> list[Request]:
        """The requests for a path so far."""
        return [request for request in self.requests if request.path == path]


class _Handler(BaseRequestHandler):
    server: "_Server"

    @override
    def handle(self) -> None:
        connection: socket = self.request
        connection.settimeout(PATIENCE)
        with suppress(OSError):  # a client that goes away, or does not like our certificate
            if connection.recv(1, MSG_PEEK) == TLS_HANDSHAKE:
                connection = self.server.context.wrap_socket(connection, server_side=True)
            with connection:
                while (request := _read(connection)) is not None and self._answer(connection, request):
                    pass
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)

    def _answer(self, connection: socket, request: Request) -> bool:
        origin = self.server.origin
        origin.requests.append(request)
        route = origin.routes.get(request.path)
        answer = message("no such page", status="404 Not Found") if route is None else route(request)
        if isinstance(answer, bytes):
            connection.sendall(answer)
            return request.headers.get("connection", "").lower() != "close"
        for piece in answer:
            if isinstance(piece, float):
                if self.server.ending.wait(piece):
                    return False
            else:
                connection.sendall(piece)
        return False


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, context: ssl.SSLContext, authority: Path, certificate: bytes) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.context = context
        self.origin = Origin(int(self.server_address[1]), authority, certificate)
        self.ending = threading.Event()

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: what a handler failed on shows in what the client got."""


def _read(connection: socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Request(method, target, headers, body)


@contextmanager
def running_origin(hosts: Iterable[str], folder: Path) -> Iterator[Origin]:
    """Serve while the context is open; `folder` is private and gets the certificates."""
    authority, context = make_site_certificate(hosts, folder)
    certificate = ssl.PEM_cert_to_DER_cert((folder / SITE_CERTIFICATE).read_text())
    with _Server(context, authority, certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.origin
        finally:
            server.ending.set()
            server.shutdown()
            thread.join(PATIENCE)


def wait_until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until it is; AssertionError where it never is."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)
