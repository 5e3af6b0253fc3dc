"""One run over the broken files gives every mistake's line, column and reason."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from filterproxy.cli.check import check
from filterproxy.errors import RulesetError
from filterproxy.ruleset.store import load_ruleset

FOLDER = Path(__file__).parents[2] / "broken_rules"


def expected() -> list[dict[str, str]]:
    with (FOLDER / "expected.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_one_run_of_check_tells_all() -> None:
    result = CliRunner().invoke(check, [str(FOLDER)])
    assert result.exit_code == 1
    told = [line for line in result.stdout.splitlines() if line.startswith(str(FOLDER))]
    wanted = [f"{FOLDER / e['file']}:{e['line']}:{e['column']}: {e['problem']}" for e in expected()]
    assert told == wanted
    assert len(wanted) == 117


def test_every_file_has_a_mistake_listed() -> None:
    files = sorted(path.name for path in FOLDER.glob("*.yaml"))
    assert len(files) == 31
    assert sorted({e["file"] for e in expected()}) == files


def test_the_columns_stand_where_the_mistakes_do() -> None:
    checked = 0
    for row in expected():
        lines = (FOLDER / row["file"]).read_bytes().decode("utf-8", "replace").split("\n")
        text = lines[int(row["line"]) - 1][int(row["column"]) - 1 :]
        assert text.startswith(row["at"]), row
        checked += bool(row["at"])
    assert checked == 115


def test_loading_raises_them_all_in_order() -> None:
    with pytest.raises(RulesetError) as caught:
        load_ruleset([FOLDER])
    problems = caught.value.problems
    assert len(problems) == 117
    assert [p.source for p in problems] == sorted(p.source for p in problems)
