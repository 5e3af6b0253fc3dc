"""WARC files: what is bad is named with its byte, what comes after it is found."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from unittest import mock

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from filterproxy.recordings import warc_records
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.http_message import dechunked
from filterproxy.recordings.recording import read_piece
from tests.support.recordings import cuts, demo_entries, essence, read, said, write

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n"
PAGE = "<p>渡口的灯".encode("gbk")
HTTP = "application/http; msgtype=response"


def record(
    kind: str, name: str, block: bytes, *more: str, content_type: str = HTTP, length: int = -1
) -> bytes:
    fields = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:test:{kind}-{name}>",
        "WARC-Date: 2026-06-01T00:00:00Z",
        f"WARC-Target-URI: https://www.haixia.example/{name}",
        f"Content-Type: {content_type}",
        f"Content-Length: {length if length >= 0 else len(block)}",
        *more,
    ]
    return "\r\n".join([*fields, "", ""]).encode() + block + b"\r\n\r\n"


def response(name: str, *more: str, head: str = HEAD, body: bytes = PAGE, length: int = -1) -> bytes:
    return record("response", name, head.encode() + body, *more, length=length)


def request(name: str, *more: str, head: str = "GET /x HTTP/1.1\r\nX-Of: NAME\r\n\r\n") -> bytes:
    block = head.replace("NAME", name).encode()
    return record("request", name, block, *more, content_type="application/http; msgtype=request")


def of(name: str) -> str:
    return f"WARC-Concurrent-To: <urn:test:response-{name}>"


def save(path: Path, records: list[bytes]) -> Path:
    packed = map(gzip.compress, records) if path.suffix == ".gz" else records
    path.write_bytes(b"".join(packed))
    return path


_LENGTH = len(HEAD) + len(PAGE)
A, B, C = response("a"), response("b"), response("c")
BAD = {
    "garbage": (b"garbage\r\nand more of it\r\n", "no record begins here"),
    "another version": (B.replace(b"WARC/1.0", b"WARC/9.9"), "no record begins here"),
    "no length": (B.replace(b"Content-Length", b"Kontent-Length"), "it has no Content-Length"),
    "an odd length": (
        response("b", length=12).replace(b": 12\r", b": twelve\r"),
        "its Content-Length is 'twelve'",
    ),
    "too short a length": (response("b", length=20), "its Content-Length, 20, does not fit what follows"),
    "no type": (B.replace(b"WARC-Type", b"Type"), "it has no WARC-Type"),
    "no HTTP": (record("response", "b", b"<p>x"), "no HTTP answer: it does not begin with a status line"),
    "cut chunks": (
        response("b", head="HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", body=b"ff\r\n<p>"),
        "its chunks are cut short",
    ),
    "endless header": (b"WARC/1.0\r\n" + b"X: y\r\n" * 20_000, "its header doesn't end"),
}


@pytest.mark.parametrize("at_once", [1, 10])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_record_is_told_and_the_others_go_on(tmp_path: Path, bad: str, name: str, at_once: int) -> None:
    contents, what = BAD[bad]
    path = save(tmp_path / name, [A, contents, C])
    at = len(gzip.compress(A)) if name.endswith(".gz") else len(A)
    entries, problems = read(path, at_once)
    assert [entry.url[-1] for entry in entries] == ["a", "c"]
    assert [entry.body for entry in entries] == [PAGE, PAGE]
    assert said(path, problems) == [f"{name}, byte {at}: {what}"]


@pytest.mark.parametrize("chunk", [16, 17, 19, 64, 250])
def test_it_does_not_matter_what_is_read_at_once(tmp_path: Path, chunk: int) -> None:
    records = [A, request("a", of("a")), b"garbage" * 50, C, BAD["no type"][0]]
    plain, packed, one = (tmp_path / name for name in ("a.warc", "a.warc.gz", "one.warc.gz"))
    save(plain, records)
    save(packed, records)
    one.write_bytes(gzip.compress(A + B + C))
    expected = [read(path, 1) for path in (plain, packed, one)]
    assert [(len(entries), len(problems)) for entries, problems in expected] == [(2, 2), (2, 2), (3, 0)]
    with mock.patch.object(warc_records, "_CHUNK", chunk):
        assert [read(path, 1) for path in (plain, packed, one)] == expected


def test_too_long_a_length_swallows_no_record(tmp_path: Path) -> None:
    for length in (len(HEAD) + 60, len(HEAD) + 700, 10**9):
        path = save(tmp_path / "a.warc", [A, response("b", length=length), C, response("d")])
        entries, problems = read(path)
        assert [entry.url[-1] for entry in entries] == ["a", "c", "d"]
        assert [problem.place for problem in problems] == [f"{path}, byte {len(A)}"]


def _flip(data: bytes) -> bytes:
    return data[:60] + bytes(byte ^ 0xFF for byte in data[60:70]) + data[70:]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "is cut short": lambda data: data[:-1],
    "is damaged": _flip,
    "is damaged: its sum": lambda data: data[:-8] + b"\0\0\0\0" + data[-4:],
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("last", [True, False])
def test_a_damaged_member_is_told_and_the_others_go_on(tmp_path: Path, damage: str, *, last: bool) -> None:
    path = tmp_path / "a.warc.gz"
    one, two, three = map(gzip.compress, (A, B, C))
    path.write_bytes(one + DAMAGE[damage](two) + (b"" if last else three))
    entries, problems = read(path)
    assert [entry.url[-1] for entry in entries] == ["a"] + ["c"] * (not last)
    [problem] = problems
    assert problem.place == f"{path}, byte {len(one)}"
    if last or damage != "is cut short":  # else the next member's bytes are taken for its own
        assert problem.what.startswith(f"its gzip member {damage.partition(':')[0]}")


@pytest.mark.parametrize("lost", range(1, len(C), 37))
def test_a_truncated_file_gives_its_whole_records(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes((A + B + C)[:-lost])
    entries, problems = read(path)
    if lost <= 4:  # line ends alone
        assert (len(entries), problems) == (3, [])
    else:
        assert [entry.url[-1] for entry in entries] == ["a", "b"]
        assert [problem.place for problem in problems] == [f"{path}, byte {len(A + B)}"]


ORDERS = {
    "request before": [request("a", of("a")), A, request("b", of("b")), B],
    "request after": [A, request("a", of("a")), B, request("b", of("b"))],
    "named by the answer": [
        request("a"),
        response("a", "WARC-Concurrent-To: <urn:test:request-a>"),
        request("b"),
        response("b", "WARC-Concurrent-To: <urn:test:request-b>"),
    ],
    "by their address": [request("a"), A, request("b"), B],
    "interleaved": [request("a", of("a")), request("b", of("b")), A, B],
    "interleaved after": [A, B, request("a", of("a")), request("b", of("b"))],
}


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("order", ORDERS)
def test_requests_are_joined_to_their_answers(tmp_path: Path, order: str, name: str) -> None:
    path = save(
        tmp_path / name,
        [record("warcinfo", "i", b"", content_type="application/warc-fields"), *ORDERS[order]],
    )
    entries, problems = read(path, 10)
    assert problems == []
    assert [(entry.url[-1], list(entry.request)) for entry in entries] == [
        ("a", [(b"X-Of", b"a")]),
        ("b", [(b"X-Of", b"b")]),
    ]
    if "interleaved" not in order:
        assert [list(entry.request) for entry in read(path, 1)[0]] == [[(b"X-Of", b"a")], [(b"X-Of", b"b")]]


def test_no_answer_gets_a_request_of_another(tmp_path: Path) -> None:
    records = [request("a", of("a")), B, C, response("d"), request("z", of("z")), A]
    for some in permutations(records, 4):
        entries, _ = read(save(tmp_path / "a.warc", list(some)), 2)
        for entry in entries:
            assert [value for _, value in entry.request] in ([], [entry.url[-1].encode()])


def test_other_records_are_passed_over_and_pages_without_an_answer_used(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.warc",
        [
            record("resource", "p", PAGE, content_type="text/html; charset=gbk"),
            record("revisit", "r", HEAD.encode()),
            record("metadata", "m", b"x: y", content_type="application/warc-fields"),
            record("response", "d", b"1.2.3.4", content_type="text/dns"),
            record("resource", "u", b"x").replace(b"https://www.haixia.example/", b"urn:made:"),
            response("t", "WARC-Truncated: length"),
            response("n", "WARC-Truncated: disconnect", body=b""),
            response("<w>").replace(
                b"URI: https://www.haixia.example/<w>", b"URI: <https://www.haixia.example/w>"
            ),
        ],
    )
    entries, problems = read(path, 10)
    assert problems == []
    assert [(entry.url[-1], entry.body, entry.note) for entry in entries] == [
        ("p", PAGE, ""),
        ("t", PAGE, "cut short by who archived it (length)"),
        ("n", None, ""),
        ("w", PAGE, ""),
    ]
    assert list(entries[0].response) == [(b"Content-Type", b"text/html; charset=gbk")]


def test_heads_as_old_servers_send_them(tmp_path: Path) -> None:
    head = "HTTP/1.0 404\nContent-Type : text/html;\n charset=gbk\nno field\nX: 1\n\n"
    [entry], problems = read(save(tmp_path / "a.warc", [response("a", head=head)]))
    assert (problems, entry.status, entry.body) == ([], 404, PAGE)
    assert list(entry.response) == [(b"Content-Type", b"text/html; charset=gbk"), (b"X", b"1")]
    assert entry.note == "lines of its head that are no header fields: 1"


CHUNKS = [
    (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    (b"2;a=b\r\nhe\r\n003 \r\nllo\r\n0\r\nTrailer: 1\r\n\r\n", b"hello"),
    (b"5\nhello\n0\n\n", b"hello"),
    (b"0\r\n\r\n", b""),
    (b"", b""),
    (PAGE, PAGE),
    (b"<p>5\r\n", b"<p>5\r\n"),
]


@pytest.mark.parametrize(("body", "whole"), CHUNKS)
def test_chunks_are_undone(body: bytes, whole: bytes) -> None:
    assert dechunked(body) == whole


@pytest.mark.parametrize(
    "body", [b"5\r\nhel", b"5\r\nhello\r\n", b"5\r\nhello\r\n9\r\nx", b"2\r\nhello\r\n0\r\n\r\n"]
)
def test_chunks_that_are_cut_or_wrong(body: bytes) -> None:
    with pytest.raises(ValueError, match="its chunks are"):
        dechunked(body)


def test_a_file_in_one_member_is_one_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(A + B + C))
    [piece] = cuts(path, 1)
    assert (piece.entries, piece.size) == (3, path.stat().st_size)
    assert [each.url[-1] for each in read_piece(piece) if isinstance(each, Entry)] == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_what_is_written_stands_fastwarcs_own_checks(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    pages = [*demo_entries(), replace(demo_entries()[0], request=(), body=gzip.compress(PAGE))]
    write(path, pages)
    kinds = []
    with path.open("rb") as file:
        for made in ArchiveIterator(file, parse_http=False):
            assert made.verify_block_digest()
            kinds.append(made.record_type)
            assert made.record_id
            assert made.record_id.startswith("urn:uuid:") or made.record_id.startswith("<urn:uuid:")
            if made.record_type != WarcRecordType.warcinfo:
                assert made.headers["WARC-Target-URI"] in {page.url for page in pages}
                assert made.headers["WARC-Warcinfo-ID"]
    with path.open("rb") as file:
        for made in ArchiveIterator(file, WarcRecordType.response, parse_http=True):
            assert made.verify_payload_digest()
    exchange = [WarcRecordType.request, WarcRecordType.response]
    assert kinds == [WarcRecordType.warcinfo, *exchange * 5, WarcRecordType.response]


def test_each_record_is_a_gzip_member_of_its_own_and_has_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    write(path, demo_entries() * 2)
    assert [piece.entries for piece in cuts(path, 1)] == [1] * 10
    plain = gzip.decompress(path.read_bytes())
    names = [line for line in plain.split(b"\r\n") if line.startswith(b"WARC-Record-ID")]
    assert len(set(names)) == len(names) == 21
    write(tmp_path / "b.warc.gz", demo_entries() * 2)
    assert gzip.decompress((tmp_path / "b.warc.gz").read_bytes()) == plain


def test_what_would_break_a_record_is_left_out(tmp_path: Path) -> None:
    page = demo_entries()[0]
    odd = [
        replace(page, response=[(b"X", b"a\r\nWARC/1.0")]),
        replace(page, request=[(b"X: y", b"")]),
        replace(page, method="GET /\r\n"),
        replace(page, status=0),
        replace(page, url="chrome://settings"),
    ]
    written = write(tmp_path / "a.warc", [*odd, page])
    assert written.left_out == {
        "with a header field that is none": 2,
        "with a method that is none": 1,
        "without a status": 1,
        "of no web address": 1,
    }
    entries, problems = read(tmp_path / "a.warc")
    assert ([essence(entry) for entry in entries], problems) == ([essence(page)], [])


def test_addresses_are_written_as_they_are_sent(tmp_path: Path) -> None:
    page = replace(demo_entries()[0], url="https://www.海峡.example/故事?页=一 二#顶")
    assert write(tmp_path / "a.warc", [page]).lost == {"URLs as they were written": 1}
    [entry], _ = read(tmp_path / "a.warc")
    assert entry.url == ("https://www.xn--yktv99a.example/%E6%95%85%E4%BA%8B?%E9%A1%B5=%E4%B8%80%20%E4%BA%8C")
