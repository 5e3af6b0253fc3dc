"""`filterproxy replay` in a rule repository: pages, tests, snapshots, documents for CI, the proxy."""

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from filterproxy.recordings.junit import Case, junit
from tests.support.command import FILTERPROXY, running
from tests.support.rule_repository import EXTRA, RULES, URL, make_repository, write

FILE = "rules/sites/news.example.yaml"
Replay = Callable[..., Result]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make_repository(tmp_path)


@pytest.fixture
def replay(repository: Path) -> Replay:
    assert repository.is_dir()

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["replay", *arguments, "--rules", "rules", "--only-rules"])

    return call


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_tests_of_the_rules_are_run_on_the_recordings_they_name(replay: Replay) -> None:
    result = replay()
    assert result.exit_code == 0, result.output
    assert result.stdout.strip().startswith("tests: 2 passed · ")


def test_pages_and_the_tests_that_name_their_recording(repository: Path, replay: Replay) -> None:
    write(
        repository / "rules" / "other.yaml",
        RULES.replace("flows", "elsewhere").replace("site: n", "site: m.n"),
    )
    result = replay("flows", "--jobs", "1")
    assert result.exit_code == 0, result.output
    told = result.stdout.splitlines()
    assert told[0].split()[:3] == ["changed", "2", "removed"]
    assert told[0].endswith(URL)
    assert told[1].startswith("changed      1 removed")
    assert "2 pages: 2 changed, 0 unchanged, 0 skipped · " in result.stdout
    assert "by 2 sites/news.example/float, 1 sites/news.example/like" in result.stdout
    assert "tests: 2 passed · 2 tests name other recordings" in result.stdout


def test_a_test_whose_recording_is_elsewhere_is_told_by_the_end_of_its_path(
    repository: Path, replay: Replay
) -> None:
    (repository / "far").mkdir()
    (repository / "flows").rename(repository / "far" / "flows")
    result = replay("far/flows/pages.tsv", "--jobs", "1", "--json")
    kinds = [line["kind"] for line in lines(result)]
    assert kinds == ["page", "page", "test", "sum"]  # "flows" alone is not the end of that path
    assert lines(result)[-1]["elsewhere"] == 1


def test_a_failure_names_rule_and_line_node_and_what_changed(repository: Path, replay: Replay) -> None:
    write(repository / "rules" / "app.yaml", EXTRA)
    result = replay()
    assert result.exit_code == 1
    words = (
        'rules/app.yaml:3:10: keeps "下载客户端": the text is gone, by app/app (remove) at '
        "html > body > p:nth-of-type(1): 下载客户端"
    )
    told = result.stdout.splitlines()
    assert words in told
    after = told[told.index(words) + 1 :]
    assert after[0] == f"    wanted at {FILE}:15, of flows/pages.tsv:2: {URL}"
    assert "    - 下载客户端" in after
    assert after[-1].startswith("tests: 1 passed, 1 failed")


def test_a_broken_rule_fails_with_its_file_and_line(repository: Path, replay: Replay) -> None:
    write(repository / FILE, RULES.replace("remove: .ad-float", "remove: .ad-flaot"))
    result = replay("--quiet")
    assert result.exit_code == 1
    assert f'{FILE}:4:9: removes "float": took nothing: not in the page: ad-flaot' in result.stdout


def test_json_lines(repository: Path, replay: Replay) -> None:
    write(repository / "rules" / "app.yaml", EXTRA)
    result = replay("flows", "--jobs", "1", "--json", "--only", "*/2026/*")
    page, test, total = lines(result)
    assert (page["kind"], page["url"], page["outcome"], page["exact"]) == ("page", URL, "changed", True)
    assert page["removals"] == {"sites/news.example/float": 1, "sites/news.example/like": 1, "app/app": 1}
    assert set(page["sizes"]) == set(page["removals"])
    assert (test["kind"], test["passed"], test["place"]) == ("test", False, "flows/pages.tsv:2")
    assert test["failures"][0]["rule"] == "app/app"
    assert total["kind"] == "sum"
    assert (total["pages"], total["left_out"], total["tests"], total["failed"]) == (1, 1, 1, 1)
    assert result.exit_code == 1


def test_the_table_is_cut_and_all_lists_it(repository: Path, replay: Replay) -> None:
    rows = "".join(f"1.html\thttps://www.news.example/2026/{n}.html\n" for n in range(45))
    write(repository / "flows" / "many.tsv", f"path\turl\n{rows}")
    result = replay("flows/many.tsv", "--jobs", "1")
    assert result.stdout.count(" removed ") == 40
    assert "… and 5 more (--all lists them)" in result.stdout
    assert replay("flows/many.tsv", "--jobs", "1", "--all").stdout.count(" removed ") == 45


