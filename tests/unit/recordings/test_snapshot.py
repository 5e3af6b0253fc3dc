"""Snapshots: which file a page has, and what is in it."""

from pathlib import Path

import pytest

from filterproxy.errors import RecordingError, SkipReason, VetoReason
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.replayer import Replayed
from filterproxy.recordings.snapshot import MARK, Snapshots, State, file_name, snapshot
from filterproxy.rewrite.result import Page, Removal, Veto
from filterproxy.ruleset.model import Category

URL = "https://news.example/2026/1.html"
TEXT = f"{MARK}\nurl: {URL}\n"


def _replayed(page: Page) -> Replayed:
    return Replayed(Entry("a.mitm, flow 1", URL, "GET", 200, (), (), b"<p>one"), b"<p>one", page)


def test_what_stands_in_a_snapshot() -> None:
    removal = Removal("sites/n/a", Category.AD, "/x/n.yaml:3:5", "div#a", "限\u202e时", 12, through="p#b")
    veto = Veto("n/b", Category.AD, "n.yaml:9:5", "main", "文", VetoReason.ARTICLE_TEXT, 0.25)
    page = Page(
        b"<p>", (removal,), (veto,), exact=False, observed=(removal,), charset="GBK", detail="so", seconds=9.0
    )
    assert snapshot(_replayed(page)).splitlines() == [
        MARK,
        f"url: {URL}",
        "outcome: changed, GBK",
        "not exact: so",
        "bytes: 6 to 3",
        "",
        "remove: 12 bytes",
        "  rule: sites/n/a",
        "  path: div#a",
        "  text: 限\\u202e时",
        "  through: p#b",
        "",
        "kept: article-text, 25% of the article",
        "  rule: n/b",
        "  path: main",
        "  text: 文",
        "",
        "observed remove: 12 bytes",
        "  rule: sites/n/a",
        "  path: div#a",
        "  text: 限\\u202e时",
        "  through: p#b",
    ]
    skipped = snapshot(_replayed(Page(b"<p>one", skipped=SkipReason.DEADLINE, detail="after 2 s")))
    assert skipped == f"{TEXT}outcome: skipped, deadline\n"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://news.example/2026/1.html", "news.example_2026_1.html"),
        ("https://news.example/", "news.example"),
        ("https://news.example/a?b=1", "news.example_a-"),
        ("http://news.example/a", "news.example_a-"),
        ("https://news.example/../../etc/passwd", "news.example_.._.._etc_passwd"),
        ("https://news.example/新闻/：*", "news.example_新闻_---"),
        ("no address", "no-address-"),
        ("/", "page-"),
        ("https://news.example/" + "a" * 300, "news.example_" + "a" * 87 + "-"),
    ],
)
def test_names_are_safe_and_readable(url: str, name: str) -> None:
    found = file_name(url)
    if name.endswith("-"):
        assert found[: len(name)] == name
        assert len(found) == len(name) + 8
    else:
        assert found == name
    assert "/" not in found
    assert not found.startswith(".")


def test_different_pages_have_different_files(tmp_path: Path) -> None:
    shots = Snapshots(tmp_path, update=True)
    urls = [URL, URL.upper(), f"{URL}?a", f"{URL}?b", URL.replace("https", "http"), URL]
    names = [shots.compare("flows/a.mitm", url, f"{TEXT}{n}\n").name for n, url in enumerate(urls)]
    others = [shots.compare(path, URL, TEXT).name for path in ("other/a.mitm", "x/flows/pages.tsv")]
    assert len({name.casefold() for name in (*names, *others)}) == len(urls) + 2
    assert names[-1] == "a.mitm/news.example_2026_1.html~2.txt"
    assert [name.partition("/")[0] for name in others] == ["a.mitm~2", "flows"]
    assert list(shots.gone()) == []
    again = Snapshots(tmp_path, update=False)
    states = {again.compare("flows/a.mitm", url, f"{TEXT}{n}\n").state for n, url in enumerate(urls)}
    assert states == {State.SAME}


def test_what_differs_is_told_and_written_where_it_is_wanted(tmp_path: Path) -> None:
    Snapshots(tmp_path, update=True).compare("a.mitm", URL, TEXT)
    looking = Snapshots(tmp_path, update=False).compare("a.mitm", URL, f"{TEXT}new\n")
    name = "a.mitm/news.example_2026_1.html.txt"
    assert looking.diff[:2] == (f"--- {name}\tbefore", f"+++ {name}\tnow")
    assert "+new" in looking.diff
    assert (tmp_path / name).read_text("utf-8") == TEXT
    Snapshots(tmp_path, update=True).compare("a.mitm", URL, f"{TEXT}new\n")
    assert (tmp_path / name).read_bytes() == f"{TEXT}new\n".encode()
    assert [path.name for path in tmp_path.glob("a.mitm/*")] == ["news.example_2026_1.html.txt"]


def test_what_is_no_snapshot_is_neither_written_nor_deleted(tmp_path: Path) -> None:
    Snapshots(tmp_path, update=True).compare("a.mitm", URL, TEXT)
    (tmp_path / "a.mitm" / "news.example_2026_1.html.txt").write_text("mine", "utf-8")
    (tmp_path / "a.mitm" / "gone.txt").write_text(TEXT, "utf-8")
    shots = Snapshots(tmp_path, update=True)
    with pytest.raises(RecordingError, match="is no snapshot; it is left alone"):
        shots.compare("a.mitm", URL, TEXT)
    assert [(gone.name, gone.state) for gone in shots.gone()] == [("a.mitm/gone.txt", State.GONE)]
    assert sorted(path.name for path in tmp_path.glob("a.mitm/*")) == ["news.example_2026_1.html.txt"]
