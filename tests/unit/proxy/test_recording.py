"""Original answers, kept as a flow file while pages are filtered."""

import gzip
import itertools
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy.exceptions import FlowReadException
from mitmproxy.http import HTTPFlow
from mitmproxy.io import FlowReader
from mitmproxy.test import tflow, tutils

from filterproxy.proxy.recorder import BODY, Recorder
from filterproxy.proxy.scrubbing import REQUEST_BODY
from filterproxy.recordings.scrubbed import lines
from filterproxy.report.events import Kind
from tests.support.client import Gate
from tests.support.lab import OTHER, RULED, Events, Lab, page, running_lab
from tests.support.server import Request, message


def read(path: Path) -> list[HTTPFlow]:
    with path.open("rb") as file:
        return [flow for flow in FlowReader(file).stream() if isinstance(flow, HTTPFlow)]


def answer(flow: HTTPFlow) -> bytes | None:
    assert flow.response is not None
    return flow.response.raw_content


def film(_: Request) -> Iterator[bytes | float]:
    yield message(content_type="video/mp4", length=11 << 20)
    yield from [bytes(1 << 20)] * 11


def browse(lab: Lab) -> None:
    coded = gzip.compress(page(), mtime=0)
    lab.origin.serve("/a.html", message(coded, ("Content-Encoding", "gzip"), ("ETag", '"a"')))
    lab.origin.serve("/pic.png", message(b"\x89PNG", content_type="image/png"))
    gate = Gate()

    def stream(_: Request) -> Iterator[bytes | float]:
        yield message(content_type="text/event-stream", length=-1)
        yield b"data: 1\n\n"
        yield from gate.wait()
        yield b"data: 2\n\n"

    lab.origin.serve("/events", stream)
    lab.origin.serve("/film", film)
    filtered = lab.client.get(f"https://{RULED}/a.html", If_None_Match='"a"', Cookie="c=1")
    assert filtered.body == page(banner=False)
    assert "if-none-match" not in lab.origin.requests[-1].headers  # a 304 can't be replayed
    assert lab.client.get(f"https://{RULED}/pic.png", Accept="image/*").body == b"\x89PNG"
    lab.client.get(f"https://{RULED}/events", Accept="text/event-stream", gate=gate)
    assert gate.passed
    assert len(lab.client.get(f"https://{RULED}/film").body) == 11 << 20
    assert lab.client.get(f"http://{OTHER}/a.html").body == coded


def test_originals_are_kept_while_pages_are_filtered(tmp_path: Path) -> None:
    path = tmp_path / "visit.mitm"
    path.touch(0o644)
    with running_lab(tmp_path / "lab", record=path) as lab:
        browse(lab)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    flows = {flow.request.path: flow for flow in read(path)}
    assert list(flows) == ["/a.html", "/pic.png", "/events", "/film"]  # the other host is not read
    kept = flows["/a.html"]
    assert kept.request.pretty_url == f"https://{RULED}/a.html"
    assert kept.response is not None
    assert answer(kept) == gzip.compress(page(), mtime=0)
    assert (kept.response.headers["etag"], kept.response.headers["content-encoding"]) == ('"a"', "gzip")
    assert kept.server_conn.address == (RULED, 443)
    assert answer(flows["/pic.png"]) == b"\x89PNG"
    assert answer(flows["/events"]) == b"data: 1\n\ndata: 2\n\n"
    assert (answer(flows["/film"]), flows["/film"].metadata) == (None, {BODY: "absent"})
    assert kept.metadata == {}


SECRETS = ("geheim-1", "geheim-2", "geheim-3", "geheim-4", "geheim-5", "geheim-6", "geheim-7", "geheim-8")


def sign_in(lab: Lab) -> None:
    lab.origin.serve(
        "/in",
        message(
            page(),
            ("Set-Cookie", "sid=geheim-1; Path=/; HttpOnly"),
            ("Location", "/home?token=geheim-2&id=7"),
            status="302 Found",
        ),
    )
    lab.client.get(
        f"https://{RULED}/in?sig=geheim-3&next=2",
        method="POST",
        body=b"name=x&password=geheim-4",
        Content_Type="application/x-www-form-urlencoded",
        Cookie="sid=geheim-5; theme=geheim-6",
        Authorization="Bearer geheim-7",
        Referer=f"https://{RULED}/x?session=geheim-8",
    )


