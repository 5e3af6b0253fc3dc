"""Home pages, lists, search results, products: what they are for stays.

Judged are the text that such a page shows and its links to headlines (eight characters or more). Of both at
most a twentieth may go: what a site puts beside its main content. Where more goes, the table says what it is.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from filterproxy.engine import Engine
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.support.corpus import CorpusPage, corpus_pages, needs_corpus
from tests.support.exactness import charset_of, parse
from tests.support.truth import shown, squeezed

pytestmark = [pytest.mark.corpus, needs_corpus, pytest.mark.long]

TABLE = Path(__file__).with_name("no_article.tsv")
MOST = 0.05
HEADLINE = 8
KINDS = {
    "home page": 25,
    "list": 11,
    "picture or video": 6,
    "product": 4,
    "search results": 2,
    "form": 2,
    "live ticker": 1,
    "other": 2,
}
EXCEPTED = 9


def links(page: CorpusPage, body: bytes) -> int:
    tree = parse(body, charset_of(body, page.content_type))
    return sum(len(squeezed(link.text())) >= HEADLINE for link in tree.css("a[href]"))


def gone(before: int, after: int) -> float:
    return (before - after) / before if before else 0.0


@pytest.mark.parametrize(
    ("only", "off"),
    [("**/*.yaml", frozenset({"related"})), ("**/*.yaml", frozenset()), ("generic*.yaml", frozenset())],
    ids=["as it comes", "all categories", "all categories, generic rules alone"],
)
def test_main_content_stays(only: str, off: frozenset[str]) -> None:
    rules = sorted(bundled_rules_path().glob(only))
    engine = Engine(load_ruleset(rules), Settings(off_categories=off))
    pages = {page.path: page for page in corpus_pages()}
    kinds: Counter[str] = Counter()
    over, excepted = {}, set()
    with TABLE.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            page = pages[row["path"]]
            done = engine.rewrite_page(page.body, url=page.url, content_type=page.content_type)
            text = gone(len(shown(page, page.body)), len(shown(page, done.body)))
            headlines = gone(links(page, page.body), links(page, done.body))
            most = (float(row["text"] or MOST), float(row["links"] or MOST))
            kinds[row["kind"]] += 1
            if text > most[0] or headlines > most[1]:
                over[page.path] = (round(text, 3), round(headlines, 3))
            if max(text, headlines) > MOST:
                excepted.add(page.path)
            assert bool(row["reason"]) == (most != (MOST, MOST)), page.path
    assert over == {}
    assert kinds == KINDS
    assert len(excepted) <= EXCEPTED
