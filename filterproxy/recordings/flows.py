"""mitmproxy's flow files: one tnetstring after the other, each a flow with its length in front."""

import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from mitmproxy.connection import Client, Server
from mitmproxy.flow import Flow
from mitmproxy.http import Headers, HTTPFlow, Request, Response
from mitmproxy.io import compat, tnetstring
from mitmproxy.net.http.status_codes import RESPONSES

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import Form, Piece
from filterproxy.recordings.writing import URLS, Written, ascii_url, request_target, write_file

ABSENT = "filterproxy.body"  # in a flow's metadata, with the value `absent`: its body was not kept
NOTE = "filterproxy.note"  # in a flow's metadata: the entry's note
_NOWHERE = ("", 0)
_GARBAGE = 1 << 18  # bytes of flows: mitmproxy leaves each one in circles of its errors' frames
_DIGITS = 12  # of a length, as tnetstring.load has it


def pieces(path: Path, entries: int) -> Iterator[Piece | Problem]:
    """The flows, so many at once; where a flow is cut short or is none, a problem that ends the rest."""
    start, first, number = 0, 1, 1
    try:
        with path.open("rb", buffering=0) as file:
            size = file.seek(0, 2)
            at, wrong = 0, ""
            while at < size and not wrong:
                end, wrong = _span(file, at, size)
                if not wrong:
                    at, number = end, number + 1
                if number > first and (wrong or at == size or number - first == entries):
                    yield Piece(str(path), Form.FLOWS, start, number - first, first, at - start)
                    start, first = at, number
    except OSError as error:
        yield Problem(str(path), error.strerror or str(error))
        return
    if wrong:
        yield Problem(f"{path}, flow {number}", f"{wrong} (byte {at}; the last {size - at} can't be used)")


def _span(file: BinaryIO, at: int, size: int) -> tuple[int, str]:
    """Where the flow that begins here ends, or what is wrong with it. Its contents are passed over."""
    file.seek(at)
    digits, colon, _ = file.read(_DIGITS + 1).partition(b":")
    if not digits.isdigit() or not colon:
        cut = digits.isdigit() and at + len(digits) == size
        return at, "cut short" if cut else "no flow begins here"
    end = at + len(digits) + 1 + int(digits)
    if end >= size:
        return at, "cut short"
    file.seek(end)
    if file.read(1) != b"}":
        return at, "no flow: its length doesn't fit what follows"
    return end + 1, ""


def read(piece: Piece) -> Iterator[Entry | Problem]:
    """The HTTP flows that have an answer. A flow that can't be understood is a problem."""
    for place, flow in read_flows(piece):
        if isinstance(flow, Problem):
            yield flow
        elif isinstance(flow, HTTPFlow) and flow.response is not None:
            yield as_entry(place, flow)


def read_flows(piece: Piece) -> Iterator[tuple[str, Flow | Problem]]:
    """Every flow as mitmproxy has it, of whatever kind, with its place."""
    number, at, since = piece.first, piece.start, piece.start
    place = piece.path
    try:
        with Path(piece.path).open("rb", buffering=0) as file:
            size = file.seek(0, 2)
            while at < size and (not piece.entries or number < piece.first + piece.entries):
                place = f"{piece.path}, flow {number}"
                end, wrong = _span(file, at, size)
                if wrong:
                    yield place, Problem(place, f"{wrong} (byte {at})")
                    return
                file.seek(at)
                yield place, _flow(place, at, file.read(end - at))
                number, at = number + 1, end
                if at - since > _GARBAGE:
                    gc.collect(1)  # else hundreds of large bodies wait for it
                    since = at
    except OSError as error:
        yield place, Problem(place, error.strerror or str(error))


def _flow(place: str, at: int, data: bytes) -> Flow | Problem:
    try:
        state: Any = tnetstring.loads(data)
        return Flow.from_state(compat.migrate_flow(state))
    except Exception as error:  # noqa: BLE001 - a state of any shape meets code that expects one of its own
        return Problem(place, f"not a flow that can be read: {_words(error)} (byte {at})")


def _words(error: Exception) -> str:
    return str(error)[:200] if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"[:200]


def as_entry(place: str, flow: HTTPFlow) -> Entry:
    """A flow that has an answer, as an entry."""
    response = flow.response
    assert response is not None  # noqa: S101 - as said
    body = None if flow.metadata.get(ABSENT) == "absent" else response.raw_content
    return Entry(
        place,
        flow.request.pretty_url,
        flow.request.method,
        response.status_code,
        flow.request.headers.fields,
        [field for field in response.headers.fields if field[0].lower() != b"transfer-encoding"],
        body,
        flow.request.raw_content or b"",
        flow.request.timestamp_start,
        str(flow.metadata.get(NOTE, "")),
    )


def write(path: Path, entries: Iterable[Entry | Flow]) -> Written:
    """A flow file of these entries; flows among them are written as they are.

    Raises:
        RecordingError: it can't be written; a file that was there is as it was.
    """
    return write_file(path, entries, FlowSink)


class FlowSink:
    """An open flow file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._number = 0

    def add(self, entry: Entry | Flow) -> Iterable[str]:
        """Write a flow with this request and this answer; of the connections nothing is known."""
        if isinstance(entry, Flow):
            tnetstring.dump(entry.get_state(), self._file)
            return ()
        url = ascii_url(entry.url)
        flow = HTTPFlow(
            Client(peername=_NOWHERE, sockname=_NOWHERE, timestamp_start=entry.time), Server(address=None)
        )
        self._number += 1
        flow.id = str(uuid5(NAMESPACE_URL, f"{self._number} {url}"))
        flow.client_conn.id, flow.server_conn.id = f"client-{flow.id}", f"server-{flow.id}"
        flow.timestamp_created = entry.time
        flow.request, flow.response = _request(entry, url), _response(entry)
        flow.server_conn.address = (flow.request.host, flow.request.port)
        if entry.body is None:
            flow.metadata[ABSENT] = "absent"
        if entry.note:
            flow.metadata[NOTE] = entry.note
        tnetstring.dump(flow.get_state(), self._file)
        return () if flow.request.pretty_url == entry.url else (URLS,)

    def end(self) -> None:
        """Nothing comes after the last flow."""


def _request(entry: Entry, url: str) -> Request:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    return Request(
        parts.hostname or "",
        parts.port or (443 if secure else 80),
        entry.method.encode("utf-8", "surrogateescape"),
        parts.scheme.encode(),
        b"",
        request_target(url).encode("ascii"),
        b"HTTP/1.1",
        Headers(entry.request),
        entry.request_body,
        None,
        entry.time,
        entry.time,
    )


def _response(entry: Entry) -> Response:
    reason = RESPONSES.get(entry.status, "").encode()
    times = (entry.time, entry.time)
    return Response(b"HTTP/1.1", entry.status, reason, Headers(entry.response), entry.body, None, *times)
