"""The header fields of a rewritten page, and of the request for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.rewrite.headers import conditional_headers, not_modified_headers, rewritten_headers

DIGEST = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4
Fields = list[tuple[bytes, bytes]]

KEPT: Fields = [
    (b"Date", b"Mon, 01 Jan 2024 00:00:00 GMT"),
    (b"Content-Type", b"text/html; charset=gbk"),
    (b"Content-Security-Policy", b"default-src 'self'"),
    (b"Content-Security-Policy", b"img-src *"),
    (b"Strict-Transport-Security", b"max-age=1"),
    (b"Set-Cookie", b"a=1"),
    (b"Set-Cookie", b"b=2"),
    (b"Cache-Control", b"max-age=60"),
    (b"Vary", b"Accept-Encoding"),
    (b"x-odd", b"\xff \x80"),
]
DROPPED: Fields = [
    (b"Content-Encoding", b"gzip"),
    (b"content-encoding", b"br"),
    (b"Transfer-Encoding", b"chunked"),
    (b"Trailer", b"Digest"),
    (b"Accept-Ranges", b"bytes"),
    (b"Content-MD5", b"x"),
    (b"DIGEST", b"sha-256=x"),
    (b"Content-Digest", b"sha-256=:x:"),
    (b"Repr-Digest", b"sha-256=:x:"),
    (b"Signature", b"a=:x:"),
    (b"Signature-Input", b"a=()"),
    (b"Use-As-Dictionary", b'match="/*"'),
    (b"Last-Modified", b"Mon, 01 Jan 2024 00:00:00 GMT"),
]


def test_nothing_that_vouches_for_the_original_bytes_is_left() -> None:
    fields = rewritten_headers([*DROPPED, *KEPT, *DROPPED], 1234, DIGEST)
    assert fields == (*KEPT, (b"Content-Length", b"1234"))


def test_one_length_where_the_first_stood() -> None:
    headers = [(b"content-length", b"9"), *KEPT, (b"Content-Length", b"10")]
    assert rewritten_headers(headers, 0, DIGEST) == ((b"Content-Length", b"0"), *KEPT)


@pytest.mark.parametrize(
    ("origins", "readers"),
    [
        (b'"abc"', b'W/"abc-fp-0123456789ab"'),
        (b'W/"abc"', b'W/"abc-fpw-0123456789ab"'),
        (b'""', b'W/"-fp-0123456789ab"'),
        (b'"a,b\xff"', b'W/"a,b\xff-fp-0123456789ab"'),
        (b'"x-fp-0123456789ab"', b'W/"x-fp-0123456789ab-fp-0123456789ab"'),
    ],
)
def test_an_etag_goes_to_the_reader_and_back(origins: bytes, readers: bytes) -> None:
    sent = rewritten_headers([(b"ETag", origins)], 1, DIGEST)
    assert sent == ((b"ETag", readers), (b"Content-Length", b"1"))
    assert conditional_headers([(b"If-None-Match", readers)], DIGEST) == ((b"If-None-Match", origins),)
    assert conditional_headers([(b"If-None-Match", readers)], OTHER) == ()
    answered = not_modified_headers([(b"etag", origins), (b"Last-Modified", b"x"), *KEPT], DIGEST)
    assert answered == ((b"etag", readers), *KEPT)


@pytest.mark.parametrize("etag", [b"abc", b'"a"b"', b'"a', b'w/"a"', b'"a\r\nX: y"', b'"a\0"', b'"a b"', b""])
def test_what_is_no_etag_is_dropped(etag: bytes) -> None:
    assert rewritten_headers([(b"ETag", etag)], 1, DIGEST) == ((b"Content-Length", b"1"),)


@pytest.mark.parametrize("digest", ["", "0123", 'x"\r\n' * 5, "ABCDEF" * 4, "g" * 64])
def test_without_a_digest_there_is_no_etag(digest: str) -> None:
    assert rewritten_headers([(b"ETag", b'"a"')], 1, digest) == ((b"Content-Length", b"1"),)
    assert conditional_headers([(b"If-None-Match", b'"a-fp-0123"')], digest) == ()


def test_only_tags_of_these_rules_are_asked_with() -> None:
    value = b'"a", W/"b-fp-0123456789ab",W/"c-fpw-0123456789ab" , W/"d-fp-fedcba987654", *'
    assert conditional_headers([(b"If-None-Match", value)], DIGEST) == ((b"If-None-Match", b'"b", W/"c"'),)
    assert conditional_headers([(b"if-none-match", b"*")], DIGEST) == ()


def test_requests_for_parts_and_differences_become_requests_for_the_page() -> None:
    asks = [
        (b"If-Modified-Since", b"Mon, 01 Jan 2024 00:00:00 GMT"),
        (b"Range", b"bytes=0-9"),
        (b"If-Range", b'"a"'),
        (b"A-IM", b"vcdiff"),
        (b"Available-Dictionary", b":x:"),
        (b"Dictionary-ID", b'"x"'),
    ]
    kept = ((b"Host", b"a"), (b"Cookie", b"a=1"), (b"Cache-Control", b"no-cache"))
    assert conditional_headers([kept[0], *asks, *kept[1:]], DIGEST) == kept


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate, br, zstd"),
        (b"gzip, deflate, br, zstd, dcb, dcz", b"gzip, deflate, br, zstd"),
        (b"dcb;q=1.0,BR;q=0.9, gzip ; q=0.5,identity;q=0", b"BR;q=0.9, gzip ; q=0.5, identity;q=0"),
        (b"*", b"identity"),
        (b"", b"identity"),
        (b"compress, sdch", b"identity"),
        (b"gzip;q=1\r\nX: y, br", b"br"),
    ],
)
def test_only_codings_we_decode_are_asked_for(asked: bytes, sent: bytes) -> None:
    assert conditional_headers([(b"accept-encoding", asked)], DIGEST) == ((b"accept-encoding", sent),)


@given(st.lists(st.tuples(st.sampled_from([b"ETag", b"If-None-Match", b"Accept-Encoding"]), st.binary())))
def test_no_value_of_ours_breaks_a_header(headers: Fields) -> None:
    made = [
        *(value for name, value in rewritten_headers(headers, 1, DIGEST) if name == b"ETag"),
        *(value for _, value in conditional_headers(headers, DIGEST) if (_, value) not in headers),
    ]
    assert not any(set(value) & set(b"\r\n\0") for value in made)
