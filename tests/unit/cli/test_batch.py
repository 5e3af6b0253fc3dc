"""`filterproxy rewrite --batch`: a table of pages, each where it belongs, whatever becomes of the others."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from filterproxy.cli.batch_table import NOWHERE, BrokenRow, Row, read_table
from tests.support.pages import RULES, URL, page

PROGRAM = [sys.executable, "-c", "from filterproxy.cli import main; main()", "rewrite"]


class Batch:
    """A root with pages, a table, rules, and the command over them."""

    def __init__(self, folder: Path) -> None:
        self.root, self.out, self.table = folder / "root", folder / "out", folder / "pages.tsv"
        self.report = folder / "report.jsonl"
        self.rules = folder / "news.yaml"
        self.rules.write_text(RULES, encoding="utf-8")
        (self.root / "a" / "深").mkdir(parents=True)

    def put(self, path: str, body: bytes) -> None:
        (self.root / path).write_bytes(body)

    def rows(self, *rows: str, header: str = "path\turl") -> None:
        self.table.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    def arguments(self) -> list[str]:
        places = ["--batch", self.table, "--root", self.root, "--out", self.out, "--report", self.report]
        return [*map(str, places), "--rules", str(self.rules), "--only-rules", "--jobs", "2"]

    def run(self, *more: str) -> Result:
        return CliRunner().invoke(main, ["rewrite", *self.arguments(), *more])

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.report.read_text("ascii").splitlines()]


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    return Batch(tmp_path)


def test_pages_keep_their_paths(batch: Batch) -> None:
    batch.put("a/1.html", page())
    batch.put("a/深/2.html", page("gbk"))
    batch.put("3.html", b"<p>plain")
    batch.rows(f"a/1.html\t{URL}", f"a/深/2.html\t{URL}", "3.html\thttps://other.example/")
    result = batch.run()
    assert result.exit_code == 0
    written = {p.relative_to(batch.out).as_posix() for p in batch.out.rglob("*") if p.is_file()}
    assert written == {"a/1.html", "a/深/2.html", "3.html"}
    assert (batch.out / "3.html").read_bytes() == b"<p>plain"
    second = (batch.out / "a/深/2.html").read_bytes().decode("gbk")
    assert "老码头重新开放" in second
    assert "猜你喜欢" not in second
    assert [(row["path"], row["outcome"], row["skipped"]) for row in batch.told()] == [
        ("a/1.html", "changed", None),
        ("a/深/2.html", "changed", None),
        ("3.html", "skipped", "no-rules"),
    ]
    lines = result.stdout.splitlines()
    assert lines[0].startswith("3 pages: 2 changed, 0 unchanged, 1 skipped · ")
    assert lines[1].startswith("removed: 2 ")
    assert lines[2:] == [
        "kept by the article guard: 2 holds-article",
        "observed: 2",
        "not filtered: 1 no-rules",
        "not exact: 0",
    ]
    assert result.stderr == ""


def test_broken_rows_are_told_and_the_others_go_on(batch: Batch) -> None:
    batch.put("a/1.html", page())
    (batch.root.parent / "secret.html").write_bytes(b"secret")
    (batch.root / "link.html").symlink_to(batch.root.parent / "secret.html")
    batch.rows(
        f"../secret.html\t{URL}",
        f"{batch.root.parent / 'secret.html'}\t{URL}",
        f"link.html\t{URL}",
        f"a\t{URL}",
        f"none.html\t{URL}",
        "a/0.html\tgopher://a.example/",
        f"\t{URL}",
        "",
        f"a/1.html\t{URL}",
        f"a/1.html\t{URL}",
        f"nul\0.html\t{URL}",
    )
    result = batch.run()
    assert result.exit_code == 1
    told = [line.removeprefix(f"{batch.table}:") for line in result.stderr.splitlines()]
    assert told == [
        "2: ../secret.html: the path leads out of the folder",
        f"3: {batch.root.parent / 'secret.html'}: the path leads out of the folder",
        "4: link.html: the path leads out of the folder",
        "5: a: not an ordinary file",
        "6: none.html: No such file or directory",
        "7: a/0.html: url 'gopher://a.example/': only http and https have pages, not gopher",
        "8: the row: no path",
        "11: a/1.html: the same path as in line 10",
        "12: nul\\x00.html: no file has such a name",
    ]
    assert [path.name for path in batch.out.rglob("*") if path.is_file()] == ["1.html"]
    assert [row["outcome"] for row in batch.told()].count("broken") == 9
    assert result.stdout.splitlines()[-1] == "broken rows: 9"


def test_links_under_out_are_not_followed_out_of_it(batch: Batch) -> None:
    batch.put("a/1.html", page())
    batch.rows(f"a/1.html\t{URL}")
    outside = batch.root.parent / "outside"
    outside.mkdir()
    batch.out.mkdir()
    (batch.out / "a").symlink_to(outside)
    result = batch.run()
    assert result.exit_code == 1
    assert "a/1.html: not written: the path leads out of the folder" in result.stderr
    assert list(outside.iterdir()) == []


def test_originals_are_never_overwritten(batch: Batch) -> None:
    batch.put("a/1.html", page())
    batch.rows(f"a/1.html\t{URL}")
    for out in (batch.root, batch.root.parent):
        batch.out = out
        result = batch.run()
        assert result.exit_code == 2
        assert "filtered pages could overwrite originals" in result.stderr
    assert (batch.root / "a/1.html").read_bytes() == page()


def test_a_table_tells_where_pages_came_from(tmp_path: Path) -> None:
    table = tmp_path / "t.tsv"
    table.write_bytes(
        b"\xef\xbb\xbfdomain\tpath\turl\tcontent_type\tbytes\r\n"
        b"a.example\t1.html\tb.example/x\ttext/html; charset=gbk\t9\r\n"
        b"a.example\t2.html\t\r\n"
        b"?\t3.html\t?\t\t9\r\n"
        b"a.example\t4.html\thttp%3A%2F%2Fa.example\t\t9\r\n"
        b"\t5.html\tmailto:x\t\t9\r\n"
        b"a.example\t\xff.html\t\t\t9\r\n"
    )
    assert read_table(table) == [
        Row(2, "1.html", "https://b.example/x", url_given=True, content_type="text/html; charset=gbk"),
        Row(3, "2.html", "http://a.example/", url_given=False, content_type=None),
        Row(4, "3.html", NOWHERE, url_given=False, content_type=None),
        Row(
            5,
            "4.html",
            "http://a.example/",
            url_given=False,
            content_type=None,
            note="url 'http%3A%2F%2Fa.example': no host name in it; taken as http://a.example/",
        ),
        BrokenRow(6, "5.html", "url 'mailto:x': Port could not be cast to integer value as 'x'"),
        BrokenRow(7, "", "not UTF-8 at byte 11"),
    ]


def test_a_page_from_nowhere_has_rules_for_every_site_alone(batch: Batch) -> None:
    batch.put("1.html", page())
    batch.rows("1.html\t?")
    (batch.rules.parent / "all").mkdir()
    everywhere = batch.rules.parent / "all" / "everywhere.yaml"
    everywhere.write_text("site: '*'\nrules: [{id: app, category: promo, remove: .app}]\n")
    result = batch.run("--rules", str(everywhere))
    assert result.exit_code == 0
    (row,) = batch.told()
    assert [removal["rule"] for removal in row["removals"]] == ["everywhere/app"]
    assert (row["url"], row["url_given"]) == (NOWHERE, False)


def test_the_sum_as_json(batch: Batch) -> None:
    batch.put("a/1.html", page())
    batch.rows(f"a/1.html\t{URL}", f"b.html\t{URL}")
    result = batch.run("--json")
    told = json.loads(result.stdout)
    assert told["seconds"] > told["seconds_working"] > 0
    expected = {"rows": 2, "done": 2, "changed": 1, "unchanged": 0, "skipped": 0, "broken": 1, "not_exact": 0}
    assert {key: told[key] for key in expected} == expected
    assert told["removals"] == {"tracking": 1, "ad": 1, "recommended": 1}
    assert told["bytes_taken"] == len(page()) - len((batch.out / "a/1.html").read_bytes())
    quiet = batch.run("--quiet")
    assert quiet.stdout == ""
    assert "b.html: No such file" in quiet.stderr


def test_more_pages_than_may_wait(batch: Batch) -> None:
    names = [f"{number}.html" for number in range(150)]
    for name in names:
        batch.put(name, page())
    batch.rows(*(f"{name}\t{URL}" for name in names))
    result = batch.run()
    assert result.exit_code == 0
    assert [row["path"] for row in batch.told()] == names
    assert {row["outcome"] for row in batch.told()} == {"changed"}
    assert len({(batch.out / name).read_bytes() for name in names}) == 1


@pytest.mark.parametrize("table", ["", "path\n1.html\n", "url\nhttp://a.example\n"])
def test_a_table_without_its_columns_is_refused(batch: Batch, table: str) -> None:
    batch.table.write_text(table)
    result = batch.run()
    assert result.exit_code == 1
    assert ":1: the header names no column" in result.stderr
    batch.table.unlink()
    assert "cannot be read" in batch.run().stderr


@pytest.mark.long
def test_interrupted_it_ends_at_once_and_files_are_whole(batch: Batch) -> None:
    names = [f"{number}.html" for number in range(4000)]
    for name in names:
        batch.put(name, page())
    batch.rows(*(f"{name}\t{URL}" for name in names))
    process = subprocess.Popen(
        [*PROGRAM, *batch.arguments()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (batch.out / "20.html").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    begun = len(list(batch.out.iterdir()))
    stdout, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    files = list(batch.out.iterdir())
    assert 20 < len(files) <= begun + 2 < 4000
    assert len({path.read_bytes() for path in files}) == 1
    assert stdout.startswith(f"stopped after {len(batch.told())} of 4000 rows\n")
    assert len(files) - len(batch.told()) in {0, 1}
