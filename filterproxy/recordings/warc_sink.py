"""Writes a WARC file (ISO 28500, version 1.1), record by record."""

import datetime as dt
import re
from collections.abc import Iterable
from hashlib import sha256
from http import HTTPStatus
from importlib.metadata import version
from typing import BinaryIO
from uuid import NAMESPACE_URL, uuid5

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

from filterproxy.classify.fields import HeaderFields
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.writing import NOTES, URLS, LeftOutError, ascii_url, request_target

_FIELD_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_INFO = """software: filterproxy/{}\r
format: WARC File Format 1.1\r
conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r
"""


class WarcSink:
    """An open WARC: a `warcinfo` record, then of each entry the request, if one is known, and the answer.

    Bodies stay in their content coding. Every record has its digests; gzipped, each is a member of its own.
    """

    def __init__(self, file: BinaryIO, *, gzipped: bool) -> None:
        self._out = GzipWriter(file, compression_level=6) if gzipped else file
        self._number = 0
        self._info = ""

    def add(self, entry: Entry) -> Iterable[str]:
        """Write an entry's records."""
        url = ascii_url(entry.url)
        if not 100 <= entry.status < 1000:  # noqa: PLR2004 - three digits (RFC 9112, 4)
            raise LeftOutError("without a status")
        request, response = _request(entry, url), _response(entry)
        if not self._info:
            self._info = self._begin(entry.time, _identity("warcinfo", url, response))
        self._number += 1
        answer = _identity(f"response {self._number}", url, response)
        if entry.request or entry.request_body or entry.method != "GET":
            record = self._record(
                WarcRecordType.request, _identity("request", answer, request), entry.time, url
            )
            record.headers["WARC-Concurrent-To"] = answer
            self._write(record, request)
        record = self._record(WarcRecordType.response, answer, entry.time, url)
        if entry.body is None:
            record.headers["WARC-Truncated"] = "unspecified"
        self._write(record, response)
        lost = [NOTES] if entry.note else []
        return lost if url == entry.url else [*lost, URLS]

    def end(self) -> None:
        """Write what is held back."""
        if isinstance(self._out, GzipWriter):
            self._out.flush()

    def _begin(self, time: float, identity: str) -> str:
        record = self._record(WarcRecordType.warcinfo, identity, time, "")
        record.headers["Content-Type"] = "application/warc-fields"
        record.set_bytes_content(_INFO.format(version("filterproxy")).encode())
        self._put(record)
        return identity

    def _record(self, kind: WarcRecordType, identity: str, time: float, url: str) -> WarcRecord:
        record = WarcRecord()
        record.init_headers(kind, record_urn=identity.strip("<>").encode())
        record.headers["WARC-Record-ID"] = identity
        record.record_date = dt.datetime.fromtimestamp(time, dt.UTC)
        if url:
            record.headers["WARC-Target-URI"] = url
            record.headers["WARC-Warcinfo-ID"] = self._info
            record.headers["Content-Type"] = f"application/http; msgtype={kind}"
        return record

    def _write(self, record: WarcRecord, block: bytes) -> None:
        record.set_bytes_content(block)
        record.is_http = True
        record.parse_http()  # so that the payload gets a digest of its own
        self._put(record)

    def _put(self, record: WarcRecord) -> None:
        record.write(self._out, checksum_data=True)
        if isinstance(self._out, GzipWriter):
            self._out.finish()  # the member


def _identity(what: str, url: str, block: bytes) -> str:
    """A record's name: another for another content, the same when the same is written again."""
    return f"<{uuid5(NAMESPACE_URL, f'{what} {url} {sha256(block).hexdigest()}').urn}>"


def _request(entry: Entry, url: str) -> bytes:
    if not _FIELD_NAME.fullmatch(entry.method.encode("utf-8", "surrogateescape")):
        raise LeftOutError("with a method that is none")
    return _message(
        f"{entry.method} {request_target(url)} HTTP/1.1".encode(), entry.request, entry.request_body
    )


def _response(entry: Entry) -> bytes:
    reason = HTTPStatus(entry.status).phrase if entry.status in set(HTTPStatus) else ""
    return _message(f"HTTP/1.1 {entry.status} {reason}".encode(), entry.response, entry.body or b"")


def _message(start: bytes, fields: HeaderFields, body: bytes) -> bytes:
    lines = [start]
    for name, value in fields:
        if not _FIELD_NAME.fullmatch(name) or b"\r" in value or b"\n" in value:
            raise LeftOutError("with a header field that is none")
        lines.append(name + b": " + value)
    return b"\r\n".join([*lines, b"", body])
