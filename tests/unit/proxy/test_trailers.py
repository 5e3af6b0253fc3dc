"""Trailers over HTTP/1, which mitmproxy gives up on at the very end of an answer."""

import http.client
from collections.abc import Iterator

import pytest

from filterproxy.errors import SkipReason
from tests.support.lab import RULED, Lab, page
from tests.support.server import Request, chunk, message


def trailing(request: Request) -> Iterator[bytes | float]:
    """Send trailers to who asks for them, as RFC 9110, 6.5.1 has it."""
    asked = "trailers" in request.headers.get("te", "")
    fields = [("Transfer-Encoding", "chunked"), *([("Trailer", "X-T")] if asked else [])]
    yield message(b"", *fields, length=-1)
    yield chunk(page())
    yield b"0\r\nX-T: 1\r\n\r\n" if asked else b"0\r\n\r\n"


def insisting(_: Request) -> Iterator[bytes | float]:
    """Send them all the same."""
    yield message(b"", ("Transfer-Encoding", "chunked"), ("Trailer", "X-T"), length=-1)
    yield chunk(page())
    yield b"0\r\nX-T: 1\r\n\r\n"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_is_asked_for_without_trailers_and_filtered(lab: Lab, scheme: str) -> None:
    lab.origin.serve("/t.html", trailing)
    reply = lab.client.get(f"{scheme}://{RULED}/t.html", TE="trailers")
    assert reply.body == page(banner=False)
    assert "te" not in lab.origin.requests[-1].headers


def test_a_picture_is_asked_for_without_trailers(lab: Lab) -> None:
    lab.origin.serve("/t.png", trailing)
    assert lab.client.get(f"https://{RULED}/t.png", Accept="image/*", TE="trailers").status == 200
    assert "te" not in lab.origin.requests[-1].headers


def test_a_call_keeps_its_te(lab: Lab) -> None:
    lab.origin.serve("/rpc", message(b"\0", content_type="application/grpc"))
    lab.client.get(f"https://{RULED}/rpc", method="POST", body=b"\0", TE="trailers")
    assert lab.origin.requests[-1].headers["te"] == "trailers"


def test_the_bytes_of_a_page_with_trailers_arrive(lab: Lab) -> None:
    lab.origin.serve("/insists.html", insisting)
    connection = lab.client.connect(f"https://{RULED}/insists.html")
    connection.request("GET", "/insists.html", headers={"Host": RULED})
    answer = connection.getresponse()
    with pytest.raises(http.client.IncompleteRead) as torn:
        answer.read()
    connection.close()
    assert (answer.status, torn.value.partial) == (200, page())
    assert lab.events.skipped("/insists.html") is SkipReason.INTERNAL
    assert "trailers" in lab.events.pages("/insists.html")[-1].detail
    assert lab.client.get(f"https://{RULED}/t.html").body == page(banner=False)
