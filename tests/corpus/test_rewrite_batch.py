"""`rewrite --batch` over real pages, where the corpus stands beside the project."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from filterproxy.cli import main
from filterproxy.cli.batch_table import Row, read_table
from filterproxy.engine import rewrite_page
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset

CORPUS = Path(__file__).parents[2].parent / "shared/corpus"
PAGES = 60
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project"),
]


@pytest.mark.long
def test_the_command_writes_what_the_library_makes(tmp_path: Path) -> None:
    lines = (CORPUS / "pages.tsv").read_bytes().split(b"\n")[: PAGES + 1]
    table, report = tmp_path / "pages.tsv", tmp_path / "report.jsonl"
    table.write_bytes(b"\n".join(lines))
    command = ["rewrite", "--batch", table, "--root", CORPUS / "pages", "--out", tmp_path / "out"]
    rules = bundled_rules_path()
    options = ["--report", report, "--jobs", "2", "--rules", rules, "--only-rules"]
    result = CliRunner().invoke(main, list(map(str, [*command, *options])))
    assert (result.exit_code, result.stderr) == (0, "")
    told = [json.loads(line) for line in report.read_text("ascii").splitlines()]
    ruleset = load_ruleset([rules])
    checked = changed = 0
    for row, account in zip(read_table(table), told, strict=True):
        assert isinstance(row, Row)
        page = rewrite_page((CORPUS / "pages" / row.path).read_bytes(), url=row.url, ruleset=ruleset)
        assert (tmp_path / "out" / row.path).read_bytes() == page.body
        assert (account["path"], account["url"]) == (row.path, row.url)
        assert account["outcome"] == ("changed" if page.removals else "unchanged")
        assert len(account["removals"]) == len(page.removals)
        assert account["size_after"] == len(page.body)
        checked += 1
        changed += bool(page.removals)
    assert checked == PAGES
    assert changed > PAGES // 2
