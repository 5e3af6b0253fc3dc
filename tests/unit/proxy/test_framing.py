"""Messages whose framing or fields are ambiguous are refused, and nothing is smuggled past the proxy."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.lab import RULED, Lab, page
from tests.support.server import chunk, message, wait_until

SECOND = f"GET /smuggled HTTP/1.1\r\nHost: {RULED}\r\n\r\n"
HEAD = f"POST http://{RULED}/first HTTP/1.1\r\nHost: {RULED}\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "rest",
    [
        f"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SECOND}",
        f"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n{SECOND}",
        f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SECOND}",
        f"Content-Length: 0\r\nContent-Length: {len(SECOND)}\r\n\r\n{SECOND}",
        f"Content-Length: +{len(SECOND)}\r\n\r\n{SECOND}",
        f"Content-Length : {len(SECOND)}\r\n\r\n{SECOND}",
        f"X-A: b\r\n Content-Length: {len(SECOND)}\r\n\r\n{SECOND}",
        f"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n{SECOND}",
    ],
)
def test_ambiguous_requests_bring_no_second_one(lab: Lab, rest: str) -> None:
    lab.origin.serve("/first", message(page()))
    got = lab.client.raw((HEAD + rest).encode(), 2.0)
    assert lab.origin.asked("/smuggled") == []
    assert got.count(b"HTTP/1.1 ") <= 1


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 7\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 5\r\nX-A : b\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length: 5\r\nX-A: a\x00b\r\n",
    ],
)
def test_ambiguous_answers_are_never_half_rewritten(lab: Lab, head: bytes) -> None:
    start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    lab.origin.serve("/odd.html", lambda _: [start + head + b"\r\n" + chunk(page()) + chunk(b"")])
    got = lab.client.raw(
        f"GET http://{RULED}/odd.html HTTP/1.1\r\nHost: {RULED}\r\nConnection: close\r\n\r\n".encode()
    )
    status = got.partition(b"\r\n")[0]
    assert b" 502 " in status or got.count(b"HTTP/1.1 ") == 1
    assert b"\r\n\r\nHTTP/1.1" not in got


def test_policies_and_other_fields_pass_in_their_order(lab: Lab) -> None:
    fields = [
        ("Content-Security-Policy", "default-src 'self'; style-src 'none'"),
        ("Content-Security-Policy", "script-src 'nonce-abc'"),
        ("Content-Security-Policy-Report-Only", "default-src 'none'"),
        ("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload"),
        ("Set-Cookie", "a=1; Path=/; Secure"),
        ("Set-Cookie", "b=2"),
        ("X-Latin", "caf\xe9"),
        ("Vary", "Accept-Encoding"),
    ]
    lab.origin.serve("/policy.html", message(page(), *fields))
    reply = lab.client.get(f"https://{RULED}/policy.html")
    assert reply.body == page(banner=False)
    assert [field for field in reply.fields if field[0] not in ("Content-Type", "Content-Length")] == fields


def test_what_vouches_for_the_original_bytes_goes_with_them(lab: Lab) -> None:
    gone = ("Digest", "Content-MD5", "Repr-Digest", "Content-Digest", "Accept-Ranges", "Last-Modified")
    lab.origin.serve("/vouched.html", message(page(), *((name, "x") for name in gone)))
    reply = lab.client.get(f"https://{RULED}/vouched.html")
    assert reply.body == page(banner=False)
    assert [reply.field(name) for name in gone] == [None] * len(gone)


@pytest.mark.long
def test_hundreds_of_pages_leave_nothing_behind(lab: Lab) -> None:
    lab.origin.serve("/again.html", message(page()))

    def load(_: int) -> bool:
        return lab.client.get(f"https://{RULED}/again.html").body == page(banner=False)

    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no objects made, which would be counted

    assert load(0)
    before = descriptors()
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(load, range(200)))
    wait_until(lambda: descriptors() <= before + 8)
    addon = lab.proxy.addon
    assert (addon._asked, addon._kept_back, addon._first, addon._received) == ({}, {}, {}, {})
