"""A real HTTP client that goes through a proxy and keeps what came as it came."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `first` and `seconds` are times until the first byte of the body and its end."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    first: float
    seconds: float
    certificate: bytes | None

    def field(self, name: str) -> str | None:
        """The value of a field, several joined; None where it is not there."""
        found = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(found) if found else None


class Gate:
    """Holds an origin's answer until the client has its first byte: shows what streams, on any machine.

    Attributes:
        passed: the client had it while the origin still waited.
    """

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.passed = False

    def wait(self) -> Iterator[float]:
        """Pieces of an answer that wait, for five seconds at most."""
        for _ in range(250):
            if self.opened.is_set():
                self.passed = True
                return
            yield 0.02


@dataclass(frozen=True, slots=True)
class Client:
    """Gets pages through the proxy at `address`; over TLS it trusts `authority` alone."""

    address: tuple[str, int]
    authority: Path

    def connect(self, url: str) -> http.client.HTTPConnection:
        """A connection on which the URL's path may be asked for."""
        parts = urlsplit(url)
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=str(self.authority))
            connection = http.client.HTTPSConnection(*self.address, context=context, timeout=PATIENCE)
            connection.set_tunnel(parts.hostname or "", parts.port or 443)
            return connection
        return http.client.HTTPConnection(*self.address, timeout=PATIENCE)

    def get(
        self,
        url: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        gate: Gate | None = None,
        **headers: str,
    ) -> Reply:
        """Ask and read all of it; `gate` is opened at the first byte. Fields are named with `_` for `-`."""
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        target = f"{parts.path}{query}" if parts.scheme == "https" else url
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self.connect(url)
        began = time.monotonic()
        try:
            connection.request(method, target, body, {"Host": parts.netloc, "Accept": "text/html", **fields})
            answer = connection.getresponse()
            start = answer.read(1)
            first = time.monotonic() - began
            if gate is not None:
                gate.opened.set()
            data = start + answer.read()
            certificate = (
                connection.sock.getpeercert(binary_form=True)
                if isinstance(connection.sock, ssl.SSLSocket)
                else None
            )
        finally:
            connection.close()
        return Reply(
            answer.status, tuple(answer.getheaders()), data, first, time.monotonic() - began, certificate
        )

    def raw(self, data: bytes, seconds: float = 5.0) -> bytes:
        """Send these bytes to the proxy, and all it sends until it ends the connection or falls silent."""
        received = b""
        with socket.create_connection(self.address, seconds) as connection:
            connection.sendall(data)
            try:
                while more := connection.recv(65536):
                    received += more
            except TimeoutError:
                return received
            except ConnectionResetError:
                return received
        return received
