"""Every real page, with the bundled rules and with harsh ones: nothing raised, cuts exact and proven."""

from collections import Counter
from pathlib import Path

import pytest

from filterproxy.engine import rewrite_page
from filterproxy.errors import SkipReason
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset
from tests.support.corpus import PAGES, corpus_pages, needs_corpus
from tests.support.exactness import is_cut_out, is_mended, proven

pytestmark = [pytest.mark.corpus, pytest.mark.long, needs_corpus]

BUNDLED = Path(__file__).parents[2] / "rules"
HARSH = [
    "script", "iframe", "img", "ul", "table", "form", "ins", "h3", "style", "noscript", "dl", "input",
    "li:nth-child(2n)", "p:nth-of-type(3n)", "[style*='none']", "a[href*='html']", "td > div",
]  # fmt: skip


def harsh_rules(folder: Path) -> Ruleset:
    rules = "\n".join(
        f'  - {{id: r{number}, category: ad, remove: "{css}"}}' for number, css in enumerate(HARSH)
    )
    (folder / "harsh.yaml").write_text(f'version: 1\nsite: "*"\nrules:\n{rules}\n', "utf-8")
    return load_ruleset([folder])


def check(ruleset: Ruleset) -> tuple[Counter[str], list[str]]:
    """Counts of what came of the pages, and the pages that were not exact with the reason."""
    counts: Counter[str] = Counter()
    inexact = []
    for source in corpus_pages():
        page = rewrite_page(source.body, url=source.url, content_type=source.content_type, ruleset=ruleset)
        counts["pages"] += 1
        assert page.skipped in {None, SkipReason.NO_RULES}, (source.path, page.skipped, page.detail)
        if not page.removals:
            assert page.body is source.body, source.path
            continue
        counts["cut"] += 1
        if not page.exact:
            inexact.append(f"{source.path}: {page.detail}")
            continue
        counts["exact"] += 1
        assert proven(source.body, page, source.content_type), source.path
        assert is_cut_out(source.body, page), source.path
        counts["mended"] += is_mended(source.body, page)
        if source.charset == "gb18030":
            counts["gbk"] += 1
            assert page.charset in {"GBK", "gb18030"}
    return counts, inexact


def test_bundled_rules() -> None:
    counts, inexact = check(load_ruleset([BUNDLED]))
    assert counts["pages"] == PAGES
    assert counts["cut"] > 500
    assert counts["mended"] < 0.05 * counts["cut"]
    assert counts["gbk"] >= 25
    assert counts["exact"] >= 0.98 * counts["cut"], inexact


def test_harsh_rules(tmp_path: Path) -> None:
    counts, inexact = check(harsh_rules(tmp_path))
    assert counts["pages"] == PAGES
    assert counts["cut"] > 650
    assert counts["mended"] < 0.1 * counts["cut"]
    assert counts["gbk"] >= 25
    assert counts["exact"] >= 0.98 * counts["cut"], inexact
