"""`filterproxy rewrite` for one page: the page on standard output, everything else beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from filterproxy.engine import rewrite_page
from filterproxy.ruleset.store import load_ruleset
from tests.support.pages import RULES, URL, page


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules" / "news.yaml"
    path.parent.mkdir()
    path.write_text(RULES, encoding="utf-8")
    return path


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["rewrite", *map(str, arguments)], input=stdin)


def only(rules: Path) -> tuple[str | Path, ...]:
    return "--rules", rules.parent, "--only-rules"


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_standard_output_holds_the_page_and_nothing_else(tmp_path: Path, rules: Path, charset: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(page(charset))
    result = run(path, "--url", URL, *only(rules))
    wanted = rewrite_page(page(charset), url=URL, ruleset=load_ruleset([rules.parent]))
    assert result.exit_code == 0
    assert result.stdout_bytes == wanted.body
    assert len(wanted.removals) == 3
    assert "限时优惠" not in result.stdout_bytes.decode(charset)


def test_the_account_is_on_standard_error(rules: Path) -> None:
    result = run("-", "--url", URL, *only(rules), stdin=page())
    lines = [line.split() for line in result.stderr.splitlines()]
    done = {line[1]: line[0] for line in lines if len(line) > 4 and line[1].startswith("news/")}
    assert done == {
        "news/float": "removed",
        "news/like": "removed",
        "news/count": "removed",
        "news/greedy": "kept",
        "news/watch": "observed",
    }
    assert f"{rules}:4" in result.stderr
    assert "holds-article" in result.stderr
    assert "限时优惠" in result.stderr
    last = result.stderr.splitlines()[-1]
    assert last.startswith("removed 1 tracking, 1 ad, 1 recommended · ")
    assert "1 kept by the article guard · 1 observed · every other byte the same" in last


def test_a_page_to_leave_alone_comes_out_as_it_is(rules: Path) -> None:
    result = run("-", "--url", "other.example", *only(rules), stdin=page())
    assert result.exit_code == 0
    assert result.stdout_bytes == page()
    assert result.stderr == "not filtered, the page is as it came: no-rules\n"
    picture = run("-", "--url", URL, "--content-type", "image/png", *only(rules), stdin=page())
    assert picture.stdout_bytes == page()
    assert picture.stderr == "not filtered, the page is as it came: not-html\n"
    clean = run("-", "--url", URL, *only(rules), stdin=b"<p>nothing here")
    assert clean.stdout_bytes == b"<p>nothing here"
    assert clean.stderr.startswith("nothing removed · 0 rules tried")


def test_the_report_is_the_whole_account(tmp_path: Path, rules: Path) -> None:
    out, report = tmp_path / "out.html", tmp_path / "report.json"
    result = run("-", "--url", URL, "-o", out, "--report", report, "--json", *only(rules), stdin=page("gbk"))
    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    told = json.loads(report.read_text("utf-8"))
    assert json.loads(result.stderr) == told
    assert {key: told[key] for key in ("path", "url", "outcome", "skipped", "exact", "charset")} == {
        "path": "-",
        "url": URL,
        "outcome": "changed",
        "skipped": None,
        "exact": True,
        "charset": "GBK",
    }
    assert told["size_before"] == len(page("gbk"))
    assert told["size_after"] == len(out.read_bytes())
    assert sum(removal["size"] for removal in told["removals"]) == told["size_before"] - told["size_after"]
    ad = next(removal for removal in told["removals"] if removal["rule"] == "news/float")
    assert ad == {
        "rule": "news/float",
        "category": "ad",
        "source": f"{rules}:4:10",
        "path": "html > body > div:nth-of-type(1)",
        "excerpt": "限时优惠",
        "size": len('<div class="ad-float">限时优惠</div>'.encode("gbk")),
        "action": "remove",
        "through": None,
        "entry": None,
        "why": "",
    }
    assert [(veto["rule"], veto["reason"]) for veto in told["vetoes"]] == [("news/greedy", "holds-article")]
    assert [seen["rule"] for seen in told["observed"]] == ["news/watch"]


def test_categories_are_switched_off_and_on(rules: Path) -> None:
    def removed(*options: str) -> list[str]:
        result = run("-", "--url", URL, "--json", *only(rules), *options, stdin=page())
        return sorted(removal["category"] for removal in json.loads(result.stderr)["removals"])

    assert removed() == ["ad", "recommended", "tracking"]
    assert removed("--without", "ad", "--without", "recommended") == ["tracking"]
    assert removed("--also", "related") == ["ad", "recommended", "related", "tracking"]


def test_rules_are_added_to_the_bundled_ones(rules: Path) -> None:
    body = page().replace(b"</body>", b"<ins class='adsbygoogle'></ins></body>")
    alone = run("-", "--url", URL, "--json", *only(rules), stdin=body)
    added = run("-", "--url", URL, "--json", "--rules", rules, stdin=body)
    names = [{r["rule"].split("/")[0] for r in json.loads(x.stderr)["removals"]} for x in (alone, added)]
    assert names[0] == {"news"}
    assert {name.partition("-")[0] for name in names[1]} == {"news", "generic"}


def test_quiet_tells_nothing(rules: Path) -> None:
    result = run("-", "--url", URL, "--quiet", *only(rules), stdin=page())
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_page_cannot_take_over_the_terminal(rules: Path) -> None:
    body = page().replace("限时优惠".encode(), "\x1b[2J\u202e[red]优惠".encode())
    result = run("-", "--url", URL, *only(rules), stdin=body)
    assert "\\x1b[2J\\u202e[red]优惠" in result.stderr
    assert "\x1b" not in result.stderr


def test_wrong_rules_are_all_told_and_nothing_is_written(tmp_path: Path, rules: Path) -> None:
    wrong = rules.with_name("wrong.yaml")
    wrong.write_text("site: a.example\nrules:\n  - {id: x, category: adz, remove: 'a['}\n")
    out = tmp_path / "out.html"
    result = run("-", "--url", URL, "-o", out, *only(rules), stdin=page())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f'{wrong}:3:23: rule "x", key "category": category "adz" is not known; did you mean "ad"?',
        f'{wrong}:3:39: rule "x", key "remove": expected an attribute name at the end',
    ]
    assert not out.exists()
    missing = run("-", "--url", URL, "--rules", tmp_path / "nowhere", stdin=page())
    assert missing.exit_code == 1
    assert "nowhere:1:1: reading the file: no such file or directory" in missing.stderr


def test_what_cannot_be_read_or_written_is_one(tmp_path: Path, rules: Path) -> None:
    result = run(tmp_path / "none.html", "--url", URL, *only(rules))
    assert result.exit_code == 1
    assert f"{tmp_path / 'none.html'} cannot be read: No such file" in result.stderr
    result = run("-", "--url", URL, "-o", tmp_path / "no" / "out.html", *only(rules), stdin=page())
    assert result.exit_code == 1
    assert "out.html cannot be written: No such file" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "PAGE and --url are wanted"),
        (("-",), "PAGE and --url are wanted"),
        (("-", "--url", "ftp://a.example/"), "only http and https"),
        (("-", "--url", "http:///x"), "no host name"),
        (("-", "--url", "a.example", "--only-rules"), "--only-rules wants --rules"),
        (("-", "--url", "a.example", "--without", "ads"), "'ads' is not one of"),
        (("-", "--url", "a.example", "--without", "ad", "--also", "ad"), "ad is asked for"),
        (("-", "--url", "a.example", "--jobs", "2"), "--jobs needs --batch"),
        (("--batch", "t.tsv", "--root", "."), "--batch wants --root and --out"),
        (("-", "--batch", "t.tsv"), "PAGE does not go with --batch"),
        (("--batch", "t.tsv", "--content-type", "text/html"), "--content-type does not go with --batch"),
    ],
)
def test_usage_errors_are_two(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments, stdin=b"")
    assert result.exit_code == 2
    assert said in result.stderr


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path, rules: Path) -> None:
    real, link = tmp_path / "real.html", tmp_path / "link.html"
    real.write_text("old")
    link.symlink_to(real)
    assert run("-", "--url", URL, "-o", link, *only(rules), stdin=page()).exit_code == 0
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"<!DOCTYPE html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.html", "real.html", "rules"]
    assert run("-", "--url", URL, "-o", os.devnull, *only(rules), stdin=page()).exit_code == 0
    assert not Path(os.devnull).is_file()


def test_as_a_program(rules: Path) -> None:
    program = [sys.executable, "-c", "from filterproxy.cli import main; main()", "rewrite"]
    done = subprocess.run(
        [*program, "-", "--url", URL, *map(str, only(rules))],
        input=page("gbk"),
        capture_output=True,
        check=False,
    )
    wanted = rewrite_page(page("gbk"), url=URL, ruleset=load_ruleset([rules.parent]))
    assert (done.returncode, done.stdout) == (0, wanted.body)
    assert b"\x1b" not in done.stderr
    help_text = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True).stdout
    assert "filterproxy rewrite --batch pages.tsv --root saved/ --out filtered/" in help_text
