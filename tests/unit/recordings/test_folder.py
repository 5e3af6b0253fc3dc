"""Folders of saved pages: what is there is read, what isn't is told."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from filterproxy.errors import RecordingError
from filterproxy.recordings.recording import open_recording
from filterproxy.recordings.table import NOWHERE
from tests.support.corpus import CORPUS, PAGES, corpus_pages, needs_corpus
from tests.support.recordings import cuts, demo_entries, read, said, write

URL = "https://www.jiangcheng.example/a.htm"


def table(folder: Path, *rows: str, header: str = "path\turl", name: str = "pages.tsv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_pages_stand_beside_the_table_or_in_the_folder_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "a.html").write_bytes(b"<p>a")
    (tmp_path / "saved" / "b.html").write_bytes("<p>乙".encode("gbk"))
    path = table(tmp_path, f"a.html\t{URL}", f"b.html\t{URL}?b", name="saved.tsv")
    entries, problems = read(path, 1)
    assert problems == []
    assert [(entry.url, entry.body) for entry in entries] == [
        (URL, b"<p>a"),
        (f"{URL}?b", "<p>乙".encode("gbk")),
    ]
    assert [list(entry.response) for entry in entries] == [[(b"Content-Type", b"text/html")]] * 2
    assert [entry.place for entry in entries] == [f"{path}:2", f"{path}:3"]


def test_missing_pages_and_broken_rows_are_told_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_bytes(b"secret")
    folder = tmp_path / "visit"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.html").write_bytes(b"<p>a")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    path = table(
        folder,
        f"none/b.html\t{URL}\t200",
        f"../secret.html\t{URL}\t200",
        f"link.html\t{URL}\t200",
        f"sub\t{URL}\t200",
        "",
        f"a.html\t{URL}\tfine",
        "a.html\tgopher://a.example/\t200",
        f"a.html\t{URL}\t404",
        f"a.html\t{URL}",
        header="path\turl\tstatus",
    )
    for at_once in (1, 3, 100):
        entries, problems = read(folder, at_once)
        assert said(path, problems) == [
            "pages.tsv:2: none/b.html: No such file or directory",
            "pages.tsv:3: ../secret.html: the path leads out of the folder",
            "pages.tsv:4: link.html: the path leads out of the folder",
            "pages.tsv:5: sub: not an ordinary file",
            "pages.tsv:7: a.html: status 'fine' is no number",
            "pages.tsv:8: a.html: url 'gopher://a.example/': only http and https have pages, not gopher",
        ]
        assert [(entry.place, entry.status) for entry in entries] == [(f"{path}:9", 404), (f"{path}:10", 200)]


def test_line_ends_and_a_byte_order_mark_move_no_offset(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.html").write_text(name)
    path = tmp_path / "pages.tsv"
    path.write_bytes(
        f"path\turl\r\na.html\t{URL}\r\n\r\n\nb.html\t{URL}\r\nc.html\t{URL}".encode("utf-8-sig")
    )
    entries, problems = read(tmp_path, 1)
    assert problems == []
    assert [(entry.body, entry.place) for entry in entries] == [
        (b"a", f"{path}:2"),
        (b"b", f"{path}:5"),
        (b"c", f"{path}:6"),
    ]


def test_what_is_no_table_is_refused_or_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"a folder of pages needs a table of their URLs, pages\.tsv"):
        open_recording(tmp_path)
    path = table(tmp_path, "x", header="file\turl")
    assert said(path, read(tmp_path)[1]) == ["pages.tsv:1: the header names no column 'path'"]


def test_written_names_are_safe_and_no_two_alike(tmp_path: Path) -> None:
    page = demo_entries()[0]
    urls = [
        "https://a.example/",
        "https://a.example/x/",
        "https://A.example:8443/../../etc/passwd",
        "https://a.example/x?../../y=%2e%2e%2f",
        "https://a.example/%2e%2e%2f%00.html",
        "https://a.example/CON.html",
        f"https://a.example/{'长' * 300}",
        "https://[::1]/a\\b.html",
    ]
    write(tmp_path / "out", [replace(page, url=url) for url in urls])
    files = {file.relative_to(tmp_path / "out").as_posix() for file in tmp_path.rglob("*") if file.is_file()}
    assert len({file.lower() for file in files}) == len(urls) + 1
    assert {file.partition("/")[0] for file in files} == {
        "pages.tsv",
        "a.example",
        "a.example_8443",
        "___1_",
    } or {file.partition("/")[0] for file in files} == {"pages.tsv", "a.example", "a.example_8443", "_1_"}
    entries, problems = read(tmp_path / "out")
    assert problems == []
    assert [entry.url for entry in entries] == urls


def test_a_folder_that_holds_something_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(RecordingError, match="there is something there already"):
        write(tmp_path / "mine", demo_entries())
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.corpus
@needs_corpus
def test_the_real_pages_are_a_folder() -> None:
    checked = 0
    entries, problems = read(CORPUS / "pages.tsv", 50)
    assert problems == []
    for entry, page in zip(entries, corpus_pages(), strict=True):
        assert entry.body == page.body
        assert (urlsplit(entry.url).hostname or "?") in page.url or entry.url == NOWHERE
        checked += 1
    assert checked == PAGES
    assert sum(piece.entries for piece in cuts(CORPUS / "pages.tsv", 50)) == PAGES
