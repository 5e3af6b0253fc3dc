"""Which requests are for pages."""

import pytest

from filterproxy.classify.request import wants_page

CHROME = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("destination", "wanted"),
    [
        (b"document", True),
        (b"iframe", True),
        (b"frame", True),
        (b"object", True),
        (b"Embed", True),
        (b"empty", False),
        (b"script", False),
        (b"image", False),
        (b"", False),
    ],
)
def test_a_browser_that_says_so_is_believed(destination: bytes, *, wanted: bool) -> None:
    for accept in (CHROME, b"*/*"):
        headers = [(b"accept", accept), (b"Sec-Fetch-Dest", destination)]
        assert wants_page("GET", headers) is wanted


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (CHROME, True),
        (b"TEXT/HTML ; q=0.1", True),
        (b"application/xhtml+xml", True),
        (b"*/*", False),
        (b"image/avif,image/webp,*/*;q=0.8", False),
        (b"text/css,*/*;q=0.1", False),
        (b"", True),
    ],
)
def test_else_by_what_it_accepts(accept: bytes, *, wanted: bool) -> None:
    assert wants_page("GET", [(b"Accept", accept)]) is wanted


def test_methods_and_clients_that_say_nothing() -> None:
    assert wants_page("GET", [])
    assert wants_page("post", [(b"Accept", CHROME)])
    for method in ("HEAD", "OPTIONS", "CONNECT", "PUT"):
        assert not wants_page(method, [(b"Accept", CHROME)])
