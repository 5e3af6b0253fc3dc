"""May this response be rewritten? Decided by its head alone, before a byte of the body is kept."""

import re

from filterproxy.classify.fields import HeaderFields, elements, joined, values
from filterproxy.errors import SkipReason
from filterproxy.settings import Limits

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_JSON = frozenset({"application/json", "text/json", "text/plain"} | {
    f"application/{name}" for name in ("ndjson", "x-ndjson", "jsonl", "jsonlines", "x-jsonlines")
} | {  # JSONP: the types of JavaScript (RFC 9239)
    f"{kind}/{name}"
    for kind in ("application", "text")
    for name in ("javascript", "x-javascript", "ecmascript", "x-ecmascript", "jsonp")
})  # fmt: skip
_METHODS = frozenset({"GET", "POST"})  # the two a browser shows the answer of
_SWITCHING = 101
_NO_WHOLE_BODY = frozenset({204, 205, 206, 226, 304})  # 226: a delta (RFC 3229)
_CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "identity"})
_MOST_CODINGS = 3
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+")

_ELEMENT = re.compile(r"(?:[^\",]|\"[^\"]*\"?)+")  # of a list whose elements hold quoted commas


def admit(
    method: str, status: int, headers: HeaderFields, limits: Limits | None = None, *, data: bool = False
) -> SkipReason | None:
    """Whether a response may be rewritten.

    Args:
        method: of the request.
        status: of the response.
        headers: of the response, as received.
        limits: for a Content-Length that says beforehand what is too large; the defaults if None.
        data: it is one whose JSON a rule prunes: then types that JSON is sent with are admitted too (JSON,
            JSON lines, JavaScript, plain text).

    Returns:
        None where it may be; else METHOD, UPGRADE, STATUS, RANGE, EVENT_STREAM, NOT_HTML (of data NOT_JSON),
        ATTACHMENT, NO_TRANSFORM, UNKNOWN_CODING, EMPTY, COMPRESSED_TOO_LARGE or BODY_TOO_LARGE: the first
        that holds.

    An Upgrade field of another answer than 101 only advertises (Apache sends `h2,h2c` with every page)
    and does not matter, nor does `nosniff`: the label is believed here in any case.
    """
    if method.upper() not in _METHODS:
        return SkipReason.METHOD
    if status == _SWITCHING:
        return SkipReason.UPGRADE
    if status < 200 or status in _NO_WHOLE_BODY:  # noqa: PLR2004 - 1xx are no final answers
        return SkipReason.STATUS
    if values(headers, b"content-range"):
        return SkipReason.RANGE
    return _by_kind(headers, data=data) or _by_length(headers, limits or Limits())


def is_html(headers: HeaderFields) -> bool:
    """Whether the answer's type is a page's."""
    return _essence(content_type(headers) or "") in _HTML


def content_type(headers: HeaderFields) -> str | None:
    """The Content-Type value that counts, or None.

    Of several, the last that is a media type, and the charset of an earlier one of the same type if it
    has none of its own (Fetch standard, "extract a MIME type").
    """
    found: str | None = None
    for value in values(headers, b"content-type"):
        for part in _ELEMENT.findall(value):
            if _essence(part) is None or _essence(part) == "*/*":
                continue
            same = found is not None and _essence(found) == _essence(part)
            found = found if same and "charset" not in part.lower() else part.strip(" \t")
    return found


def _essence(value: str) -> str | None:
    """A media type without its parameters, lower case; None where it is none."""
    essence = value.partition(";")[0].strip(" \t").lower()
    return essence if _MEDIA_TYPE.fullmatch(essence) else None


def _may_hold_json(essence: str | None) -> bool:
    return essence is not None and (essence in _JSON or essence in _HTML or essence.endswith("+json"))


def _by_kind(headers: HeaderFields, *, data: bool) -> SkipReason | None:
    essence = _essence(content_type(headers) or "")
    if essence == "text/event-stream":
        return SkipReason.EVENT_STREAM
    if not (_may_hold_json(essence) if data else essence in _HTML):
        return SkipReason.NOT_JSON if data else SkipReason.NOT_HTML
    if _is_attachment(values(headers, b"content-disposition")):
        return SkipReason.ATTACHMENT
    if "no-transform" in (element.lower() for element in elements(headers, b"cache-control")):
        return SkipReason.NO_TRANSFORM
    codings = [element.lower() for element in elements(headers, b"content-encoding")]
    if len(codings) > _MOST_CODINGS or not _CODINGS.issuperset(codings):
        return SkipReason.UNKNOWN_CODING
    return None


def _is_attachment(dispositions: list[str]) -> bool:
    """Whether a browser saves the answer: any type but `inline` (RFC 6266, 4.2), a missing one aside."""
    kinds = (value.partition(";")[0].strip(" \t").lower() for value in dispositions)
    return any(kind not in ("", "inline") and not kind.startswith("filename") for kind in kinds)


def _by_length(headers: HeaderFields, limits: Limits) -> SkipReason | None:
    length = joined(headers, b"content-length") or ""
    if not (length.isascii() and length.isdigit()):
        return None
    size = int(length[:20])  # more digits are too large as well, and cost time to read
    coded = any(element.lower() != "identity" for element in elements(headers, b"content-encoding"))
    if size == 0:
        return SkipReason.EMPTY
    if coded and size > limits.compressed:
        return SkipReason.COMPRESSED_TOO_LARGE
    return SkipReason.BODY_TOO_LARGE if size > limits.decoded else None
