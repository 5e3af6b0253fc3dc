"""No page loses its article: bundled rules on every real page whose article is known."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from filterproxy.engine import Engine
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.support.corpus import needs_corpus
from tests.support.truth import FOREIGN, Truth, loss, truths

pytestmark = [pytest.mark.corpus, needs_corpus, pytest.mark.long]

MOST = 0.002
"""Of its article, what a page may lose: a shingle at a box's edge."""


@pytest.fixture(scope="module")
def known() -> Sequence[Truth]:
    return list(truths())


def _generic() -> list[Path]:
    return sorted(bundled_rules_path().glob("generic*.yaml"))


@pytest.mark.parametrize(
    ("generic", "off"),
    [(False, frozenset({"related"})), (False, frozenset()), (True, frozenset())],
    ids=["as it comes", "all categories", "all categories, generic rules alone"],
)
def test_no_page_loses_its_article(known: Sequence[Truth], generic: bool, off: frozenset[str]) -> None:  # noqa: FBT001
    rules = _generic() if generic else [bundled_rules_path()]
    engine = Engine(load_ruleset(rules), Settings(off_categories=off))
    checked: Counter[str] = Counter()
    harmed, cut, characters = {}, 0, 0
    for truth in known:
        page = truth.page
        done = engine.rewrite_page(page.body, url=page.url, content_type=page.content_type)
        gone = loss(truth, done.body)
        if gone.there:
            checked[truth.form] += 1
            cut += done.body is not page.body
            characters += len(gone.there)
        if gone.share > MOST:
            harmed[page.path] = gone.share
    assert harmed == {}
    assert checked.total() == 416
    assert checked == {
        "served?+transcoded-utf8": 166,
        "served?": 137,
        "rendered-dom?": 57,
        "rendered-dom": 36,
        "reserialised-jsoup": 18,
        "browser-saved": 2,
    }
    assert cut > 380
    assert characters > 600_000


def test_a_loss_is_seen(known: Sequence[Truth]) -> None:
    """Taking the whole body is a loss on every page, whatever is excepted."""
    seen = sum(loss(truth, b"<p>x").share == 1 for truth in known)
    assert seen == 416


def test_exceptions_are_few_and_used(known: Sequence[Truth]) -> None:
    excepted = [one for truth in known for one in truth.foreign]
    assert len(excepted) == len(FOREIGN.read_text("utf-8").splitlines()) - 1
    assert all(one.reason for one in excepted)
    assert sum(bool(truth.foreign) for truth in known) == 24
