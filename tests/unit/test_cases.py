"""Pages as data: `tests/cases/<name>/` holds a page, its rules and what must come of it.

`page.html`, `rules.yaml` (and `exceptions.yaml`), `meta.json` (url, content type, what it shows),
`expected.html`, `expected.json`. To make or renew the expected files, run with UPDATE_CASES=1 and read
the difference before committing it: `git diff --text tests/cases`.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from filterproxy.engine import rewrite_page
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.store import load_ruleset

CASES = Path(__file__).parent.parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())
UPDATE = os.environ.get("UPDATE_CASES") == "1"


def test_there_are_cases() -> None:
    assert len(NAMES) >= 50


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    folder = CASES / name
    before, meta = (folder / "page.html").read_bytes(), json.loads((folder / "meta.json").read_text("utf-8"))
    page = rewrite_page(
        before, url=meta["url"], content_type=meta["content_type"], ruleset=load_ruleset([folder])
    )
    if UPDATE:
        (folder / "expected.html").write_bytes(page.body)
        account = json.dumps(summary(page), ensure_ascii=False, indent=2) + "\n"
        (folder / "expected.json").write_text(account, "utf-8")
    assert page.body == (folder / "expected.html").read_bytes(), meta["what"]
    assert summary(page) == json.loads((folder / "expected.json").read_text("utf-8"))
    assert (page.body is before) == (page.body == before)


def summary(page: Page) -> dict[str, Any]:
    """What a case pins down: who did what where, and how well."""
    return {
        "removals": [[r.rule, r.action.value, r.path, r.size] for r in page.removals],
        "observed": [[r.rule, r.action.value, r.path] for r in page.observed],
        "vetoes": [[v.rule, v.reason.value, v.path] for v in page.vetoes],
        "exact": page.exact,
        "skipped": page.skipped and page.skipped.value,
        "charset": page.charset,
    }
