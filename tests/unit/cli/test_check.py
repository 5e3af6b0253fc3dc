"""`filterproxy check` as a program: exit codes, and what each format says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main

RULE = "rules:\n  - {id: x, category: ad, remove: .ad}\n"
SAID = "article: '#story'\ntests: [{recording: x.mitm, url: 'https://a.example/'}]\n"
GOOD = f"site: [a.example, b.example]\n{SAID}{RULE}"
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
        GOOD.replace("a.example", "c.example").replace("{id: x", "{mode: off, id: y")
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
        "notices": [],
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


DOUBTFUL = f"""\
site: a.example
{SAID}rules:
  - id: 广告
    category: ad
    remove: [.index_ad__3kLmN, "div > div:nth-child(3) > div:nth-child(2)"]
"""
WARNED = (
    'rule "广告", key "remove": "index_ad__3kLmN" looks made by the site\'s build or server, which changes it'
)


def test_warnings_tell_where_what_and_what_instead(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(DOUBTFUL, "utf-8")
    result = run(path)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == (f"{path}:7:14: warning: {WARNED}; write [class*='index_ad__'] [generated-name]")
    assert lines[1:3] == [f"        {DOUBTFUL.splitlines()[6].strip()}", " " * 17 + "^"]
    assert lines[3].startswith(f"{path}:7:32: warning: ")
    assert lines[-1] == "ok: 1 file, 1 rule, 1 site, 2 warnings"


def test_strict_fails_on_warnings_and_allow_leaves_a_kind_out(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(DOUBTFUL, "utf-8")
    result = run("--strict", path)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "not ok: 1 file, 1 rule, 1 site, 2 warnings"
    result = run("--strict", "--allow", "generated-name", path)
    assert (result.exit_code, "generated-name" in result.stdout) == (1, False)
    result = run("--strict", "--allow", "generated-name", "--allow", "position", path)
    assert (result.exit_code, result.stdout) == (0, "ok: 1 file, 1 rule, 1 site\n")
    assert run("--allow", "nonsense", path).exit_code == 2


def test_what_a_file_leaves_unsaid_is_a_note_and_fails_only_when_strict(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"site: a.example\n{RULE}")
    result = run(path)
    assert (result.exit_code, result.stdout) == (0, "ok: 1 file, 1 rule, 1 site\n")
    first, second = result.stderr.splitlines()
    assert first.startswith(f'{path}:1:1: note: rule file: no "article": ')
    assert second.startswith(f'{path}:1:1: note: rule file: no "tests": ')
    result = run("--strict", path)
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines()[-1] == "not ok: 1 file, 1 rule, 1 site, 2 warnings"
    for number in range(9):
        (tmp_path / f"b{number}.yaml").write_text(f"site: b{number}.example\n{RULE}")
    lines = run(tmp_path).stderr.splitlines()
    assert len(lines) == 5 + 5 + 2
    assert lines[-1] == "note: 5 more [no-tests] (--format json has all)"


def test_a_rule_replaced_in_its_directory_is_a_warning_and_from_a_later_one_a_note(tmp_path: Path) -> None:
    for name in ("one/a", "one/b", "two/a"):
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"site: a.example\n{SAID}{RULE}")
    same = run("--strict", tmp_path / "one")
    assert same.exit_code == 1
    first = f"{tmp_path}/one/a.yaml:5:10"
    where = f"a rule for a.example has this id already, at {first}, and is replaced by this one"
    assert f'{tmp_path}/one/b.yaml:5:10: warning: rule "x": {where}; give' in same.stdout
    (tmp_path / "one/b.yaml").unlink()
    later = run("--strict", tmp_path / "one", tmp_path / "two")
    assert later.exit_code == 0
    assert later.stderr == (
        f'{tmp_path}/two/a.yaml:5:10: note: rule "x": replaces a/x ({tmp_path}/one/a.yaml:5:10) on a.example '
        "[replaced]\n"
    )


def test_warnings_for_programs(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(DOUBTFUL, "utf-8")
    told = json.loads(run("--format", "json", path).stdout)
    assert told["ok"] is True
    assert told["notices"][0] == {
        "file": str(path),
        "line": 7,
        "column": 14,
        "level": "warning",
        "kind": "generated-name",
        "context": 'rule "广告", key "remove"',
        "what": WARNED.partition(": ")[2],
        "instead": "write [class*='index_ad__']",
    }
    strict = run("--strict", "--format", "json", path)
    assert (strict.exit_code, json.loads(strict.stdout)["ok"]) == (1, False)
    path.write_text(f"site: a.example\n{RULE}")
    annotated = run("--format", "github", path).stdout.splitlines()
    assert annotated[0].startswith(f'::notice file={path},line=1,col=1::rule file: no "article"')
    assert run("--strict", "--format", "github", path).stdout.startswith("::warning file=")


def test_the_bundled_rules_hold_no_name_that_changes_and_none_in_vain() -> None:
    folder = Path(__file__).parents[3] / "rules"
    result = run("--strict", "--allow", "covered", "--allow", "part-of-word", folder)
    assert (result.exit_code, result.stderr) == (0, "")
