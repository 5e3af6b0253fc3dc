"""HARs as browsers and mitmproxy save them: text is brought back to bytes, broken entries are told."""

import base64
import json
import os
import tracemalloc
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.addons.savehar import SaveHar

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.har_text import to_bytes
from filterproxy.recordings.recording import open_recording
from tests.flows.record import SAMPLE
from tests.flows.record import read as read_flows
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.recordings import cuts, demo_entries, read, said, write

URL = "https://www.jiangcheng.example/content/c_1.htm"
GBK = '<html><head><meta charset="gb2312"><title>桥头的老裁缝</title></head><body><p>他量了四十年的布。'


def har_entry(**content: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-06-01T08:00:00.000+08:00",
        "request": {"method": "GET", "url": URL, "headers": [{"name": ":authority", "value": "x"}]},
        "response": {
            "status": 200,
            "headers": [{"name": "content-type", "value": "text/html"}],
            "content": {"size": 1, "mimeType": "text/html", **content},
        },
    }


def save(path: Path, *entries: Any, **more: Any) -> Path:
    log = {"version": "1.2", "creator": {"name": "made up"}, **more, "entries": list(entries)}
    path.write_text(json.dumps({"log": log}, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_chinese_page_whose_charset_stands_in_it_gets_its_bytes_back(tmp_path: Path) -> None:
    path = save(tmp_path / "a.har", har_entry(text=GBK))
    [entry], problems = read(path)
    assert problems == []
    assert entry.body == GBK.encode("gbk")
    assert entry.note == "re-encoded in gbk"
    assert (entry.place, entry.time, list(entry.request)) == (f"{path}, entry 1", 1_780_272_000.0, [])


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    text: str
    content_type: str
    body: bytes
    note: str = ""
    size: int = -1


_UTF_8 = "<p>晚风"
_LATE = f"<!--{'x' * 2000}-->{GBK}"
_1252 = "text/html; charset=windows-1252"
CASES = [
    Case("nothing declared", _UTF_8, "text/html", _UTF_8.encode()),
    Case("no HTML", _UTF_8, "text/plain; charset=gb18030", _UTF_8.encode("gb18030"), "re-encoded in gb18030"),
    Case("the header wins", GBK, "text/html; charset=utf-8", GBK.encode()),
    Case("far down", _LATE, "text/html", _LATE.encode("gbk"), "re-encoded in gbk"),
    Case("in a comment", f"<!--{GBK}-->", "text/html", f"<!--{GBK}-->".encode()),
    Case("UTF-8 after all", GBK, "text/html", GBK.encode(), size=len(GBK.encode())),
    Case(
        "lacking",
        "晚𰻝",
        "text/html; charset=Big5",
        "晚&#200413;".encode("big5"),
        "re-encoded in big5; characters that big5 lacks: 1",
    ),
    Case(
        "lost", "晚\ufffd", "text/html", "晚\ufffd".encode(), "characters lost when it was saved (U+FFFD): 1"
    ),
    Case("no text", "晚\udcff\udc80", "text/html", "晚".encode() + b"\xff\x80"),
    Case("half a pair", "<p>\ud83d", "text/html", b"<p>?", "characters that utf-8 lacks: 1"),
    Case("a mark dropped", _UTF_8, "text/html", _UTF_8.encode("utf-8-sig"), size=len(_UTF_8.encode()) + 3),
    Case("controls", "\x81\x8d", _1252, b"\x81\x8d", "re-encoded in windows-1252"),
    Case("unknown", _UTF_8, "text/html; charset=utf-7", _UTF_8.encode()),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_text_to_bytes(case: Case) -> None:
    assert to_bytes(case.text, case.content_type, case.size) == (case.body, case.note)


def test_what_mitmproxy_saves_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "mitmproxy.har"
    path.write_text(json.dumps(SaveHar().make_har(read_flows(SAMPLE)), indent=4))
    entries, problems = read(path)
    assert problems == []
    assert [(entry.url, entry.body) for entry in entries] == [
        (page.url, page.body) for page in demo_entries()
    ]
    assert [entry.note for entry in entries] == ["", "re-encoded in gbk", "", "", ""]


PLAYWRIGHT = {"size": len(GBK.encode()), "mimeType": "text/html", "compression": 111, "text": GBK}


@pytest.mark.parametrize("coded", [False, True])
def test_as_playwright_saves_it(tmp_path: Path, *, coded: bool) -> None:
    made = har_entry(**PLAYWRIGHT)
    fields = made["response"]["headers"]
    fields.append({"name": "Content-Length", "value": str(333 if coded else len(GBK.encode("gbk")))})
    if coded:
        fields.append({"name": "Content-Encoding", "value": "gzip"})
    [entry], _ = read(save(tmp_path / "a.har", made))
    assert (entry.body, entry.note) == (GBK.encode("gbk"), "re-encoded in gbk")


def test_a_page_in_another_encoding_than_it_says(tmp_path: Path) -> None:
    made = har_entry(text=GBK)
    made["response"]["bodySize"] = len(GBK.encode())
    [entry], _ = read(save(tmp_path / "a.har", made))
    assert (entry.body, entry.note) == (GBK.encode(), "")


def test_what_a_browser_drops_or_joins(tmp_path: Path) -> None:
    made = har_entry(text=base64.b64encode(b"<p>\xff").decode(), encoding="base64")
    made["response"]["headers"] += [
        {"name": "Content-Encoding", "value": "br"},
        {"name": "transfer-encoding", "value": "chunked"},
        {"name": "content-length", "value": "999"},
        {"name": "set-cookie", "value": "a=1\nb=晚"},
        {"name": ":status", "value": "200"},
    ]
    made["request"]["postData"] = {"text": "k=晚"}
    [entry], problems = read(save(tmp_path / "a.har", made))
    assert problems == []
    assert entry.body == b"<p>\xff"
    assert list(entry.response) == [
        (b"content-type", b"text/html"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", "b=晚".encode()),
    ]
    assert entry.request_body == "k=晚".encode()


def _changed(**changes: Any) -> dict[str, Any]:
    return {**har_entry(text="<p>x"), **changes}


BROKEN = [
    (_changed(request=None), "it has no request"),
    (_changed(request={"method": "GET"}), "it has no request.url"),
    (_changed(response=[]), "response is no object"),
    (_changed(response={"status": "200"}), "response.status is no status"),
    (
        _changed(response={"status": 0, "_error": "net::ERR_FAILED"}),
        "it got no answer: net::ERR_FAILED (status 0)",
    ),
    (_changed(response={"status": 200, "headers": {}}), "response.headers is no list"),
    (_changed(response={"status": 200, "headers": [{"name": 1}]}), "response.headers: name is no text"),
    (har_entry(text=7), "response.content.text is no text"),
    (har_entry(text="<p>", encoding="rot13"), "response.content.encoding is 'rot13', not base64"),
    (har_entry(text="abc", encoding="base64"), "response.content.text is no base64: Incorrect padding"),
    (har_entry(), "a page whose content was not saved: export it with content"),
    ([], "the entry is no object"),
    (None, "the entry is no object"),
    ("text", "the entry is no object"),
]


@pytest.mark.parametrize(("made", "what"), BROKEN)
def test_a_broken_entry_is_told_and_the_others_go_on(tmp_path: Path, made: Any, what: str) -> None:
    path = save(tmp_path / "a.har", har_entry(text="<p>1"), made, har_entry(text="<p>3"))
    for at_once in (1, 10):
        entries, problems = read(path, at_once)
        assert [entry.body for entry in entries] == [b"<p>1", b"<p>3"]
        assert said(path, problems) == [f"a.har, entry 2: {what}"]


def test_other_addresses_and_bodies_that_need_no_content(tmp_path: Path) -> None:
    data = har_entry(text="<p>")
    data["request"]["url"] = "data:text/html,<p>"
    moved, image, empty = har_entry(), har_entry(mimeType="image/png"), har_entry(size=0)
    moved["response"] |= {"status": 302, "content": {"mimeType": "text/html"}}
    image["response"]["headers"] = []
    entries, problems = read(save(tmp_path / "a.har", data, moved, image, empty))
    assert problems == []
    assert [(entry.status, entry.body) for entry in entries] == [(302, b""), (200, None), (200, b"")]


GARBAGE = [
    ("]", "no JSON: "),
    ('{"a": ]}', "no JSON: "),
    ("nonsense", "no JSON: "),
    ("7", "the entry is no object"),
    ("null, 7", "no JSON: "),
]


@pytest.mark.parametrize(("garbage", "what"), GARBAGE)
def test_garbage_between_entries_is_told_and_the_others_go_on(
    tmp_path: Path, garbage: str, what: str
) -> None:
    path = tmp_path / "a.har"
    good = json.dumps(har_entry(text="<p>[1] {"))
    path.write_text(f'{{"log": {{"entries": [{good}, {garbage}, {good}]}}}}')
    for at_once in (1, 10):
        entries, problems = read(path, at_once)
        assert [entry.body for entry in entries] == [b"<p>[1] {"] * 2
        assert problems[0].place == f"{path}, entry 2"
        assert all(problem.what.startswith(what) for problem in problems)


def test_a_truncated_file_gives_its_whole_entries(tmp_path: Path) -> None:
    path = tmp_path / "whole.har"
    write(path, demo_entries())
    whole = path.read_bytes()
    starts = [piece.start for piece in cuts(path, 1)]
    cut = tmp_path / "cut.har"
    for end in range(starts[2] + 1, starts[3] - 2, 997):
        cut.write_bytes(whole[:end])
        entries, problems = read(cut)
        assert [entry.url for entry in entries] == [page.url for page in demo_entries()[:2]]
        assert said(cut, problems) == [f"cut.har, entry 3: cut short (byte {starts[2]})"]
    cut.write_bytes(whole[:20])
    assert said(cut, read(cut)[1]) == ["cut.har, entry 1: cut short (byte 19)"]


NO_HARS = ['{"log": {"pages": []}}', "{}", '{"entries": [{}]}', '{"log": {"x": {"entries": [{}]}}}']


@pytest.mark.parametrize("text", NO_HARS)
def test_json_without_entries_is_no_har(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.har"
    path.write_text(text)
    assert said(path, read(path)[1]) == ["a.har: no HAR: it has no entries in a log"]


def test_what_stands_before_the_entries_does_not_matter(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.har", har_entry(text="<p>1"), pages=[{"entries": [1], "x": '"]}\\'}], entries_=[{}]
    )
    path.write_bytes(b"\xef\xbb\xbf \n" + path.read_bytes())
    entries, problems = read(path)
    assert ([entry.body for entry in entries], problems) == ([b"<p>1"], [])


def test_entries_larger_than_what_is_read_at_once(tmp_path: Path) -> None:
    texts = ['"]}{[\\' * 200_000, "晚" * 400_000, "<p>"]
    path = save(tmp_path / "a.har", *(har_entry(text=text) for text in texts))
    entries, problems = read(path, 1)
    assert ([entry.body for entry in entries], problems) == ([text.encode() for text in texts], [])


@pytest.mark.long
def test_fifty_megabytes_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    page = demo_entries()[0]
    count = 51_000_000 // len(page.body or b"")
    written = write(path, (replace(page, url=f"{page.url}?{number}") for number in range(count)))
    assert written.entries == count
    os.truncate(path, written.size - 30_000)
    assert path.stat().st_size > 50_000_000
    tracemalloc.start()
    kinds = Counter(type(each) for each in open_recording(path).entries())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kinds == {Problem: 1, Entry: count - 2}
    assert peak < 5_000_000


@pytest.mark.corpus
@needs_corpus
def test_real_sessions_without_bodies() -> None:
    found = {}
    for name, count in (("expressen.har", 607), ("nytimes.har", 328)):
        entries, problems = read(CORPUS / "har" / name, 64)
        assert len(entries) + len(problems) == count
        assert {problem.what for problem in problems} == {BROKEN[10][1]}
        assert not [entry for entry in entries if entry.body]
        found[name] = len(problems)
    assert all(found.values())
