"""Which responses may be rewritten, by their heads."""

import time

import pytest

from filterproxy.classify.response import admit, content_type, is_html
from filterproxy.errors import SkipReason
from filterproxy.settings import Limits

HTML = (b"Content-Type", b"text/html; charset=utf-8")


def judged(*fields: tuple[bytes, bytes], method: str = "GET", status: int = 200) -> SkipReason | None:
    return admit(method, status, fields)


@pytest.mark.parametrize("method", ["HEAD", "CONNECT", "OPTIONS", "PUT", "TRACE", "head", "X"])
def test_only_get_and_post_bring_pages(method: str) -> None:
    assert judged(HTML, method=method) is SkipReason.METHOD
    assert judged(HTML, method="POST") is None
    assert judged(HTML, method="get") is None


def test_answers_without_a_whole_body() -> None:
    for status in (100, 102, 103, 199, 204, 205, 206, 226, 304):
        assert judged(HTML, status=status) is SkipReason.STATUS, status
    assert judged(HTML, status=101) is SkipReason.UPGRADE
    for status in (200, 201, 203, 300, 400, 403, 404, 410, 500, 503):
        assert judged(HTML, status=status) is None, status
    assert judged(HTML, (b"content-RANGE", b"bytes 0-9/10")) is SkipReason.RANGE


def test_an_advertised_upgrade_does_not_matter() -> None:
    assert judged(HTML, (b"Upgrade", b"h2,h2c"), (b"Connection", b"Upgrade")) is None


@pytest.mark.parametrize(
    "value",
    ["text/html", "TEXT/HTML", " text/html ;", "text/html;", "text/html;charset=", "application/xhtml+xml;x"],
)
def test_pages_by_their_label(value: str) -> None:
    assert judged((b"content-type", value.encode()), (b"X-Content-Type-Options", b"nosniff")) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "text",
        "text/",
        "text/htmlx",
        "text html",
        "application/xml",
        "image/png",
        "text/plain",
        "*/*",
    ],
)
def test_all_other_labels_and_none(value: str) -> None:
    assert judged((b"Content-Type", value.encode())) is SkipReason.NOT_HTML
    assert judged() is SkipReason.NOT_HTML


def test_a_stream_of_events() -> None:
    assert judged((b"Content-Type", b"text/event-stream; charset=utf-8")) is SkipReason.EVENT_STREAM


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        (["text/html", "text/plain"], "text/plain"),
        (["text/plain", "text/html;charset=gbk"], "text/html;charset=gbk"),
        (["text/html;charset=gbk", "text/html"], "text/html;charset=gbk"),
        (["text/html;charset=gbk", "TEXT/HTML;charset=big5"], "TEXT/HTML;charset=big5"),
        (["text/html;charset=gbk", "text/plain", "text/html"], "text/html"),
        (["text/html;charset=gbk, text/html"], "text/html;charset=gbk"),
        (["text/html", "*/*"], "text/html"),
        (["text/html", "nonsense"], "text/html"),
        (['text/plain; a="x, text/html"'], 'text/plain; a="x, text/html"'),
        ([], None),
        ([""], None),
    ],
)
def test_of_several_labels_the_one_that_counts(values: list[str], counts: str | None) -> None:
    assert content_type([(b"Content-Type", value.encode()) for value in values]) == counts


def test_a_label_of_any_size_is_read_in_time() -> None:
    start = time.perf_counter()
    for value in (b'"' * 200_000, b"," * 200_000, b'",' * 100_000, b"a/b," * 50_000, b" " * 200_000):
        content_type([(b"content-type", value)])
    assert time.perf_counter() - start < 5  # or it is quadratic


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("attachment", SkipReason.ATTACHMENT),
        ("Attachment; filename=a.html", SkipReason.ATTACHMENT),
        ("form-data; name=a", SkipReason.ATTACHMENT),
        ("x", SkipReason.ATTACHMENT),
        ("inline", None),
        ("INLINE; filename=a.html", None),
        ("", None),
        ("; filename=a", None),
        ('filename="a.html"', None),
    ],
)
def test_downloads(value: str, reason: SkipReason | None) -> None:
    assert judged(HTML, (b"content-disposition", value.encode())) is reason


def test_no_transform_is_obeyed() -> None:
    assert judged(HTML, (b"Cache-Control", b"max-age=1, No-Transform")) is SkipReason.NO_TRANSFORM
    assert judged(HTML, (b"Cache-Control", b"x"), (b"cache-control", b"no-transform")) is (
        SkipReason.NO_TRANSFORM
    )
    assert judged(HTML, (b"Cache-Control", b"no-cache, no-transformer")) is None


def test_codings_of_several_fields_count_together() -> None:
    assert judged(HTML, (b"Content-Encoding", b"gzip"), (b"Content-Encoding", b"br")) is None
    assert judged(HTML, (b"Content-Encoding", b"gzip"), (b"Content-Encoding", b"hex")) is (
        SkipReason.UNKNOWN_CODING
    )


def test_a_length_that_is_too_large_beforehand() -> None:
    limits = Limits(compressed=100, decoded=200)
    gzip = (b"Content-Encoding", b"gzip")

    def of(length: bytes, *more: tuple[bytes, bytes]) -> SkipReason | None:
        return admit("GET", 200, [HTML, (b"Content-Length", length), *more], limits)

    assert of(b"0") is SkipReason.EMPTY
    assert of(b"200") is None
    assert of(b"201") is SkipReason.BODY_TOO_LARGE
    assert of(b"201", (b"Content-Encoding", b"identity")) is SkipReason.BODY_TOO_LARGE
    assert of(b"100", gzip) is None
    assert of(b"101", gzip) is SkipReason.COMPRESSED_TOO_LARGE
    assert of(b"9" * 5000) is SkipReason.BODY_TOO_LARGE
    for no_length in (b"", b"+5", b"-1", b"5, 5", "٣".encode(), b"x"):
        assert of(no_length) is None


@pytest.mark.parametrize(
    ("value", "admitted"),
    [
        (b"application/json", True),
        (b"Application/Vnd.API+JSON; charset=utf-8", True),
        (b"text/plain", True),
        (b"text/javascript", True),
        (b"application/x-ndjson", True),
        (b"text/html", True),
        (b"image/svg+xml", False),
        (b"application/octet-stream", False),
        (b"", False),
    ],
)
def test_types_of_data(value: bytes, admitted: bool) -> None:  # noqa: FBT001 - a column of the table
    fields = [(b"content-type", value)]
    assert admit("GET", 200, fields, data=True) is (None if admitted else SkipReason.NOT_JSON)
    assert admit("GET", 200, fields) is (None if value == b"text/html" else SkipReason.NOT_HTML)
    assert is_html(fields) == (value == b"text/html")


def test_data_is_held_to_the_same_limits() -> None:
    fields = [(b"content-type", b"application/json"), (b"content-length", b"99999999")]
    assert admit("GET", 200, fields, data=True) is SkipReason.BODY_TOO_LARGE
    assert admit("OPTIONS", 200, fields, data=True) is SkipReason.METHOD
