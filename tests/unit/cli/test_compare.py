"""`filterproxy compare`: which pages, nodes and rules, what it exits with, and which rule breaks what."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from tests.support.comparing import write_pages, write_rules

HOST = "https://www.jiangbao.example"
LIST = "<ul><li><a href=/2>桥头的豆腐脑</a><li><a href=/3>老街的雨</a></ul>"
LIKE = f"<div class=like><h3>猜你喜欢</h3>{LIST}</div>"
STORY = "雾散了，第一班船离开渡口，船上坐着去县城卖菜的人。" * 8
PAGE = f"<!DOCTYPE html><meta charset=%s><body><div id=story>{STORY}</div><p class=ad>茶馆开张</p>{LIKE}"
AD = "id: ad, category: ad, remove: .ad"
OLD = "id: like, category: recommended, remove: .like"
NEW = "id: like, category: recommended, remove: '.like > ul'"


class Comparison:
    """Two rule files that differ in one selector, a recording of three pages, and the command over them."""

    def __init__(self, folder: Path) -> None:
        self.before = write_rules(folder / "old.yaml", AD, OLD, tests=TESTS)
        self.after = write_rules(folder / "new.yaml", AD, NEW, tests=TESTS)
        pages = {
            f"{HOST}/a/1.html?token=secret": (PAGE % "utf-8").encode(),
            f"{HOST}/a/2.html": (PAGE % "gbk").encode("gbk"),
            f"{HOST}/b/3.html": "<!DOCTYPE html><body><p>没有什么可拿的".encode(),
        }
        self.recording = write_pages(folder / "pages", pages)

    def run(self, *more: str | Path) -> Result:
        rules = ("--before", self.before, "--after", self.after, "--jobs", "1")
        arguments = ["compare", *rules, self.recording, *more]
        return CliRunner().invoke(main, [str(argument) for argument in arguments])


TESTS = (
    f"recording: pages, url: '{HOST}/a/1.html?token=secret', removes: [ad, like], keeps: ['#story']",
    f"recording: pages, url: '{HOST}/a/2.html', count: {{like: 1}}, keeps: [渡口]",
)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return Comparison(tmp_path_factory.mktemp("compare"))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report") / "report.html"


@pytest.fixture(scope="module")
def result(comparison: Comparison, report: Path) -> Result:
    """One run for several tests: processes take their time."""
    return comparison.run("--only", "*/a/*", "--most", "1", "--report", report)


def test_pages_nodes_and_rules_are_named(result: Result) -> None:
    assert result.exit_code == 1
    text = result.stdout
    assert f"pages.tsv:2  {HOST}/a/1.html?…" in text
    assert "secret" not in text
    for part in (
        "  comes back  new/like  recommended",
        "html > body > div:nth-of-type(2)\n",
        "  still goes  new/like  recommended",
        "html > body > div:nth-of-type(2) > ul:nth-of-type(1)\n",
        "    + # 猜你喜欢\n",
        "  edited (remove)  new/like  2 pages",
        "old.yaml:5 → ",
        "2 pages, 2 change: 2 back again, 2 gone otherwise",
        "1 left out by --only",
    ):
        assert part in text


def test_more_pages_than_are_wanted_are_listed(result: Result, comparison: Comparison) -> None:
    assert result.stdout.count("comes back  new/like") == 1
    place = f"{comparison.recording}/pages.tsv:3  {HOST}/a/2.html"
    assert f"1 more changed page:\n  {place}  1 back again" in result.stdout


def test_the_report_has_both_versions(result: Result, report: Path) -> None:
    text = report.read_text("utf-8")
    assert text.count("<iframe") == 2
    assert f"{HOST}/a/2.html</td>" in text
    assert "老街的雨" in text
    assert "secret" not in text
    assert result.stdout.endswith(f"report: {report}, {report.stat().st_size:,} bytes\n")


def test_json_has_the_same_and_what_cannot_be_read(comparison: Comparison, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mitm"
    empty.touch()
    result = comparison.run("--json", empty, tmp_path / "missing.har")
    told = _kinds(result)
    assert [page["url"] for page in told["page"]] == [f"{HOST}/a/1.html?token=secret", f"{HOST}/a/2.html"]
    for page in told["page"]:
        back, still = page["differences"]
        assert (back["difference"], back["after"]) == ("comes-back", None)
        assert back["before"]["path"] == "html > body > div:nth-of-type(2)"
        assert back["before"]["source"] == f"{comparison.before}:5:10"
        assert back["before"]["excerpt"] == "猜你喜欢 桥头的豆腐脑 老街的雨"
        assert still["after"]["path"] == "html > body > div:nth-of-type(2) > ul:nth-of-type(1)"
        assert page["outline"][-1] == "+ # 猜你喜欢"
    (rule,) = told["rule"]
    assert (rule["rule"], rule["keys"], rule["pages"]) == ("new/like", ["remove"], 2)
    (total,) = told["sum"]
    assert (total["pages"], total["changed"], total["problems"]) == (3, 2, 2)
    assert total["differences"] == {"comes-back": 2, "still-goes": 2}
    assert result.exit_code == 2
    assert f"{empty}: the file is empty\n" in result.stderr
    assert "missing.har: No such file" in result.stderr


def _kinds(result: Result) -> dict[str, list[dict[str, Any]]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for line in result.stdout.splitlines():
        kinds.setdefault((told := json.loads(line))["kind"], []).append(told)
    return kinds


def test_the_same_rules_change_nothing(comparison: Comparison) -> None:
    result = comparison.run("--after", comparison.before)
    assert (result.exit_code, result.stdout) == (
        0,
        "The rules are the same, comments and notes aside.\n3 pages, none changes\n",
    )


def test_a_wrong_rule_is_trouble(comparison: Comparison, tmp_path: Path) -> None:
    wrong = write_rules(tmp_path / "wrong.yaml", "id: ad, category: ad, remove: 'a['")
    result = comparison.run("--after", wrong)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{wrong}:4:")


def test_bisect_names_the_rule_that_breaks_a_test(comparison: Comparison, tmp_path: Path) -> None:
    extra = [f"id: r{n}, category: ad, remove: .r{n}" for n in range(2)]
    after = write_rules(tmp_path / "new.yaml", *extra, NEW.replace("like > ul", "like > ol"), AD, tests=TESTS)
    told = _kinds(comparison.run("--json", "--after", after, "--bisect"))["expectation"]
    assert [(each["expected"].partition(": ")[2], each["outcome"]) for each in told] == [
        ("removes ad", "holds"),
        ("removes like", "broken"),
        ("keeps #story", "holds"),
        ("keeps 渡口", "holds"),
        ("counts like×1", "broken"),
    ]
    for each in told:
        if each["outcome"] == "broken":
            assert each["culprit"]["rule"] == "new/like"
            assert each["culprit"]["before"] == f"{comparison.before}:5:10"
            assert each["culprit"]["after"] == f"{after}:6:10"
            assert (each["others"], each["changes"]) == ([], 3)
            assert each["tries"] <= 2 + 1 + 2 + 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [(["--keeps", "猜你喜欢"], "fails before, holds after: "), (["--removes", "like"], "holds under both: ")],
)
def test_an_expectation_may_be_given(comparison: Comparison, asked: list[str], said: str) -> None:
    result = comparison.run("--bisect", "--url", f"{HOST}/a/2.html", *asked)
    assert result.exit_code == 0
    assert result.stdout.startswith(said)


def test_a_given_expectation_that_breaks_names_its_rule(comparison: Comparison) -> None:
    turned = ("--before", comparison.after, "--after", comparison.before)
    result = comparison.run(*turned, "--bisect", "--url", f"{HOST}/a/2.html", "--keeps", "猜你喜欢")
    assert result.exit_code == 1
    assert "broken: www.jiangbao.example/a/2.html: keeps 猜你喜欢\n" in result.stdout
    assert "  by old/like, edited (remove): " in result.stdout
    assert result.stdout.endswith("1 expectation, 1 broken\n")


def test_a_page_that_is_not_there_is_trouble(comparison: Comparison) -> None:
    result = comparison.run("--bisect", "--url", f"{HOST}/none", "--keeps", "文")
    assert result.exit_code == 2
    assert f"{HOST}/none: the page is in none of these recordings" in result.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["--url", "https://a.example/"],
        ["--bisect", "--url", "https://a.example/"],
        ["--bisect", "--keeps", "文"],
        ["--bisect", "--report", "x.html"],
        ["--bisect", "--url", "https://a.example/", "--removes", "nosuch"],
        ["--also", "related", "--without", "related"],
    ],
)
def test_a_wrong_command_is_refused(comparison: Comparison, wrong: list[str]) -> None:
    result = comparison.run(*wrong)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