def test_a_recording_problem_is_told_once_and_the_rest_is_done(repository: Path, replay: Replay) -> None:
    (repository / "flows" / "home.html").unlink()
    write(repository / "empty.har", "")
    result = replay("nowhere.har", "empty.har", "flows", "--jobs", "1")
    assert result.exit_code == 1
    assert "nowhere.har: No such file or directory" in result.stdout
    assert "empty.har: the file is empty" in result.stdout
    assert result.stdout.count("flows/pages.tsv:3: home.html: No such file") == 1
    assert "changed      2 removed" in result.stdout
    assert "flows: the page is not in it: https://www.news.example/" in result.stdout
    assert "3 problems with recordings" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--update",), "--update is for --snapshot"),
        (("--json", "--quiet"), "--json and --quiet do not go together"),
        (("--only", "nothing"), "name a RECORDING"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(replay: Replay, arguments: tuple[str, ...], words: str) -> None:
    result = replay(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_junit(repository: Path, replay: Replay) -> None:
    write(repository / "rules" / "app.yaml", EXTRA)
    (repository / "flows" / "home.html").unlink()
    assert replay("--junit", "results.xml").exit_code == 1
    root = ET.parse(repository / "results.xml").getroot()  # noqa: S314 - of our own making
    assert root.tag == "testsuites"
    assert {name: root.attrib[name] for name in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "2",
        "errors": "1",
    }
    rules, recordings = root
    assert rules.attrib["name"] == FILE
    first = rules[0]
    assert first.attrib["classname"] == first.attrib["file"] == FILE
    assert (first.attrib["line"], first[0].tag) == ("15", "failure")
    assert first[0].attrib["message"].startswith('rules/app.yaml:3:10: keeps "下载客户端"')
    assert "- 下载客户端" in (first[0].text or "")
    assert recordings[0][0].attrib["message"].startswith("flows/pages.tsv:3: home.html: ")


def test_junit_holds_what_xml_cannot() -> None:
    case = Case(
        "rules/a.yaml", "a\x00b\ud800", "failure", "one\x0b\ufffe\ntwo 猜\U0001f600", "rules/a.yaml", 3
    )
    (found,) = ET.fromstring(junit([case], 1.0)).iter("testcase")  # noqa: S314 - of our own making
    assert found.attrib["name"] == "a\\x00b\\xd800"
    assert found[0].attrib["message"] == "one\\x0b\\xfffe"
    assert found[0].text == "one\\x0b\\xfffe\ntwo 猜\U0001f600"


@pytest.mark.long
def test_snapshots_are_written_held_against_and_deleted(repository: Path, replay: Replay) -> None:
    first = replay("--snapshot", "shots", "--jobs", "1")
    assert first.exit_code == 1
    assert "there is no snapshot of this page; --update writes it" in first.stdout
    assert not (repository / "shots").exists()
    assert replay("--snapshot", "shots", "--jobs", "1", "--update").exit_code == 0
    files = sorted(path.relative_to(repository / "shots").as_posix() for path in repository.glob("shots/*/*"))
    assert files == ["flows/www.news.example.txt", "flows/www.news.example_2026_1.html.txt"]
    text = (repository / "shots" / files[1]).read_text("utf-8")
    assert text.startswith(f"filterproxy snapshot 1\nurl: {URL}\noutcome: changed, GBK\nbytes: ")
    assert (
        "  rule: sites/news.example/like\n  path: html > body > div:nth-of-type(4)\n  text: 猜你喜欢" in text
    )
    assert str(repository) not in text
    assert ".yaml" not in text

    write(repository / "rules" / "app.yaml", EXTRA)
    write(repository / "flows" / "pages.tsv", f"path\turl\n1.html\t{URL}\n")
    write(repository / "shots" / "flows" / "notes.txt", "not ours\n")
    changed = replay("flows", "--snapshot", "shots", "--jobs", "1")
    assert changed.exit_code == 1
    assert "    +  rule: app/app" in changed.stdout
    assert "flows/www.news.example.txt: its page is in no recording; --update deletes it" in changed.stdout
    assert (
        replay("flows", "--snapshot", "shots", "--jobs", "1", "--only", "nothing").stdout.count("shots") == 0
    )
    replay("flows", "--snapshot", "shots", "--jobs", "1", "--update")
    left = sorted(path.name for path in repository.glob("shots/flows/*"))
    assert left == ["notes.txt", "www.news.example_2026_1.html.txt"]


@pytest.mark.long
def test_the_sample_pages_come_through_the_proxy_as_through_the_engine() -> None:
    sample = Path(__file__).parents[3] / "rules" / "flows" / "sample.mitm"
    result = CliRunner().invoke(main, ["replay", str(sample), "--proxy", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert "through the proxy: 5 pages, 5 with the engine's bytes and account" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_gives_the_sum_so_far(repository: Path) -> None:
    rows = "".join(f"1.html\thttps://www.news.example/2026/{n}.html\n" for n in range(20_000))
    write(repository / "flows" / "many.tsv", f"path\turl\n{rows}")
    command = (*FILTERPROXY, "replay", "flows/many.tsv", "--jobs", "1", "--rules", "rules", "--only-rules")
    with running((*command, "--all"), repository) as program:
        program.line("removed")
        code, _, text = program.end(signal.SIGINT, 30)
    assert code == 130
    assert "interrupted: so far" in text
    assert "Traceback" not in text
