"""`filterproxy lists`: subscribing, updating and what is shown, as a user calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main

TEXT = (
    "! Title: 我们的表\n! Expires: 2 days\n||tracker.example^\n##.ad\na.example##+js(x)\n" + "! 说明\n" * 800
)

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for kind in ("data", "cache"):
        folder = tmp_path / kind
        monkeypatch.setattr(platformdirs, f"user_{kind}_dir", lambda *_, at=folder, **__: str(at))
    return lambda *arguments: CliRunner().invoke(main, ["lists", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ours.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_add_show_and_remove(run: Run, file: Path) -> None:
    added = run("add", file)
    assert (added.exit_code, added.stdout, added.stderr) == (0, "ours: new\n", "")
    listed = run("show").stdout.splitlines()
    assert listed[0].split() == "list requests elements not used asked for problem".split()
    assert listed[1].split()[:4] == ["ours", "1", "1", "1"]
    assert [line.split(" ")[0] for line in listed[2:]] == ["easylist", "easyprivacy", "easylist-china"]
    shown = run("show", "ours").stdout
    assert "title: 我们的表" in shown
    assert "expires: 2 days" in shown
    assert "806 lines: 1 filters of requests, 1 of elements" in shown
    assert "    ours:5: a.example##+js(x)" in shown.splitlines()
    assert run("remove", "ours").stdout == "ours: removed\n"
    assert run("show").stdout.splitlines()[0] == "no lists"


def test_the_same_as_json(run: Run, file: Path) -> None:
    added = json.loads(run("add", file, "--name", "mine", "--category", "promo", "--json").stdout)
    assert added == {"ok": True, "lists": [{"name": "mine", "what": "new", "detail": ""}], "problem": ""}
    [row] = json.loads(run("show", "--json").stdout)["lists"]
    assert (row["name"], row["category"], row["elements"], row["unused"]) == ("mine", "promo", 1, 1)
    one = json.loads(run("show", "mine", "--json").stdout)
    assert one["report"]["unused"] == {"scriptlet": 1}
    assert one["report"]["examples"]["scriptlet"][0]["line"] == 5


def test_update_keeps_what_was_good(run: Run, file: Path) -> None:
    run("add", file)
    assert run("update").stdout == "ours: unchanged\n"
    file.write_text(TEXT + "##.more\n", "utf-8")
    assert run("update", "ours").stdout == "ours: new\n"
    file.write_text("<!doctype html><title>登录</title>", "utf-8")
    kept = run("update")
    assert (kept.exit_code, kept.stdout) == (1, "")
    assert "it is a web page, not a list" in kept.stderr
    assert "it is a web page" in run("show").stdout
    file.write_text("##.ad", "utf-8")
    assert run("update").exit_code == 1
    forced = run("update", "--force")
    assert (forced.exit_code, forced.stdout) == (0, "ours: new\n")


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["add", "/no/such/list.txt"], 1, "No such file"),
        (["add", "http://lists.example/x.txt"], 1, "only https"),
        (["add", "a", "b", "--name", "x"], 2, "--name wants one list"),
        (["add", "a", "--name", "../x"], 2, "is no name"),
        (["remove", "nothing"], 1, "no list of this name"),
        (["update", "nothing"], 1, "no list of this name"),
        (["show", "nothing"], 1, "no list of this name"),
    ],
)
def test_what_is_wrong_is_said(run: Run, arguments: list[str], code: int, text: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert text in result.stderr
    assert run("show").stdout.splitlines()[0] == "no lists"


def test_a_name_that_is_taken(run: Run, file: Path, tmp_path: Path) -> None:
    run("add", file)
    assert run("add", file).stdout == "ours: subscribed already\n"
    other = tmp_path / "other.txt"
    other.write_text("##.ad", "utf-8")
    taken = run("add", other, "--name", "ours")
    assert taken.exit_code == 1
    assert "take another with --name" in taken.stderr


def test_what_a_list_says_cannot_take_over_the_terminal(run: Run, file: Path) -> None:
    file.write_text("! Title: a\x1b[2Jb\na.example##+js(\x1b[2J)\n", "utf-8")
    run("add", file)
    shown = run("show", "ours").stdout
    assert "\x1b" not in shown
    assert "a.example##+js(\\x1b[2J)" in shown
