"""`filterproxy check` as a program: exit codes, and what each format says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main

GOOD = "site: [a.example, b.example]\nrules:\n  - {id: x, category: ad, remove: .ad}\n"
WRONG = "site: a.example\nrules:\n  - {id: 猜, category: adz, remove: 'a['}\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_right_rules_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(
        GOOD.replace("a.example", "c.example").replace("remove", "mode: off, remove")
    )
    (tmp_path / "e.yaml").write_text("exceptions: [{rule: a/x, reason: needed}]")
    result = run(tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "ok: 3 files, 2 rules, 3 sites, 1 exception, 1 off\n"
    assert run(tmp_path / "a.yaml").stdout == "ok: 1 file, 1 rule, 2 sites\n"


def test_mistakes_are_shown_where_they_are(wrong: Path) -> None:
    result = run(wrong)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f'{wrong}:3:23: rule "猜", key "category": category "adz" is not known; did you mean "ad"?',
        "      - {id: 猜, category: adz, remove: 'a['}",
        " " * 13 + "　" + " " * 12 + "^",
        f'{wrong}:3:39: rule "猜", key "remove": expected an attribute name at the end',
        "      - {id: 猜, category: adz, remove: 'a['}",
        " " * 13 + "　" + " " * 28 + "^",
    ]
    assert result.stderr == "2 mistakes in 1 file\n"


def test_json(tmp_path: Path, wrong: Path) -> None:
    result = run("--format", "json", tmp_path)
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["ok"] is False
    assert report["problems"][1] == {
        "file": str(wrong),
        "line": 3,
        "column": 39,
        "kind": "SelectorError",
        "context": 'rule "猜", key "remove"',
        "problem": "expected an attribute name at the end",
    }
    wrong.write_text(GOOD)
    right = json.loads(run("--format", "json", tmp_path).stdout)
    assert right == {
        "ok": True,
        "files": 1,
        "rules": 1,
        "sites": 2,
        "exceptions": 0,
        "observed": 0,
        "off": 0,
        "problems": [],
    }


def test_github(tmp_path: Path) -> None:
    path = tmp_path / "a,b%.yaml"
    path.write_text("site: a.example\nrules: [{id: x, category: ad, remove: 'a%['}]")
    result = run("--format", "github", path)
    assert result.exit_code == 1
    assert result.stdout == (
        f"::error file={tmp_path}/a%2Cb%25.yaml,line=2,col=41::"
        'rule "x", key "remove": "%25" cannot stand here; quote a value that holds it\n'
    )


def test_an_exception_that_names_no_rule_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "e.yaml").write_text(
        "exceptions:\n  - {rule: a/y, reason: needed}\n  - {rule: a/*, reason: needed}\n"
    )
    result = run(tmp_path)
    assert result.exit_code == 0
    assert result.stderr == f'{tmp_path}/e.yaml:2:12: note: exception "a/y" names no rule that was checked\n'
    assert run(tmp_path / "e.yaml").stderr == ""


def test_an_exception_whose_last_day_is_over_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "e.yaml").write_text(
        "exceptions:\n  - {rule: a/x, reason: needed, until: 2020-01-31}\n"
        "  - {rule: a/*, reason: needed, until: 2999-01-31}\n"
    )
    result = run(tmp_path)
    assert result.exit_code == 0
    assert result.stderr == f'{tmp_path}/e.yaml:2:12: note: exception "a/x" ended on 2020-01-31\n'


def test_every_site_is_no_site_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('site: "*"\nrules: [{id: x, category: ad, remove: .x}]')
    assert run(tmp_path).stdout == "ok: 1 file, 1 rule, every site\n"


def test_usage_errors_are_two(tmp_path: Path) -> None:
    assert run(tmp_path / "nowhere").exit_code == 2
    assert run("--format", "xml").exit_code == 2
    assert run("--nonsense").exit_code == 2


def test_an_empty_directory_says_so(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == 0
    assert result.stderr == "no rule files (.yaml, .yml) here\n"


def test_long_and_strange_lines_do_not_break_the_report(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"site: a.example\n# \xff\x1b[31m\n")
    result = run(path)
    assert "0xff is not UTF-8" in result.stdout
    assert "\x1b" not in result.stdout
    path.write_text("site: a.example\nrules: [" + "{id: a, category: ad, remove: .a}, " * 200 + "x]")
    result = run(path)
    assert result.exit_code == 1
    assert max(map(len, result.stdout.splitlines())) < 400


def test_without_a_path_the_directories_in_use_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filterproxy.ruleset.sources.user_rules_path", lambda: tmp_path)
    assert run().exit_code == 0
    (tmp_path / "mine.yaml").write_text(WRONG)
    result = run()
    assert result.exit_code == 1
    assert result.stdout.startswith(str(tmp_path / "mine.yaml"))


def test_as_a_program(wrong: Path) -> None:
    program = [sys.executable, "-c", "from filterproxy.cli import main; main()", "check"]
    result = subprocess.run([*program, wrong], capture_output=True, text=True, check=False, encoding="utf-8")
    assert result.returncode == 1
    assert result.stdout.startswith(f"{wrong}:3:23: ")
    help_text = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True).stdout
    assert "filterproxy check --format github rules/" in help_text
