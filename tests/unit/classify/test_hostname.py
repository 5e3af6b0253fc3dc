"""Host names in one spelling."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.classify.hostname import normalise

SAME = {
    "Example.COM": "example.com",
    "example.com.": "example.com",
    "example.com:443": "example.com",
    "example.com.:8080": "example.com",
    "example.com:": "example.com",
    " example.com\t": "example.com",
    "www.中文.cn": "www.xn--fiq228c.cn",
    "例え。テスト": "xn--r8jz45g.xn--zckzah",
    "BÜCHER.de": "xn--bcher-kva.de",
    "XN--BCHER-KVA.de": "xn--bcher-kva.de",
    "straße.de": "xn--strae-oqa.de",
    "ｅｘａｍｐｌｅ.com": "example.com",
    "a_b.example": "a_b.example",
    "-x-.example": "-x-.example",
    "localhost": "localhost",
    "localhost.": "localhost",
    "127.0.0.1:80": "127.0.0.1",
    "127.0.0.1.": "127.0.0.1",
    "127.1": "127.0.0.1",
    "2130706433": "127.0.0.1",
    "0x7f.1": "127.0.0.1",
    "0X7F000001": "127.0.0.1",
    "0177.0.0.01": "127.0.0.1",
    "0": "0.0.0.0",  # noqa: S104 - a host in a test, nothing is bound
    "0x": "0.0.0.0",  # noqa: S104 - the same
    "1.256": "1.0.1.0",
    "１２７.０.０.１": "127.0.0.1",
    "[::1]": "[::1]",
    "[::1]:8080": "[::1]",
    "::1": "[::1]",
    "[0:0::0001]": "[::1]",
    "[2001:DB8::A]": "[2001:db8::a]",
    "1.com": "1.com",
    "0x7f.example": "0x7f.example",
}
NO_HOSTS = [
    "",
    ".",
    "..",
    "a..b",
    ".a",
    "a b",
    "a/b",
    "a%b",
    "a@b",
    "a\r\nb",
    "a\0b",
    "a:b",
    "a:80:80",
    "[::1",
    "[::1]x",
    "[::1%eth0]",
    "[x]",
    "::g",
    "1.2.3.4.5",
    "256.1.1.1",
    "1.2.3.256",
    "4294967296",
    "08.1",
    "a.1",
    "1..1",
    "x" * 64,
    ".".join(["x" * 60] * 5),
    "中" * 300,
    "\u200d.com",
    "xn--a中.com",
]


@pytest.mark.parametrize(("host", "expected"), SAME.items())
def test_one_spelling(host: str, expected: str) -> None:
    assert normalise(host) == expected
    assert normalise(expected) == expected


@pytest.mark.parametrize("host", NO_HOSTS)
def test_what_is_no_host(host: str) -> None:
    assert normalise(host) is None


@given(st.text(max_size=60))
def test_it_never_raises_and_is_stable(host: str) -> None:
    normal = normalise(host)
    if normal is not None:
        assert normalise(normal) == normal
        assert normal.isascii()
        assert normal == normal.lower()


def test_no_length_of_name_takes_long() -> None:
    start = time.perf_counter()
    for host in (
        "中" * 100_000,
        "1" * 100_000,
        "a." * 100_000,
        "[" + ":" * 100_000 + "]",
        "0x" + "f" * 100_000,
    ):
        assert normalise(host) is None
    assert time.perf_counter() - start < 5  # or it is quadratic
