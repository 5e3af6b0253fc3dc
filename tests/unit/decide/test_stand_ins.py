import pytest

from filterproxy.decide.requests import Decision, Verdict
from filterproxy.decide.stand_ins import StandIn, stand_in

VERDICT = Verdict(Decision.BLOCKED, "||t.example^", None, "generic/<b>", "generic.yaml:1:1", "tracking")


def answer(kind: str, method: str = "GET", **fields: str) -> StandIn:
    request = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    return stand_in(kind, method, "t.example", request, VERDICT)


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "start"),
    [
        ("script", 200, b"text/javascript; charset=utf-8", b"\n"),
        ("stylesheet", 200, b"text/css; charset=utf-8", b"\n"),
        ("image", 200, b"image/gif", b"GIF89a"),
        ("subdocument", 200, b"text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("xmlhttprequest", 204, None, b""),
        ("ping", 204, None, b""),
        ("font", 204, None, b""),
    ],
)
def test_every_kind_gets_what_breaks_least(
    kind: str, status: int, content_type: bytes | None, start: bytes
) -> None:
    made = answer(kind)
    fields = dict(made.headers)
    assert (made.status, fields.get(b"content-type")) == (status, content_type)
    assert made.body.startswith(start)
    assert fields.get(b"content-length") == (str(len(made.body)).encode() if content_type else None)
    assert fields[b"cache-control"] == b"no-store"


def test_a_frame_says_what_was_blocked_and_nothing_runs_in_it() -> None:
    page = answer("subdocument").body
    assert b"blocked: t.example" in page
    assert b"generic/&lt;b&gt;" in page
    assert b"<script" not in page


def test_the_page_that_asks_may_read_it() -> None:
    fields = dict(answer("xmlhttprequest", origin="https://news.example").headers)
    assert fields[b"access-control-allow-origin"] == b"https://news.example"
    assert fields[b"access-control-allow-credentials"] == b"true"
    assert b"access-control-allow-origin" not in dict(answer("image").headers)
    assert b"access-control-allow-origin" not in dict(answer("image", origin="https://a\r\nx: y").headers)


def test_a_preflight_is_granted() -> None:
    made = answer(
        "xmlhttprequest",
        "OPTIONS",
        origin="https://news.example",
        access_control_request_method="PUT",
        access_control_request_headers="x-a,content-type",
    )
    fields = dict(made.headers)
    assert made.status == 204
    assert fields[b"access-control-allow-methods"] == b"PUT"
    assert fields[b"access-control-allow-headers"] == b"x-a,content-type"


def test_a_head_request_gets_no_body() -> None:
    made = answer("image", "HEAD")
    assert made.body == b""
    assert dict(made.headers)[b"content-length"] == b"43"
