"""The header fields of a rewritten page, and of the request for one.

A rewritten page is another representation of the resource (RFC 9110, 3.2): what vouches for the
origin's bytes goes, and its ETag is tied to the rules, so that a cache asks anew when these change.

    origin's ETag   "abc"                                 W/"abc"
    reader's ETag   W/"abc-fp-0123456789ab"               W/"abc-fpw-0123456789ab"

Weak, because two rewritings of one page mean the same and no range of it can be asked for. In requests
the tag is turned back into the origin's, for as long as the rules are the same. Content-Type and every
security policy (CSP, HSTS and their like) stay as they came.
"""

import re
from collections.abc import Iterator, Sequence

Fields = Sequence[tuple[bytes, bytes]]

_OF_THE_ORIGINAL_BYTES = frozenset(
    {
        b"content-encoding",
        b"transfer-encoding",
        b"trailer",
        b"accept-ranges",  # ranges would count in the original
        b"content-md5",
        b"digest",  # RFC 3230
        b"content-digest",  # RFC 9530
        b"repr-digest",
        b"signature",  # RFC 9421: covers fields that are changed here
        b"signature-input",
        b"use-as-dictionary",  # RFC 9842: the origin would compress against bytes nobody has
        b"last-modified",  # knows nothing of the rules; lets caches keep a page unasked (RFC 9111, 4.2.2)
    }
)
_ASKS_FOR_THE_ORIGINAL_BYTES = frozenset(
    {
        b"if-modified-since",  # a page may be unchanged and its rules not
        b"range",  # parts can't be filtered, and don't fit what was filtered
        b"if-range",
        b"a-im",  # RFC 3229: a delta to bytes the reader does not have
        b"available-dictionary",  # RFC 9842
        b"dictionary-id",
    }
)
_DICTIONARIES = frozenset({b"available-dictionary", b"dictionary-id"})  # RFC 9842
_DECODABLE = re.compile(
    rb"(?:gzip|x-gzip|deflate|br|zstd|identity)[ \t]*(?:;[ \t]*q=[01](?:\.[0-9]{0,3})?)?", re.IGNORECASE
)
_ETAG = re.compile(rb'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_DIGEST_LENGTH = 12  # hex digits: 48 bits tell apart all the rule sets one reader will ever have
_HEX = re.compile(r"[0-9a-f]{12,}")


def rewritten_headers(
    headers: Fields, body_length: int, ruleset_digest: str
) -> tuple[tuple[bytes, bytes], ...]:
    """The fields to send with a rewritten, uncoded body.

    Args:
        headers: as received from the origin.
        body_length: of the new body, in bytes.
        ruleset_digest: `Ruleset.digest`, lower-case hex.

    Returns:
        The fields in their order; one Content-Length, where the first one stood or else last. An
        ETag that is none (RFC 9110, 8.8.3) is dropped, as all are where the digest is none.
    """
    length = (b"Content-Length", str(body_length).encode())
    fields: list[tuple[bytes, bytes]] = []
    for name, value in headers:
        lower = name.lower()
        if lower == b"content-length":
            if length not in fields:
                fields.append(length)
        elif lower == b"etag":
            fields.extend((name, tag) for tag in _tied(value, ruleset_digest))
        elif lower not in _OF_THE_ORIGINAL_BYTES:
            fields.append((name, value))
    return tuple(fields) if length in fields else (*fields, length)


def not_modified_headers(headers: Fields, ruleset_digest: str) -> tuple[tuple[bytes, bytes], ...]:
    """The fields of a 304 that answers a request whose ETag was turned back into the origin's.

    The reader must find the tag again that it asked with, or it can't tell which of its pages is meant.
    """
    return tuple(
        (name, tag)
        for name, value in headers
        if name.lower() != b"last-modified"
        for tag in (_tied(value, ruleset_digest) if name.lower() == b"etag" else [value])
    )


def conditional_headers(headers: Fields, ruleset_digest: str) -> tuple[tuple[bytes, bytes], ...]:
    """The fields to send to the origin when asking for a page that may be rewritten.

    - If-None-Match keeps the tags that carry this rule set's digest, as the origin wrote them; without
      one it goes. So does `*`. The page is then sent whole and filtered by today's rules.
    - If-Modified-Since, Range, If-Range, and all that asks for a difference to other bytes go.
    - Accept-Encoding keeps what `content_coding` decodes; `identity` if nothing is left of it.
    """
    fields: list[tuple[bytes, bytes]] = []
    for name, value in headers:
        lower = name.lower()
        if lower == b"if-none-match":
            if tags := list(_untied(value, ruleset_digest)):
                fields.append((name, b", ".join(tags)))
        elif lower == b"accept-encoding":
            fields.append((name, _decodable(value)))
        elif lower not in _ASKS_FOR_THE_ORIGINAL_BYTES:
            fields.append((name, value))
    return tuple(fields)


def decodable_headers(headers: Fields) -> tuple[tuple[bytes, bytes], ...]:
    """The fields to ask with for what may be filtered but mostly is not: only in codings that are known.

    Unlike `conditional_headers` it leaves alone what saves a transfer.
    """
    return tuple(
        (name, _decodable(value) if name.lower() == b"accept-encoding" else value)
        for name, value in headers
        if name.lower() not in _DICTIONARIES
    )


def _mark(ruleset_digest: str) -> bytes | None:
    return ruleset_digest[:_DIGEST_LENGTH].encode() if _HEX.fullmatch(ruleset_digest) else None


def _tied(etag: bytes, ruleset_digest: str) -> list[bytes]:
    """The reader's form of an origin's ETag; nothing where it is no ETag."""
    match = _ETAG.fullmatch(etag.strip(b" \t"))
    mark = _mark(ruleset_digest)
    if match is None or mark is None:
        return []
    return [b'W/"%b-%b-%b"' % (match[2], b"fpw" if match[1] else b"fp", mark)]


def _untied(value: bytes, ruleset_digest: str) -> Iterator[bytes]:
    """The origin's form of those tags of an If-None-Match that carry this digest."""
    mark = _mark(ruleset_digest)
    if mark is None:
        return
    for match in _ETAG.finditer(value):
        opaque = match[2]
        if opaque.endswith(b"-fp-" + mark):
            yield b'"%b"' % opaque.removesuffix(b"-fp-" + mark)
        elif opaque.endswith(b"-fpw-" + mark):
            yield b'W/"%b"' % opaque.removesuffix(b"-fpw-" + mark)


def _decodable(value: bytes) -> bytes:
    elements = (element.strip(b" \t") for element in value.split(b","))
    return b", ".join(filter(_DECODABLE.fullmatch, elements)) or b"identity"
