"""Writes a HAR (HTTP Archive 1.2) entry by entry."""

import base64
import datetime as dt
import json
from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlsplit

from filterproxy.classify.fields import HeaderFields
from filterproxy.classify.response import content_type
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.har_entry import CODED, NOTE, sent_size
from filterproxy.recordings.har_text import to_bytes
from filterproxy.recordings.writing import CODINGS, LeftOutError, decoded
from filterproxy.rewrite.charset import sniff

_TEXTS = ("text/", "application/json", "application/javascript", "application/xml", "application/xhtml")
_FIELD_BYTES = "header fields that are no UTF-8"


class HarSink:
    """An open HAR. Text stands in it as text where its bytes can be told from it again, else as base64."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._between = b"\n"
        creator = json.dumps({"name": "filterproxy", "version": version("filterproxy")})
        file.write(b'{"log": {"version": "1.2", "creator": %b, "pages": [], "entries": [' % creator.encode())

    def add(self, entry: Entry) -> Iterable[str]:
        """Write an entry."""
        if not 0 < entry.status < 1000:  # noqa: PLR2004 - 0 means there that nothing came
            raise LeftOutError("without a status")
        lost: set[str] = set()
        made = {
            "startedDateTime": dt.datetime.fromtimestamp(entry.time, dt.UTC).isoformat(),
            "time": 0,
            "request": _request(entry, lost),
            "response": _response(entry, lost),
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        }
        if entry.note:
            made[NOTE] = entry.note
        self._file.write(self._between + _json(made))
        self._between = b",\n"
        return lost

    def end(self) -> None:
        """Close the list of entries, and what it stands in."""
        self._file.write(b"\n]}}\n")


def _json(made: dict[str, Any]) -> bytes:
    try:
        return json.dumps(made, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # lone surrogates: bytes that are no text, in a URL
        return json.dumps(made).encode()


def _request(entry: Entry, lost: set[str]) -> dict[str, Any]:
    query = parse_qsl(urlsplit(entry.url).query, keep_blank_values=True, errors="surrogateescape")
    made: dict[str, Any] = {
        "method": entry.method,
        "url": entry.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(entry.request, lost),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": len(entry.request_body),
    }
    if entry.request_body:
        made["postData"] = {"mimeType": content_type(entry.request) or "", **_sent(entry.request_body)}
    return made


def _sent(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _response(entry: Entry, lost: set[str]) -> dict[str, Any]:
    status = entry.status
    kind = content_type(entry.response) or ""
    located = [value for name, value in entry.response if name.lower() == b"location"]
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(entry.response, lost),
        "content": _content(entry, kind, lost),
        "redirectURL": located[0].decode("utf-8", "replace") if located else "",
        "headersSize": -1,
        "bodySize": -1 if entry.body is None else len(entry.body),
    }


def _content(entry: Entry, kind: str, lost: set[str]) -> dict[str, Any]:
    body = decoded(entry)
    if entry.body is None:
        return {"size": -1, "mimeType": kind}
    if body is None:  # it does not fit its coding: kept as it came, so that nothing is lost
        text = base64.b64encode(entry.body).decode()
        return {"size": len(entry.body), "mimeType": kind, "text": text, "encoding": "base64", CODED: True}
    if body is not entry.body:
        lost.add(CODINGS)
    made: dict[str, Any] = {"size": len(body), "mimeType": kind}
    plain = _as_text(body, kind, sent_size(entry.response, len(entry.body)))
    if plain is None:
        return {**made, "text": base64.b64encode(body).decode(), "encoding": "base64"}
    return {**made, "text": plain}


def _as_text(body: bytes, kind: str, size: int) -> str | None:
    """The body as text, if reading it gives these very bytes again."""
    if not kind.lower().startswith(_TEXTS):
        return None
    charset = sniff(body, kind).charset
    if charset is None:
        return None
    text = charset.bom.decode(charset.python) + charset.decode(body)
    try:
        return text if to_bytes(text, kind, size)[0] == body else None
    except UnicodeError:
        return None


def _headers(fields: HeaderFields, lost: set[str]) -> list[dict[str, str]]:
    made = []
    for name, value in fields:
        try:
            pair = {"name": name.decode(), "value": value.decode()}
        except UnicodeDecodeError:
            pair = {"name": name.decode("latin-1"), "value": value.decode("latin-1")}
            lost.add(_FIELD_BYTES)
        made.append(pair)
    return made
