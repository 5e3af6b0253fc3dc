"""Entries through every form and back: URL, method, status, body and content type are what they were."""

import gc
import gzip
import tracemalloc
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filterproxy.recordings.entry import Entry
from filterproxy.recordings.recording import Form, open_recording
from tests.support.recordings import FORMS, cuts, demo_entries, essence, read, write


@pytest.mark.parametrize(("source", "target"), list(permutations(FORMS, 2)))
def test_pages_come_through_two_forms(source: str, target: str, tmp_path: Path) -> None:
    pages = demo_entries()
    first, second = tmp_path / "1" / source, tmp_path / "2" / target
    first.parent.mkdir()
    second.parent.mkdir()
    assert write(first, pages).entries == len(pages) == 5
    between, problems = read(first)
    assert problems == []
    write(second, between)
    entries, problems = read(second)
    assert problems == []
    assert [essence(entry) for entry in entries] == [essence(page) for page in pages]
    assert [entry.time for entry in entries] == [page.time for page in pages]


@pytest.mark.parametrize("name", ["visit.mitm", "visit.har", "visit.warc", "visit.warc.gz"])
def test_files_keep_header_fields_and_what_was_sent(name: str, tmp_path: Path) -> None:
    page = demo_entries()[0]
    entry = replace(
        page,
        method="POST",
        status=404,
        request=[(b"Host", b"www.qukanredian.com"), (b"X-A", b"1"), (b"x-a", b"2")],
        response=[*page.response, (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=\xe6\x99\x9a")],
        request_body=b"k=\xff\x00\xfe",
    )
    assert write(tmp_path / name, [entry]).lost == {}
    [again], problems = read(tmp_path / name)
    assert problems == []
    assert replace(again, place=entry.place, request=[*again.request], response=[*again.response]) == entry


@pytest.mark.parametrize("name", FORMS)
def test_a_coded_body_is_kept_or_its_coding_undone_and_told(name: str, tmp_path: Path) -> None:
    page = demo_entries()[1]
    body = page.body
    assert body is not None
    coded = replace(page, body=gzip.compress(body), response=[*page.response, (b"Content-Encoding", b"gzip")])
    broken = replace(coded, body=gzip.compress(body)[:-9])
    written = write(tmp_path / name, [coded, broken])
    entries, problems = read(tmp_path / name)
    assert problems == []
    keeps = name in {"visit.mitm", "visit.warc", "visit.warc.gz"}
    assert entries[0].body == (coded.body if keeps else body)
    assert (b"Content-Encoding", b"gzip") in entries[0].response or not keeps
    assert written.lost["content codings"] == (0 if keeps else 1)
    if name == "saved":
        assert written.left_out == {"whose body does not fit its content coding": 1}
    else:
        assert entries[1].body == broken.body
        assert (b"Content-Encoding", b"gzip") in entries[1].response


@pytest.mark.parametrize("name", FORMS)
def test_a_body_that_was_not_kept_stays_so(name: str, tmp_path: Path) -> None:
    image = replace(demo_entries()[0], body=None, response=[(b"Content-Type", b"image/png")])
    written = write(tmp_path / name, [image, demo_entries()[1]])
    entries, problems = read(tmp_path / name)
    assert problems == []
    if name == "saved":
        assert written.left_out == {"without a body": 1}
    else:
        assert [entry.body is None for entry in entries] == [True, False]


@pytest.mark.parametrize("name", FORMS)
def test_of_nothing_nothing_is_written(name: str, tmp_path: Path) -> None:
    assert write(tmp_path / name, []).entries == 0
    assert write(tmp_path / name, [replace(demo_entries()[0], url="data:text/html,x")]).entries == 0 or (
        name == "visit.har"
    )
    assert [path.name for path in tmp_path.iterdir()] == (["visit.har"] if name == "visit.har" else [])


@pytest.mark.parametrize("name", FORMS)
def test_what_fails_in_the_middle_leaves_nothing(name: str, tmp_path: Path) -> None:
    def failing() -> object:
        yield demo_entries()[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / name, failing())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


_HOST = st.sampled_from(["www.haixia.example", "a.example:8443", "127.0.0.1"])
_PATH = st.text(st.sampled_from("abz019-._~/%?&=+!*'();:@,"), max_size=30)
_SCHEME = st.sampled_from(["http", "https"])
_URL = st.builds(lambda scheme, host, path: f"{scheme}://{host}/{path}", _SCHEME, _HOST, _PATH)
_TYPES = st.sampled_from(
    [
        "text/html",
        "text/html; charset=gbk",
        "text/html; charset=utf-8",
        "text/html; charset=x-none",
        "TEXT/HTML;charset=shift_jis",
        "application/xhtml+xml; charset=Big5",
        "text/plain",
        "application/json",
        "image/png",
    ]
)
_MARKUP = [
    "<p>晚风</p>",
    '<meta charset="gb2312">',
    '<meta charset="big5">',
    "\r\n",
    "é€",
    "\ufeff",
    "\ufffd",
    "𠀀\0",
]
_BODY = st.one_of(
    st.binary(max_size=60),
    st.builds(
        lambda parts, charset: "".join(parts).encode(charset, "replace"),
        st.lists(st.sampled_from(_MARKUP), max_size=6),
        st.sampled_from(["utf-8", "gb18030", "big5", "utf-16", "cp932", "cp1252"]),
    ),
)
_ENTRY = st.builds(
    lambda url, method, status, kind, body, time: Entry(
        "made up", url, method, status, (), [(b"Content-Type", kind.encode())], body, time=time
    ),
    _URL,
    st.sampled_from(["GET", "POST", "HEAD"]),
    st.integers(200, 599),
    _TYPES,
    _BODY,
    st.integers(0, 2_000_000_000).map(float),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(_ENTRY, min_size=1, max_size=4), at_once=st.integers(1, 3))
@pytest.mark.parametrize("name", FORMS)
def test_any_entry_comes_back(name: str, tmp_path: Path, entries: list[Entry], at_once: int) -> None:
    folder = tmp_path / str(len([*tmp_path.iterdir()]))
    folder.mkdir()
    written = write(folder / name, entries)
    assert (written.entries, written.left_out) == (len(entries), {})
    again, problems = read(folder / name, at_once)
    assert problems == []
    assert [essence(entry) for entry in again] == [essence(entry) for entry in entries]
    assert [entry.time for entry in again] == [entry.time for entry in entries]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_pieces_cover_a_recording(name: str, at_once: int, tmp_path: Path) -> None:
    write(tmp_path / name, demo_entries() * 3)
    recording, pieces = open_recording(tmp_path / name), cuts(tmp_path / name, at_once)
    counts = [piece.entries for piece in pieces]
    assert sum(counts) == 15
    assert max(counts) == min(at_once, 15)
    first = 2 if recording.form is Form.FOLDER else 1
    assert [piece.first for piece in pieces] == [
        first + sum(counts[:number]) for number in range(len(counts))
    ]
    assert recording.size * 0.5 < sum(piece.size for piece in pieces) <= recording.size


@pytest.mark.long
@pytest.mark.parametrize("name", FORMS)
def test_reading_and_writing_take_flat_memory(name: str, tmp_path: Path) -> None:
    page = demo_entries()[0]
    write(tmp_path / f"first-{name}", [page])  # modules and tables that are made once
    list(open_recording(tmp_path / f"first-{name}").entries())
    gc.collect()
    tracemalloc.start()
    write(tmp_path / name, (replace(page, url=f"{page.url}?{number}") for number in range(1000)))
    seen = sum(isinstance(each, Entry) for each in open_recording(tmp_path / name).entries())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == 1000
    assert peak < 3_000_000  # of 22 MB
