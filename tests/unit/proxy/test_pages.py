"""Pages through the real proxy over real TLS: what is rewritten, and that it is exact."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from filterproxy.errors import SkipReason
from filterproxy.report.events import Kind
from tests.support.client import Client
from tests.support.lab import GBK, OTHER, RULED, Lab, page
from tests.support.server import message


def test_a_page_of_a_ruled_host_is_filtered_over_https(lab: Lab) -> None:
    lab.origin.serve("/a.html", message(page(), ("X-Frame-Options", "DENY"), ("Set-Cookie", "a=1")))
    reply = lab.client.get(f"https://{RULED}/a.html?q=1")
    assert reply.body == page(banner=False)
    assert reply.field("content-length") == str(len(reply.body))
    assert (reply.field("x-frame-options"), reply.field("set-cookie")) == ("DENY", "a=1")
    assert reply.certificate != lab.origin.certificate
    (event,) = lab.events.pages("/a.html")
    assert event.kind is Kind.PAGE_REWRITTEN
    assert event.page is not None
    assert [removal.rule for removal in event.page.removals] == ["site/banner"]


def test_a_page_of_a_ruled_host_is_filtered_over_plain_http(lab: Lab) -> None:
    lab.origin.serve("/plain.html", message(page()))
    assert lab.client.get(f"http://{RULED}/plain.html").body == page(banner=False)


def test_a_page_in_which_nothing_matches_keeps_its_head_and_bytes(lab: Lab) -> None:
    coded = gzip.compress(page(banner=False))
    fields = (("Content-Encoding", "gzip"), ("ETag", '"x"'), ("Last-Modified", "now"))
    lab.origin.serve("/clean.html", message(coded, *fields))
    reply = lab.client.get(f"https://{RULED}/clean.html", Accept_Encoding="gzip")
    assert reply.body == coded
    assert {(name, value) for name, value in reply.fields} >= set(fields)


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    ],
)
def test_coded_pages_are_decoded_and_filtered(lab: Lab, coding: str, encode: object) -> None:
    assert callable(encode)
    lab.origin.serve("/coded.html", message(encode(page()), ("Content-Encoding", coding)))
    reply = lab.client.get(f"https://{RULED}/coded.html", Accept_Encoding="gzip, deflate, br, zstd, dcb")
    assert reply.body == page(banner=False)
    assert reply.field("content-encoding") is None
    assert lab.origin.requests[-1].headers["accept-encoding"] == "gzip, deflate, br, zstd"


def test_an_unknown_coding_passes(lab: Lab) -> None:
    lab.origin.serve("/odd.html", message(page(), ("Content-Encoding", "hex")))
    assert lab.client.get(f"https://{RULED}/odd.html").body == page()
    assert lab.events.skipped("/odd.html") is SkipReason.UNKNOWN_CODING


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=gbk"])
def test_a_gbk_page_stays_gbk(lab: Lab, content_type: str) -> None:
    lab.origin.serve("/gbk.html", message(page(charset="gbk"), content_type=content_type))
    reply = lab.client.get(f"https://{GBK}/gbk.html")
    assert reply.body == page(banner=False, charset="gbk")
    assert reply.field("content-type") == content_type


def test_a_host_without_rules_is_tunnelled(lab: Lab) -> None:
    lab.origin.serve("/o.html", message(page()))
    stranger = Client(lab.proxy.address, lab.origin.authority)  # trusts the origin's CA alone
    reply = stranger.get(f"https://{OTHER}/o.html")
    assert reply.body == page()
    assert reply.certificate == lab.origin.certificate
    assert OTHER in lab.events.hosts(Kind.HOST_TUNNELLED)


@pytest.mark.parametrize("host", [f"evil-{RULED}", f"{RULED}.evil.example"])
def test_a_name_that_looks_like_a_ruled_one_is_not_read(lab: Lab, host: str) -> None:
    assert not lab.proxy.rewriter.has_rules(host)
    assert lab.proxy.rewriter.has_rules(f"WWW.{RULED}.".upper())


def test_plain_http_of_other_hosts_is_untouched(lab: Lab) -> None:
    coded = gzip.compress(page())
    lab.origin.serve("/other.html", message(coded, ("Content-Encoding", "gzip"), ("ETag", '"o"')))
    url = f"http://{OTHER}/other.html"
    reply = lab.client.get(url, If_None_Match='"q"', Range="bytes=0-", Accept_Encoding="dcb")
    assert (reply.body, reply.field("etag")) == (coded, '"o"')
    asked = lab.origin.requests[-1].headers
    assert (asked["if-none-match"], asked["range"], asked["accept-encoding"]) == ('"q"', "bytes=0-", "dcb")


def test_the_answer_to_a_form_is_filtered(lab: Lab) -> None:
    lab.origin.serve("/form", message(page()))
    assert lab.client.get(f"https://{RULED}/form", method="POST", body=b"q=1").body == page(banner=False)
    assert lab.origin.requests[-1].body == b"q=1"
