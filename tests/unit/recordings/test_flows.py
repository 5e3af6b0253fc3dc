"""mitmproxy's flow files: whole flows are used, whatever comes after them."""

import io
from pathlib import Path

import pytest
from mitmproxy.io import FlowWriter, tnetstring
from mitmproxy.test import tflow

from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.recording import open_recording, read_piece
from tests.flows.record import SAMPLE
from tests.support.recordings import cuts, demo_entries, read, said, write


def flow_bytes(*flows: object) -> list[bytes]:
    made = []
    for flow in flows:
        file = io.BytesIO()
        FlowWriter(file).add(flow)  # type: ignore[arg-type]
        made.append(file.getvalue())
    return made


def test_the_sample_site_is_read() -> None:
    entries, problems = read(SAMPLE)
    assert problems == []
    pages = demo_entries()
    assert [(entry.url, entry.body, entry.status) for entry in entries] == [
        (page.url, page.body, 200) for page in pages
    ]
    assert [entry.place for entry in entries] == [f"{SAMPLE}, flow {number}" for number in range(1, 6)]


@pytest.mark.parametrize("lost", [1, 2, 100, 11_000])
def test_a_truncated_file_gives_its_whole_flows(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "cut.mitm"
    whole = SAMPLE.read_bytes()
    starts = [piece.start for piece in cuts(SAMPLE, 1)]
    assert lost < len(whole) - starts[4]
    path.write_bytes(whole[:-lost])
    entries, problems = read(path)
    assert len(entries) == 4
    left = len(whole) - lost - starts[4]
    assert said(path, problems) == [
        f"cut.mitm, flow 5: cut short (byte {starts[4]}; the last {left} can't be used)"
    ]


@pytest.mark.parametrize("digits", [1, 2])
def test_a_file_cut_in_a_length_is_cut_short(tmp_path: Path, digits: int) -> None:
    path = tmp_path / "cut.mitm"
    start = cuts(SAMPLE, 1)[1].start
    path.write_bytes(SAMPLE.read_bytes()[: start + digits])
    entries, problems = read(path)
    assert len(entries) == 1
    assert [problem.what.partition(" (")[0] for problem in problems] == ["cut short"]


@pytest.mark.parametrize(
    ("garbage", "what"),
    [
        (b"garbage", "no flow begins here"),
        (b"7:garbage,", "no flow: its length doesn't fit what follows"),
        (b"9999999999999:", "no flow begins here"),
        (b"999999999:x", "cut short"),
        (b":", "no flow begins here"),
    ],
)
def test_garbage_between_flows_ends_the_file(tmp_path: Path, garbage: bytes, what: str) -> None:
    path = tmp_path / "odd.mitm"
    start = cuts(SAMPLE, 1)[3].start
    whole = SAMPLE.read_bytes()
    path.write_bytes(whole[:start] + garbage + whole[start:])
    entries, problems = read(path)
    assert len(entries) == 3
    left = len(whole) - start + len(garbage)
    assert said(path, problems) == [f"odd.mitm, flow 4: {what} (byte {start}; the last {left} can't be used)"]


def test_a_flow_that_is_none_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "odd.mitm"
    good, other = flow_bytes(tflow.tflow(resp=True), tflow.tflow(resp=True))
    unknown = tnetstring.dumps({"type": "http", "version": 9999})
    shapeless = tnetstring.dumps({"version": 21, "type": "http", "request": 1})
    broken = b"5:xxxxx}"
    path.write_bytes(good + unknown + shapeless + broken + other)
    entries, problems = read(path, 1)
    assert [entry.place for entry in entries] == [f"{path}, flow 1", f"{path}, flow 5"]
    assert [problem.place for problem in problems] == [f"{path}, flow {number}" for number in (2, 3, 4)]
    assert "flow format version 9999" in problems[0].what
    for problem, at in zip(
        problems, [len(good), len(good + unknown), len(good + unknown + shapeless)], strict=True
    ):
        assert problem.what.startswith("not a flow that can be read: ")
        assert problem.what.endswith(f"(byte {at})")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.mitm"
    path.touch()
    with pytest.raises(RecordingError, match=r"empty\.mitm: the file is empty"):
        open_recording(path)


def test_other_flows_and_those_without_an_answer_are_no_entries(tmp_path: Path) -> None:
    path = tmp_path / "mixed.mitm"
    unanswered = tflow.tflow(err=True)
    kept = tflow.tflow(resp=True)
    kept.metadata["filterproxy.body"] = "absent"
    path.write_bytes(b"".join(flow_bytes(tflow.ttcpflow(), tflow.tdnsflow(), unanswered, kept)))
    [entry], problems = read(path)
    assert (entry.place, entry.body, problems) == (f"{path}, flow 4", None, [])


def test_flows_of_an_old_version_are_read(tmp_path: Path) -> None:
    state = tflow.tflow(resp=True).get_state()
    state["version"] = 19
    state["client_conn"]["state"] = state["server_conn"]["state"] = 0
    path = tmp_path / "old.mitm"
    path.write_bytes(tnetstring.dumps(state))
    [entry], problems = read(path)
    assert (entry.body, problems) == (b"message", [])


def test_chunks_are_no_part_of_what_is_kept(tmp_path: Path) -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    flow.response.headers["Transfer-Encoding"] = "chunked"
    path = tmp_path / "chunked.mitm"
    path.write_bytes(flow_bytes(flow)[0])
    [entry], _ = read(path)
    assert not [name for name, _ in entry.response if name.lower() == b"transfer-encoding"]


def test_a_file_that_goes_away_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "gone.mitm"
    write(path, demo_entries())
    recording = open_recording(path)
    [piece] = cuts(path, 10)
    path.unlink()
    assert said(path, recording.pieces(1)) == ["gone.mitm: No such file or directory"]  # type: ignore[arg-type]
    assert list(read_piece(piece)) == [Problem(str(path), "No such file or directory")]
