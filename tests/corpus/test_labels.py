"""The bundled rules on the pages labelled by hand, scored by the corpus's own program."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from filterproxy.cli import main
from filterproxy.ruleset.sources import bundled_rules_path
from tests.support.corpus import CORPUS, needs_corpus

pytestmark = [pytest.mark.corpus, needs_corpus, pytest.mark.long]

LABELS = CORPUS / "labels"
PAGES = 40


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least mean shares of a page's junk that goes, and most of what is neither junk nor article."""

    text: float
    items: float
    other: float
    recommended: float
    tracking: float


ALL = Bounds(text=0.92, items=0.90, other=0.02, recommended=0.92, tracking=0.95)
GENERIC = Bounds(text=0.78, items=0.78, other=0.04, recommended=0.78, tracking=0.78)


def filtered(out: Path, rules: list[Path], options: list[str]) -> None:
    """Write the labelled pages as `rewrite --batch` makes them."""
    labelled = {json.loads(path.read_text("utf-8"))["page"] for path in LABELS.glob("*.json")}
    head, *lines = (CORPUS / "pages.tsv").read_text("utf-8").splitlines(keepends=True)
    table = out.with_suffix(".tsv")
    table.write_text(head + "".join(line for line in lines if line.split("\t")[0] in labelled), "utf-8")
    given = [word for path in rules for word in ("--rules", path)]
    where = ["--root", CORPUS / "pages", "--out", out, "--only-rules"]
    command = ["rewrite", "--batch", table, *where, *given, *options]
    result = CliRunner().invoke(main, list(map(str, command)))
    assert (result.exit_code, result.stderr) == (0, "")


def scored(out: Path) -> dict[str, Any]:
    where = [CORPUS / "score.py", LABELS, CORPUS / "pages", out]
    command = [sys.executable, *map(str, where), "--leave-out", "related"]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    score: dict[str, Any] = json.loads(told.stdout)
    return score


@pytest.mark.parametrize("options", [[], ["--also", "related"]], ids=["as it comes", "all categories"])
@pytest.mark.parametrize("bounds", [ALL, GENERIC], ids=["all rules", "generic rules alone"])
def test_junk_goes_and_nothing_else(tmp_path: Path, bounds: Bounds, options: list[str]) -> None:
    bundled = bundled_rules_path()
    out = tmp_path / "out"
    filtered(out, [bundled] if bounds is ALL else sorted(bundled.glob("generic*.yaml")), options)
    assert sum(path.is_file() for path in out.rglob("*")) == PAGES
    score = scored(out)
    assert score["pages"] == PAGES
    assert (score["text"]["loss"], score["pages_with_article_loss"]) == (0, [])
    assert score["mean_page_text_recall"] >= bounds.text
    assert score["mean_page_item_recall"] >= bounds.items
    assert score["text"]["by_category"]["recommended"][0] >= bounds.recommended
    assert score["item"]["by_category"]["tracking"][0] >= bounds.tracking
    assert score["text"]["other"] < bounds.other
