"""Header fields as they are given on a command line, and addresses as a browser writes them."""

import pytest

from filterproxy.proxy.client import as_asked
from filterproxy.proxy.visiting import header_field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("X-A: b", ("X-A", "b")),
        ("x:", ("x", "")),
        ("Cookie:\ta=1; b=2 ", ("Cookie", "a=1; b=2")),
        ("X: a: b", ("X", "a: b")),
    ],
)
def test_header_fields(text: str, field: tuple[str, str]) -> None:
    assert header_field(text) == field


@pytest.mark.parametrize(
    "text", ["x", ": a", "a b: c", "Host: a", "TE: trailers", "X: a\nY: b", "X: 桥", "桥: x"]
)
def test_what_is_no_header_field(text: str) -> None:
    with pytest.raises(ValueError, match=r"NAME:VALUE|for the connection|no header field"):
        header_field(text)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("HTTP://News.Example", "http://news.example/"),
        ("https://news.example:443/a?b#c", "https://news.example/a?b"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("http://新闻.example/桥?题=%20 x", "http://xn--efvy88h.example/%E6%A1%A5?%E9%A2%98=%20%20x"),
        ("http://me:pw@news.example/", "http://news.example/"),
        ("http://[::1]:80/", "http://[::1]/"),
    ],
)
def test_addresses_as_a_browser_writes_them(url: str, asked: str) -> None:
    assert as_asked(url) == asked


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "news.example/a", "http://", "http://[x/", "http://a:99999/", ""]
)
def test_what_is_no_address_of_the_web(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        as_asked(url)
