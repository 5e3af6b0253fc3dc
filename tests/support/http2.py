"""HTTP/2 (RFC 9113) at both ends of the proxy: what browsers speak to nearly every site."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events

from tests.support.client import PATIENCE, Client

FRAME = 16_384  # bytes, the largest that every peer takes (RFC 9113, 4.2)

type Fields = list[tuple[str, str]]

type Route = Callable[[Fields, bytes], tuple[Fields, bytes, Fields]]
"""From the fields and body of a request to the fields, body and trailers of its answer."""


@dataclass
class Reply:
    """An answer as it came."""

    fields: Fields = field(default_factory=list)
    body: bytes = b""
    trailers: Fields = field(default_factory=list)

    @property
    def status(self) -> int:
        """The status code."""
        return int(dict(self.fields)[":status"])

    def field(self, name: str) -> str | None:
        """The value of a field; None where it is not there."""
        return dict(self.fields).get(name)


class Peer:
    """One end of a connection."""

    def __init__(self, connection: socket.socket, *, client: bool) -> None:
        self._socket = connection
        self.http = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=client, header_encoding="utf-8")
        )
        self._waiting: list[h2.events.Event] = []
        self.http.initiate_connection()
        self.flush()

    def flush(self) -> None:
        """Put what is due on the wire."""
        self._socket.sendall(self.http.data_to_send())

    def events(self) -> list[h2.events.Event]:
        """What comes next; nothing at the end of the connection."""
        while not self._waiting and self._receive():
            pass
        events, self._waiting = self._waiting, []
        return events

    def _receive(self) -> bool:
        data = self._socket.recv(65536)
        for event in self.http.receive_data(data) if data else []:
            self._waiting.append(event)
            if isinstance(event, h2.events.DataReceived):
                self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        self.flush()
        return bool(data)

    def send(self, stream: int, fields: Fields, body: bytes, trailers: Fields) -> None:
        """Send a whole message, as fast as the peer's windows let it go (RFC 9113, 5.2)."""
        self.http.send_headers(stream, fields, end_stream=not body and not trailers)
        while body:
            while not (room := self.http.local_flow_control_window(stream)):
                self.flush()
                if not self._receive():
                    return
            part, body = body[: min(room, FRAME)], body[min(room, FRAME) :]
            self.http.send_data(stream, part, end_stream=not body and not trailers)
        if trailers:
            self.http.send_headers(stream, trailers, end_stream=True)
        self.flush()


def serve(connection: ssl.SSLSocket, route: Route) -> None:
    """Answer what is asked on a connection, until it ends."""
    peer = Peer(connection, client=False)
    asked: dict[int, Reply] = {}
    while events := peer.events():
        for stream in _collect(events, asked):
            request = asked.pop(stream)
            peer.send(stream, *route(request.fields, request.body))


def get(client: Client, url: str, *fields: tuple[str, str]) -> Reply:
    """Ask for one page through the proxy."""
    return get_all(client, [url], *fields)[0]


def get_all(client: Client, urls: list[str], *fields: tuple[str, str]) -> list[Reply]:
    """Ask one host for all of these at once, on one connection through the proxy, as a browser does."""
    host = urlsplit(urls[0]).hostname or ""
    context = ssl.create_default_context(cafile=str(client.authority))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(client.address, PATIENCE) as plain:
        plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        assert b" 200 " in plain.recv(4096)
        with context.wrap_socket(plain, server_hostname=host) as secure:
            assert secure.selected_alpn_protocol() == "h2"
            return _ask(Peer(secure, client=True), host, urls, list(fields))


def _ask(peer: Peer, host: str, urls: list[str], fields: Fields) -> list[Reply]:
    replies: dict[int, Reply] = {}
    streams = range(1, 2 * len(urls), 2)  # a client's are odd (RFC 9113, 5.1.1)
    for stream, url in zip(streams, urls, strict=True):
        pseudo = [
            (":method", "GET"),
            (":path", urlsplit(url).path),
            (":scheme", "https"),
            (":authority", host),
        ]
        peer.send(stream, [*pseudo, ("accept", "text/html"), *fields], b"", [])
    ended: set[int] = set()
    while len(ended) < len(urls):
        events = peer.events()
        assert events, f"the connection ended before all answers: {replies}"
        ended.update(_collect(events, replies))
    return [replies[stream] for stream in streams]


def _collect(events: list[h2.events.Event], messages: dict[int, Reply]) -> list[int]:
    """Put what came into its messages; the streams that ended."""
    ended: list[int] = []
    for event in events:
        match event:
            case h2.events.RequestReceived() | h2.events.ResponseReceived():
                messages[event.stream_id] = Reply(_texts(event.headers))
            case h2.events.DataReceived():
                messages[event.stream_id].body += event.data
            case h2.events.TrailersReceived():
                messages[event.stream_id].trailers = _texts(event.headers)
            case h2.events.StreamEnded():
                ended.append(event.stream_id)
            case h2.events.StreamReset() | h2.events.ConnectionTerminated():
                raise AssertionError(event)
    return ended


def _texts(fields: object) -> Fields:
    return [(str(name), str(value)) for name, value in fields]  # type: ignore[attr-defined]  # pairs, as set up
