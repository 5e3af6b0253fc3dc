"""How a rewritten page is put into its flow."""

import pytest
from mitmproxy.http import Headers, HTTPFlow, Response
from mitmproxy.test import tflow, tutils

from filterproxy.engine import Rewritten
from filterproxy.proxy import exchange
from filterproxy.rewrite.result import Page

NEW = b"<p>new</p>"


def flow_with(body: bytes, *, version: bytes = b"HTTP/1.1") -> tuple[HTTPFlow, Response]:
    fields = ((b"Content-Length", b"3"), (b"Trailer", b"x"), (b"X-Kept", b"1"))
    flow = tflow.tflow(
        req=tutils.treq(http_version=version),
        resp=tutils.tresp(content=body, headers=Headers(fields), http_version=version),
    )
    assert flow.response is not None
    flow.response.trailers = Headers([(b"x", b"1")])
    return flow, flow.response


def rewritten(*fields: tuple[bytes, bytes]) -> Rewritten:
    return Rewritten(fields, NEW, Page(NEW))


def test_body_and_fields_are_put_in_and_trailers_go() -> None:
    flow, response = flow_with(b"old")
    exchange.apply(flow, response, rewritten((b"X-Kept", b"1"), (b"Trailer", b"x")))
    assert (response.raw_content, response.headers.fields) == (NEW, ((b"X-Kept", b"1"),))
    assert response.trailers is None


def test_names_are_in_lower_case_over_http2() -> None:
    flow, response = flow_with(b"old", version=b"HTTP/2.0")
    exchange.apply(flow, response, rewritten((b"X-Kept", b"1"), (b"Content-Length", b"10")))
    assert response.headers.fields == ((b"x-kept", b"1"), (b"content-length", b"10"))


@pytest.mark.parametrize(
    "field", [(b"X-A", b"1\r\nSet-Cookie: a"), (b"X-A", b"1\n2"), (b"X\r", b"1"), (b"X", b"\0"), (b"", b"1")]
)
def test_a_field_that_would_not_stay_one_changes_nothing(field: tuple[bytes, bytes]) -> None:
    flow, response = flow_with(b"old")
    before = response.get_state()
    with pytest.raises(ValueError, match="would not stay one field"):
        exchange.apply(flow, response, rewritten((b"X-Kept", b"1"), field))
    assert response.get_state() == before


def test_an_unchanged_page_is_left_alone() -> None:
    flow, response = flow_with(b"old")
    before = response.get_state()
    body = response.raw_content
    assert body is not None
    exchange.apply(flow, response, Rewritten(response.headers.fields, body, Page(body)))
    assert response.get_state() == before
