"""WARC files (ISO 28500), versions 1.0 and 1.1, plain or in gzip.

Answers (`response` records with HTTP in them) and pages without one (`resource` records) are entries;
other records are passed over. A request is joined to its answer where it stands near it, as archives
have it: right before or right after.
"""

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fastwarc.warc import HeaderMap

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.http_message import parse_request, parse_response
from filterproxy.recordings.recording import Form, Piece
from filterproxy.recordings.warc_records import BadRecord, Record, records
from filterproxy.recordings.warc_sink import WarcSink
from filterproxy.recordings.writing import Written, write_file

NEAR = 4  # records between a request and its answer
LARGEST = 32 << 20  # bytes of a block that is read: no page is larger


@dataclass(frozen=True, slots=True)
class _Label:
    """What tells which records belong to one exchange."""

    kind: str
    identity: str
    concurrent: tuple[str, ...]
    uri: str

    def belongs_to(self, other: "_Label") -> bool:
        if {self.kind, other.kind} != {"request", "response"}:
            return False
        if self.concurrent or other.concurrent:
            return self.identity in other.concurrent or other.identity in self.concurrent
        return self.uri == other.uri


def _label(headers: HeaderMap) -> _Label:
    kind, uri = (headers.get("WARC-Type") or "").strip().lower(), headers.get("WARC-Target-URI") or ""
    concurrent = headers.get_multiple("WARC-Concurrent-To")
    return _Label(kind, headers.get("WARC-Record-ID") or "", concurrent, uri.strip().strip("<>"))


def _is_page(headers: HeaderMap) -> bool:
    """Whether a record is an entry: an HTTP answer, or what was fetched from a web address without one."""
    label = _label(headers)
    if not label.uri.lower().startswith(("http://", "https://")):
        return False
    content_type = (headers.get("Content-Type") or "application/http").strip().lower()
    http = content_type.startswith("application/http")
    return (label.kind == "response" and http) or label.kind == "resource"


def pieces(path: Path, entries: int) -> Iterator[Piece | Problem]:
    """The file in runs of records that hold so many entries, no exchange in two of them."""
    start = at = 0
    count, first = 0, 1
    near: deque[_Label] = deque(maxlen=NEAR)
    try:
        size = path.stat().st_size
        for record in records(str(path), 0, size, lambda _, __: False):
            label = _Label("", "", (), "") if isinstance(record, BadRecord) else _label(record.headers)
            starts = record.at > at and not any(label.belongs_to(other) for other in near)
            if count >= entries and starts and label.kind in {"request", "response", "resource"}:
                yield Piece(str(path), Form.WARC, start, count, first, record.at - start)
                start, first, count = record.at, first + count, 0
            near.append(label)
            at = record.at
            count += isinstance(record, Record) and _is_page(record.headers)
    except OSError as error:
        yield Problem(str(path), error.strerror or str(error))
        return
    if start < size:
        yield Piece(str(path), Form.WARC, start, count, first, size - start)


def read(piece: Piece) -> Iterator[Entry | Problem]:
    """The entries in the order of their answers. A record that is bad is a problem, with its byte."""
    waiting: deque[_Waiting] = deque()  # answers whose request may yet come
    requests: deque[tuple[_Label, Record]] = deque(maxlen=NEAR)
    try:
        for record in records(piece.path, piece.start, piece.start + piece.size, _wanted):
            if isinstance(record, BadRecord):
                waiting.append(_Waiting(Problem(f"{piece.path}, byte {record.at}", record.what), None))
                continue
            label = _label(record.headers)
            if label.kind == "request":
                requests.append((label, record))
                _join(waiting, label, record)
            elif _is_page(record.headers):
                waiting.append(_Waiting(_entry(f"{piece.path}, byte {record.at}", record, label), label))
                for known, request in requests:
                    _join(waiting, known, request)
            while waiting and (waiting[0].label is None or len(waiting) > NEAR):
                yield waiting.popleft().entry
    except OSError as error:
        waiting.append(_Waiting(Problem(piece.path, error.strerror or str(error)), None))
    yield from (each.entry for each in waiting)


def _wanted(headers: HeaderMap, length: int) -> bool:
    return length <= LARGEST and (_is_page(headers) or _label(headers).kind == "request")


@dataclass(slots=True)
class _Waiting:
    entry: Entry | Problem
    label: _Label | None  # None: it waits for nothing


def _join(waiting: "deque[_Waiting]", label: _Label, request: Record) -> None:
    for answer in waiting:
        if answer.label is None or not label.belongs_to(answer.label):
            continue
        answer.label = None
        if isinstance(answer.entry, Entry):
            answer.entry = _with_request(answer.entry, request)
        return


def _with_request(entry: Entry, request: Record) -> Entry:
    if request.block is None:
        return replace(entry, note=_noted(entry.note, f"its request, {request.length} bytes, was not read"))
    try:
        method, message = parse_request(request.block)
    except ValueError as error:
        return replace(entry, note=_noted(entry.note, f"its request was not read: {error}"))
    return replace(entry, method=method, request=message.fields, request_body=message.body)


def _entry(place: str, record: Record, label: _Label) -> Entry | Problem:
    time = _time(record.headers.get("WARC-Date") or "")
    content_type = (record.headers.get("Content-Type") or "").encode()
    if record.block is None:
        note = f"its body is not read: the record has {record.length} bytes"
        fields = [(b"Content-Type", content_type)] if label.kind == "resource" else []
        return Entry(place, label.uri, "GET", 200, (), fields, None, time=time, note=note)
    if label.kind == "resource":
        fields = [(b"Content-Type", content_type)]
        return Entry(place, label.uri, "GET", 200, (), fields, record.block, time=time, note=_cut(record))
    try:
        status, message = parse_response(record.block)
    except ValueError as error:
        return Problem(place, str(error))
    note = _cut(record)
    if message.left_out:
        note = _noted(note, f"lines of its head that are no header fields: {message.left_out}")
    body: bytes | None = message.body
    if not body and "WARC-Truncated" in record.headers:
        body, note = None, ""  # all of it was cut off
    return Entry(place, label.uri, "GET", status, (), message.fields, body, time=time, note=note)


def _cut(record: Record) -> str:
    """What the archive says of a block it did not keep whole."""
    why = record.headers.get("WARC-Truncated")
    if why is not None:
        return f"cut short by who archived it ({why})"
    return "only its first segment" if "WARC-Segment-Number" in record.headers else ""


def _noted(note: str, more: str) -> str:
    return f"{note}; {more}" if note else more


def _time(date: str) -> float:
    try:
        return dt.datetime.fromisoformat(date.strip()).timestamp()
    except ValueError:
        return 0.0


def write(path: Path, entries: Iterable[Entry]) -> Written:
    """A WARC 1.1 file of these entries, each record gzipped by itself where the name ends in `.gz`.

    Raises:
        RecordingError: it can't be written; a file that was there is as it was.
    """
    return write_file(path, entries, partial(WarcSink, gzipped=path.suffix == ".gz"))
