"""What is no page to be filtered passes with its bytes and length, and without being held."""

import hashlib
import http.client
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from filterproxy.errors import SkipReason
from filterproxy.settings import MIB
from tests.support.client import Gate
from tests.support.lab import OTHER, RULED, Lab, page
from tests.support.server import Request, chunk, message, wait_until

EVENT_STREAM = "text/event-stream"


def test_head_keeps_the_length_of_the_page(lab: Lab) -> None:
    lab.origin.serve("/head.html", message(b"", ("ETag", '"h"'), length=1234))
    reply = lab.client.get(f"https://{RULED}/head.html", method="HEAD")
    assert (reply.body, reply.field("content-length"), reply.field("etag")) == (b"", "1234", '"h"')
    assert lab.events.skipped("/head.html") is SkipReason.METHOD


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_answers_without_a_body(lab: Lab, status: str) -> None:
    lab.origin.serve("/none.html", message(b"", ("X-A", "1"), status=status, length=-1))
    reply = lab.client.get(f"https://{RULED}/none.html")
    assert (reply.status, reply.body, reply.field("x-a")) == (int(status[:3]), b"", "1")
    assert lab.events.skipped("/none.html") is SkipReason.STATUS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            {"status": "206 Partial Content", "fields": [("Content-Range", "bytes 0-99/200")]},
            SkipReason.STATUS,
        ),
        ({"fields": [("Content-Range", "bytes 0-99/200")]}, SkipReason.RANGE),
        ({"fields": [("Content-Disposition", "attachment; filename=a.html")]}, SkipReason.ATTACHMENT),
        ({"fields": [("Cache-Control", "max-age=1, no-transform")]}, SkipReason.NO_TRANSFORM),
        ({"content_type": "application/json"}, SkipReason.NOT_HTML),
        ({"content_type": "image/png"}, SkipReason.NOT_HTML),
        ({"content_type": None}, SkipReason.NOT_HTML),
        ({"content_type": "text/html", "body": b'{"a": ".banner"}'}, SkipReason.CONTENT_MISMATCH),
        ({"content_type": "text/html; charset=utf-7"}, SkipReason.UNKNOWN_CHARSET),
    ],
)
def test_what_is_no_page_keeps_head_and_bytes(
    lab: Lab, answer: dict[str, object], reason: SkipReason
) -> None:
    fields = [*answer.pop("fields", []), ("ETag", '"p"'), ("Accept-Ranges", "bytes")]  # type: ignore[misc]  # a test's own table
    body = answer.pop("body", page())
    sent = message(body, *fields, **answer)  # type: ignore[arg-type]  # the same
    lab.origin.serve("/passes.bin", sent)
    reply = lab.client.get(f"https://{RULED}/passes.bin")
    head = sent.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    assert [f"{name}: {value}" for name, value in reply.fields] == head
    assert reply.body == body
    assert lab.events.skipped("/passes.bin") is reason


def test_status_and_error_pages_are_filtered_too(lab: Lab) -> None:
    lab.origin.serve("/gone.html", message(page(), status="404 Not Found"))
    reply = lab.client.get(f"https://{RULED}/gone.html")
    assert (reply.status, reply.body) == (404, page(banner=False))


def test_an_event_stream_comes_as_it_is_sent(lab: Lab) -> None:
    gate = Gate()

    def stream(_: Request) -> Iterator[bytes | float]:
        yield message(content_type=EVENT_STREAM, length=-1)
        yield b"data: 1\n\n"
        yield from gate.wait()
        yield b"data: 2\n\n"

    lab.origin.serve("/events", stream)
    reply = lab.client.get(f"https://{RULED}/events", Accept=EVENT_STREAM, gate=gate)
    assert reply.body == b"data: 1\n\ndata: 2\n\n"
    assert gate.passed
    assert lab.events.skipped("/events") is SkipReason.EVENT_STREAM


@pytest.mark.parametrize("host", [RULED, OTHER])
def test_a_large_stream_comes_as_it_is_sent(lab: Lab, host: str) -> None:
    block = bytes(range(256)) * 4096

    gate = Gate()

    def stream(_: Request) -> Iterator[bytes | float]:
        yield message(content_type="video/mp4", length=24 * MIB)
        yield block
        yield from gate.wait()
        yield from [block] * 23

    lab.origin.serve("/film", stream)
    reply = lab.client.get(f"http://{host}/film", gate=gate)
    assert hashlib.sha256(reply.body).digest() == hashlib.sha256(block * 24).digest()
    assert gate.passed
    assert reply.field("content-length") == str(24 * MIB)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_page_of_unknown_length_that_outgrows_the_limit_passes_whole(lab: Lab, *, chunked: bool) -> None:
    block = b"<p>" + b"x" * (MIB - 7) + b"</p>"

    gate = Gate()

    def stream(_: Request) -> Iterator[bytes | float]:
        fields = [("Transfer-Encoding", "chunked")] if chunked else []
        yield message(b"", *fields, length=-1)
        for part in [page(), *[block] * 12]:
            yield chunk(part) if chunked else part
        yield from gate.wait()
        if chunked:
            yield chunk(b"")

    lab.origin.serve("/endless.html", stream)
    reply = lab.client.get(f"https://{RULED}/endless.html", gate=gate)
    assert reply.body == page() + block * 12
    assert gate.passed
    assert lab.events.skipped("/endless.html") is SkipReason.BODY_TOO_LARGE


