"""One entry of a HAR (HTTP Archive 1.2), as an `Entry`."""

import base64
import binascii
import datetime as dt
import re
from typing import Any

from filterproxy.classify.fields import HeaderFields, values
from filterproxy.classify.response import content_type
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.har_text import to_bytes

CODED = "_contentCoded"  # of `content`: true where its text is still in the content coding
NOTE = "_note"  # of an entry: what was lost or repaired before it came here
_WEB = ("http://", "https://")
_NO_CONTENT = frozenset({204, 304})
_PAGE = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\s*(?:;|$)", re.IGNORECASE)


def as_entry(place: str, data: object) -> Entry | Problem | None:
    """What the entry holds, its text as bytes again; None where it is of no web address (`data:`).

    Fields that tell of the body as it was sent (Content-Encoding and so on) are dropped: the text is what
    came out of that. What is missing or of the wrong shape, and a page whose content was not saved, is a
    problem.
    """
    try:
        entry = _object(data if data is not None else [], "the entry")
        request = _object(entry.get("request"), "request")
        if not _text(request.get("url"), "request.url").lower().startswith(_WEB):
            return None
        return _entry(place, entry, request, _object(entry.get("response"), "response"))
    except ValueError as error:
        return Problem(place, str(error))


def _entry(place: str, entry: dict[str, Any], request: dict[str, Any], response: dict[str, Any]) -> Entry:
    status = response.get("status")
    if not isinstance(status, int) or not 0 <= status < 1000:  # noqa: PLR2004 - three digits
        raise ValueError("response.status is no status")
    if not status:
        why = response.get("_error") or response.get("statusText") or entry.get("_error")
        raise ValueError(f"it got no answer{f': {why}' if isinstance(why, str) else ''} (status 0)")
    method = _text(request.get("method", "GET"), "request.method").upper()
    fields = _fields(response.get("headers"), "response.headers")
    body, coded, notes = _body(response, fields, empty=method == "HEAD" or status in _NO_CONTENT)
    noted = entry.get(NOTE)
    return Entry(
        place,
        request["url"],
        method,
        status,
        _fields(request.get("headers"), "request.headers"),
        _fitting(fields, body, coded=coded),
        body,
        _sent(request.get("postData")),
        _time(entry.get("startedDateTime")),
        "; ".join(filter(None, [noted if isinstance(noted, str) else "", notes])),
    )


def _body(response: dict[str, Any], fields: HeaderFields, *, empty: bool) -> tuple[bytes | None, bool, str]:
    """The body, whether it is still in its content coding, and what there is to say of it."""
    content = _object(response.get("content", {}), "response.content")
    text, size, kind = content.get("text"), content.get("size"), content_type(fields)
    if kind is None:
        mime = content.get("mimeType")
        kind = mime if isinstance(mime, str) else ""
    if text is None:
        redirected = 300 <= response["status"] < 400  # noqa: PLR2004 - RFC 9110, 15.4
        if empty or size == 0 or (redirected and not size):
            return b"", False, ""
        if _PAGE.match(kind) and not redirected:
            raise ValueError("a page whose content was not saved: export it with content")
        return None, False, ""
    text = _text(text, "response.content.text")
    coding = content.get("encoding")
    if coding == "base64":
        try:
            return base64.b64decode(text), content.get(CODED) is True, ""
        except (binascii.Error, ValueError) as error:
            raise ValueError(f"response.content.text is no base64: {error}") from error
    if coding:
        raise ValueError(f"response.content.encoding is {coding!r}, not base64")
    body, note = to_bytes(text, kind, sent_size(fields, response.get("bodySize")))
    return body, False, note


def sent_size(fields: HeaderFields, body_size: object) -> int:
    """How many bytes the body had, where the fields or the HAR's `bodySize` can tell; else -1.

    `content.size` can't: Playwright has there what the text takes in UTF-8.
    """
    if values(fields, b"content-encoding"):
        return -1
    length = (values(fields, b"content-length") or [""])[0]
    if length.isascii() and length.isdigit():
        return int(length[:15])
    return body_size if isinstance(body_size, int) else -1


def _fitting(fields: HeaderFields, body: bytes | None, *, coded: bool) -> HeaderFields:
    unfit = {b"transfer-encoding"} if coded or body is None else {b"transfer-encoding", b"content-encoding"}
    length = None if body is None else str(len(body)).encode()
    return [
        (name, value)
        for name, value in fields
        if name.lower() not in unfit
        and not (name.lower() == b"content-length" and length is not None and value != length)
    ]


def _fields(headers: object, what: str) -> HeaderFields:
    """Header fields. HTTP/2's own are left out; browsers join several of one name by line ends."""
    if headers is None:
        return []
    if not isinstance(headers, list):
        raise ValueError(f"{what} is no list")  # noqa: TRY004 - the file's fault, not the caller's
    fields = []
    for header in headers:
        pair = _object(header, what)
        name, value = _text(pair.get("name"), f"{what}: name"), _text(pair.get("value", ""), f"{what}: value")
        if name and not name.startswith(":"):
            fields += [(_bytes(name), _bytes(line)) for line in value.splitlines() or [""]]
    return fields


def _sent(data: object) -> bytes:
    if not isinstance(data, dict) or not isinstance(text := data.get("text"), str):
        return b""
    if data.get("encoding") == "base64":  # HAR 1.2 has no such key here; without it bytes are lost
        try:
            return base64.b64decode(text)
        except (binascii.Error, ValueError):
            return b""
    return _bytes(text)


def _time(started: object) -> float:
    try:
        time = dt.datetime.fromisoformat(started if isinstance(started, str) else "")
        return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no object" if value is not None else f"it has no {what}")  # noqa: TRY004
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{what} is no text" if value is not None else f"it has no {what}")  # noqa: TRY004
    return value


def _bytes(text: str) -> bytes:
    """UTF-8; lone surrogates are the bytes they stand for, or a question mark."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
