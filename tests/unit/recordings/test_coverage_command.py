"""`filterproxy coverage` as a user meets it: the table, JSON, CSV, exit codes, what can't be read."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from filterproxy.cli.jobs_progress import Interrupts, PagesBar
from tests.support.piece_works import RULES, folder_of

IDLE = """\
  - {id: second, category: ad, remove: div.like}
  - {id: idle, category: ad, remove: .nowhere}
  - {id: film, category: ad, remove: p, pages: /film/*}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coverage")
    folder_of(folder / "saved", 70)
    (folder / "rules.yaml").write_text(RULES + IDLE, "utf-8")
    return folder


def _run(folder: Path, *more: str, recordings: tuple[str, ...] = ("saved",)) -> Result:
    paths = [str(folder / name) for name in recordings]
    rules = ["--only-rules", "--rules", str(folder / "rules.yaml")]
    environment = {"XDG_CACHE_HOME": str(folder / "cache")}
    return CliRunner().invoke(main, ["coverage", *paths, *rules, "--jobs", "1", *more], env=environment)


def test_the_table_names_rules_and_verdicts_and_sums_up(folder: Path) -> None:
    done = _run(folder, "--sort", "verdict")
    assert done.exit_code == 0, done.output
    head, idle, second, like, blank, *sums = done.stdout.splitlines()
    assert head.split() == "rule written in pages of hits characters bytes vetoes ms a page verdict".split()
    assert idle.split()[0] == "rules/idle"
    assert idle.endswith("never hit here its words stand in none of the pages")
    assert second.endswith("shadowed by rules/like")
    size = 70 * len("<div class=like>猜你喜欢</div>".encode())
    assert like.split()[2:8] == ["70", "70", "70", "280", f"{size:,}", "0"]
    assert like.endswith("hit")
    assert blank == ""
    assert sums[0].startswith("70 pages, 70 filtered · ")
    assert sums[1:] == [
        "4 rules: 1 hit, 1 shadowed, 1 never hit here, 1 no recording for this site",
        "not listed: 1 rules that no page was for; --all lists them",
        "coverage: 25.0 % of 4 rules in force, 33.3 % of the 3 with a recording",
    ]


def test_json_and_csv_have_every_rule(folder: Path) -> None:
    done = _run(folder, "--json", "--csv", str(folder / "out.csv"))
    found = json.loads(done.stdout)
    assert (found["pages"], found["verdicts"]["hit"], found["coverage"]["percent"]) == (70, 1, 25)
    like, second, idle, film = found["rules"]
    assert (like["hits"], like["bytes"] > 0, idle["applied"], film["elsewhere"]) == (70, True, 70, 70)
    assert (second["shadowed"], like["would_do"]) == ({"rules/like": 70}, {"rules/second": 70})
    with (folder / "out.csv").open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert [row["name"] for row in rows] == ["rules/like", "rules/second", "rules/idle", "rules/film"]
    assert rows[1]["shadowed"] == "rules/like 70"
    assert [row["verdict"] for row in rows] == [rule["verdict"] for rule in found["rules"]]


@pytest.mark.parametrize(("percent", "code"), [("25", 0), ("25.1", 1)])
def test_a_rule_without_a_recording_is_a_rule_that_did_not_hit(folder: Path, percent: str, code: int) -> None:
    done = _run(folder, "--fail-under", percent)
    assert done.exit_code == code
    assert done.stderr == ("" if code == 0 else "coverage 25.0 % is under 25.1 %\n")


def test_what_can_t_be_used_is_told_and_the_rest_is_done(folder: Path) -> None:
    (folder / "empty.har").touch()
    (folder / "pages.tsv").write_text("path\turl\ngone.html\thttps://www.news.example/1.html\n", "utf-8")
    done = _run(folder, recordings=("nowhere.mitm", "empty.har", "pages.tsv", "saved"))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"{folder / 'nowhere.mitm'}: No such file or directory",
        f"{folder / 'empty.har'}: the file is empty",
        f"{folder / 'pages.tsv'}:2: gone.html: No such file or directory",
    ]
    assert "70 pages, 70 filtered" in done.stdout
    assert "problems: 3" in done.stdout


def test_jobs_and_a_cluster_exclude_each_other(folder: Path) -> None:
    done = _run(folder, "--dask", "tcp://127.0.0.1:1")
    assert (done.exit_code, "--jobs is for processes" in done.stderr) == (2, True)


def test_nothing_to_resume_is_said(folder: Path) -> None:
    assert _run(folder, "--resume").stderr == "nothing to go on from: starts anew\n"
    assert not list(folder.glob("cache/**/*.journal"))


def test_where_no_journal_can_be_kept_that_is_said_and_the_run_goes_on(folder: Path) -> None:
    (folder / "file").touch()
    runner_environment = {"XDG_CACHE_HOME": str(folder / "file")}
    rules = ["--only-rules", "--rules", str(folder / "rules.yaml")]
    command = ["coverage", str(folder / "saved"), *rules, "--jobs", "1"]
    done = CliRunner().invoke(main, command, env=runner_environment)
    assert done.exit_code == 0
    assert done.stderr.endswith("should it be stopped, this run can't be resumed\n")


def test_an_interrupt_waits_while_others_work() -> None:
    steps = []

    def work() -> None:
        with Interrupts() as interrupts:
            with interrupts.elsewhere():
                interrupts._interrupted(2, None)
                steps.append("the others' work is done")
            steps.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["the others' work is done"]


def test_the_bar_is_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    with PagesBar(100, "coverage", quiet=False) as bar:
        bar.worked(3)
        bar.advance(50, 3)
    assert capsys.readouterr() == ("", "")


def test_the_command_says_what_each_verdict_means() -> None:
    text = " ".join(CliRunner().invoke(main, ["coverage", "--help"]).output.split())
    assert '"redundant with X": what it took, X would have taken too' in text
    assert (
        "recommended and clickbait 65 %, related and ad 50 %, promo 10 %, close-ad and tracking 2 %" in text
    )