def test_a_page_said_to_be_too_large_streams_at_once(lab: Lab) -> None:
    gate = Gate()

    def stream(_: Request) -> Iterator[bytes | float]:
        yield message(length=11 * MIB)
        yield page()
        yield from gate.wait()
        yield b" " * (11 * MIB - len(page()))

    lab.origin.serve("/huge.html", stream)
    reply = lab.client.get(f"https://{RULED}/huge.html", gate=gate)
    assert len(reply.body) == 11 * MIB
    assert gate.passed
    assert lab.events.skipped("/huge.html") is SkipReason.BODY_TOO_LARGE


def test_chunked_and_unframed_pages_are_filtered(lab: Lab) -> None:
    def chunked(_: Request) -> Iterator[bytes | float]:
        yield message(b"", ("Transfer-Encoding", "chunked"), ("Repr-Digest", "sha-256=:AA:"), length=-1)
        for start in range(0, len(page()), 7):  # chunks end within characters
            yield chunk(page()[start : start + 7])
        yield chunk(b"")  # no trailers: mitmproxy 12.2 knows them over HTTP/2 alone

    lab.origin.serve("/chunked.html", chunked)
    reply = lab.client.get(f"https://{RULED}/chunked.html")
    assert reply.body == page(banner=False)
    assert (reply.field("transfer-encoding"), reply.field("repr-digest")) == (None, None)
    assert reply.field("content-length") == str(len(reply.body))
    lab.origin.serve("/unframed.html", lambda _: [message(page(), length=-1)])
    assert lab.client.get(f"https://{RULED}/unframed.html").body == page(banner=False)


def test_a_websocket_passes(lab: Lab) -> None:
    def upgrade(_: Request) -> Iterator[bytes | float]:
        yield b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        yield b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        yield b"\x81\x02hi"
        yield 3.0

    lab.origin.serve("/socket", upgrade)
    connection = lab.client.connect(f"https://{RULED}/socket")
    connection.connect()
    plain = connection.sock
    assert isinstance(plain, socket.socket)
    plain.settimeout(5)
    plain.sendall(
        f"GET /socket HTTP/1.1\r\nHost: {RULED}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    received = b""
    while not received.endswith(b"\x81\x02hi"):
        received += plain.recv(4096)
    assert received.startswith(b"HTTP/1.1 101")
    connection.close()


def test_a_client_that_leaves_costs_nothing(lab: Lab) -> None:
    def slow(_: Request) -> Iterator[bytes | float]:
        yield message(length=1 << 20)
        yield 2.0

    lab.origin.serve("/left.html", slow)
    for _ in range(5):
        connection = lab.client.connect(f"https://{RULED}/left.html")
        connection.request("GET", "/left.html", headers={"Host": RULED})
        time.sleep(0.05)
        connection.close()
    addon = lab.proxy.addon
    wait_until(lambda: not addon._kept_back and not addon._asked)


def test_an_upstream_that_breaks_off_is_told_and_not_filled_up(lab: Lab) -> None:
    lab.origin.serve("/torn.html", lambda _: [message(page(), length=len(page()) + 9)])
    connection = lab.client.connect(f"https://{RULED}/torn.html")
    connection.request("GET", "/torn.html", headers={"Host": RULED})
    answer = connection.getresponse()
    try:
        body = answer.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    assert answer.status == 502 or len(body) < len(page()) + 9
    assert answer.status == 502 or page().startswith(body)
    connection.close()
    wait_until(lambda: not lab.proxy.addon._kept_back)


def test_a_request_to_the_proxy_itself_is_refused(lab: Lab) -> None:
    host, port = lab.proxy.address
    for target in (f"http://{host}:{port}/", f"http://localhost:{port}/", "/"):
        address = urlsplit(target).netloc or f"{host}:{port}"
        began = time.monotonic()
        got = lab.client.raw(
            f"GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode()
        )
        assert got.startswith((b"HTTP/1.1 400", b"HTTP/1.1 502")), got
        assert time.monotonic() - began < 3