def test_secrets_are_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "visit.mitm"
    with running_lab(tmp_path / "lab", record=path) as lab:
        sign_in(lab)
        assert lab.origin.requests[-1].body == b"name=x&password=geheim-4"  # what is sent is another matter
        assert lab.origin.requests[-1].headers["cookie"] == "sid=geheim-5; theme=geheim-6"
        assert lab.proxy.recorder is not None
        told = list(lines(lab.proxy.recorder.scrubbed))
    (flow,) = read(path)
    assert not [secret for secret in SECRETS if secret.encode() in path.read_bytes()]
    assert flow.request.pretty_url == f"https://{RULED}/in?sig=scrubbed&next=2"
    assert flow.request.headers["cookie"] == "sid=scrubbed; theme=scrubbed"
    assert flow.request.headers["authorization"] == "Bearer scrubbed"
    assert flow.request.headers["referer"] == f"https://{RULED}/x?session=scrubbed"
    assert (flow.request.raw_content, flow.metadata) == (b"", {REQUEST_BODY: "left out"})
    assert flow.response is not None
    assert flow.response.headers["set-cookie"] == "sid=scrubbed; Path=/; HttpOnly"
    assert flow.response.headers["location"] == "/home?token=scrubbed&id=7"
    assert answer(flow) == page()
    first, *listed = told
    assert first == (
        "scrubbed 2 cookies of 1 host, 1 authorization field of 1 host, "
        "3 tokens of 1 host, 1 request body of 1 host"
    )
    assert listed == [
        f"  cookie         {RULED}  sid ×2, theme",
        f"  authorization  {RULED}  authorization",
        f"  token          {RULED}  session, sig, token",
        f"  request body   {RULED}",
    ]


def test_secrets_are_kept_where_one_says_so(tmp_path: Path) -> None:
    path = tmp_path / "visit.mitm"
    with running_lab(tmp_path / "lab", record=path, keep_secrets=True) as lab:
        sign_in(lab)
    raw = path.read_bytes()
    assert [secret for secret in SECRETS if secret.encode() not in raw] == []
    assert read(path)[0].request.raw_content == b"name=x&password=geheim-4"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_recording_can_be_gone_on_with(tmp_path: Path) -> None:
    path, events = tmp_path / "a.mitm", Events()
    for number, append in enumerate((False, True, True)):
        recorder = Recorder(path, 1 << 20, events, append=append)
        recorder.keep(tflow.tflow(req=tutils.treq(path=f"/{number}".encode()), resp=True))
        recorder.close()
        assert recorder.kept == 1
    assert [flow.request.path for flow in read(path)] == ["/0", "/1", "/2"]


def test_an_answer_that_another_addon_gave_is_kept(tmp_path: Path) -> None:
    path, events = tmp_path / "a.mitm", Events()
    recorder = Recorder(path, 1 << 20, events)
    flow = tflow.tflow(resp=tutils.tresp(content=page()))
    assert flow.response is not None
    flow.response.stream = recorder.listener()  # set, and never called
    recorder.keep(flow)
    recorder.close()
    assert answer(read(path)[0]) == page()


def test_a_disk_that_is_full_hurts_nobody(tmp_path: Path) -> None:
    with running_lab(tmp_path / "lab", record=Path("/dev/full")) as lab:
        browse(lab)
        lab.events.wait(Kind.WRITE_FAILED)
    assert sum(event.kind is Kind.WRITE_FAILED for event in lab.events.all) == 1


def test_what_was_written_can_be_read_at_any_time(tmp_path: Path) -> None:
    path, events = tmp_path / "a.mitm", Events()
    recorder = Recorder(path, 1 << 20, events)
    try:
        for number in range(20):
            recorder.keep(tflow.tflow(req=tutils.treq(path=f"/{number}".encode()), resp=True))
    finally:
        recorder.close()
    assert [flow.request.path for flow in read(path)] == [f"/{number}" for number in range(20)]
    torn = path.read_bytes()[:-10]  # a process that was killed while it wrote
    path.write_bytes(torn)
    with path.open("rb") as file:
        flows = FlowReader(file).stream()
        assert len(list(itertools.islice(flows, 19))) == 19
        with pytest.raises(FlowReadException):
            next(iter(flows))
    assert events.all == []
