"""HTTP/2 (RFC 9113) on both ends of the proxy: what browsers speak to nearly every site."""

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events

from tests.support.client import PATIENCE, Client
from tests.support.server import Request, message

type Fields = list[tuple[str, str]]


@dataclass
class Message:
    """An answer: fields with `:status`, body, trailers, and the fields of 1xx answers before it."""

    fields: Fields = field(default_factory=list)
    body: bytes = b""
    trailers: Fields = field(default_factory=list)
    early: list[Fields] = field(default_factory=list)

    @property
    def named(self) -> dict[str, str]:
        """The fields by name, the last of several."""
        return dict(self.fields)


def from_http1(data: bytes) -> Message:
    """An HTTP/1 message in the form of HTTP/2."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Message([(":status", first.split()[1]), *((name.lower(), value) for name, _, value in pairs)], body)


class Speaker:
    """One end of a connection: sends what is due, and messages as the peer's windows allow."""

    def __init__(self, connection: socket.socket, *, client: bool) -> None:
        config = h2.config.H2Configuration(client_side=client, header_encoding="utf-8")
        self._socket = connection
        self.state = h2.connection.H2Connection(config)
        self.state.initiate_connection()
        self.flush()

    def flush(self) -> None:
        """Put what is due on the wire."""
        self._socket.sendall(self.state.data_to_send())

    def events(self) -> list[h2.events.Event] | None:
        """What came; None at the end of the connection."""
        data = self._socket.recv(65536)
        if not data:
            return None
        found = self.state.receive_data(data)
        for event in found:
            if isinstance(event, h2.events.DataReceived) and event.flow_controlled_length:
                self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        self.flush()
        return found

    def answer(self, stream: int, sent: Message) -> None:
        """Send an answer; bodies fit the first window (64 kB)."""
        for fields in sent.early:
            self.state.send_headers(stream, fields)
        self.state.send_headers(stream, sent.fields)
        for start in range(0, len(sent.body), 16_000):
            self.state.send_data(stream, sent.body[start : start + 16_000])
        if sent.trailers:
            self.state.send_headers(stream, sent.trailers, end_stream=True)
        else:
            self.state.end_stream(stream)
        self.flush()


def serve(connection: socket.socket, answer: Callable[[Request], Message | bytes | None]) -> None:
    """Answer every request of one connection; None: 404."""
    speaker = Speaker(connection, client=False)
    while (events := speaker.events()) is not None:
        for event in events:
            if isinstance(event, h2.events.RequestReceived) and event.stream_id is not None:
                fields = {str(name): str(value) for name, value in event.headers or ()}
                found = answer(Request(fields[":method"], fields[":path"], fields, b""))
                sent = message("no such page", status="404 Not Found") if found is None else found
                speaker.answer(event.stream_id, from_http1(sent) if isinstance(sent, bytes) else sent)


def get(client: Client, host: str, paths: list[str], headers: Mapping[str, str] | None = None) -> list[Message]:
    """Ask for all of these at once, on one connection through the proxy, as a browser does."""
    context = ssl.create_default_context(cafile=str(client.authority))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(client.address, PATIENCE) as plain:
        plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        assert b" 200 " in plain.recv(4096)
        with context.wrap_socket(plain, server_hostname=host) as secure:
            assert secure.selected_alpn_protocol() == "h2"
            return _ask(Speaker(secure, client=True), host, paths, dict(headers or {}))


def _ask(speaker: Speaker, host: str, paths: list[str], headers: dict[str, str]) -> list[Message]:
    found: dict[int, Message] = {}
    for path in paths:
        stream = speaker.state.get_next_available_stream_id()
        found[stream] = Message()
        pseudo = [(":method", "GET"), (":path", path), (":scheme", "https"), (":authority", host)]
        fields = {"accept": "text/html", "te": "trailers", **headers}
        speaker.state.send_headers(stream, [*pseudo, *fields.items()], end_stream=True)
    speaker.flush()
    open_streams = set(found)
    while open_streams:
        events = speaker.events()
        assert events is not None, f"the connection ended, and {open_streams} had no answer"
        for event in events:
            stream = getattr(event, "stream_id", None) or 0
            match event:
                case h2.events.ResponseReceived():
                    found[stream].fields = [(str(k), str(v)) for k, v in event.headers or ()]
                case h2.events.DataReceived():
                    found[stream].body += event.data or b""
                case h2.events.TrailersReceived():
                    found[stream].trailers = [(str(k), str(v)) for k, v in event.headers or ()]
                case h2.events.StreamReset():
                    raise AssertionError(f"{paths[stream // 2]} was reset: {event}")
                case h2.events.StreamEnded():
                    open_streams.discard(stream)
    return list(found.values())
