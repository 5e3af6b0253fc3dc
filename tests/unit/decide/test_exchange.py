"""Which rules strip a request or prune an answer, by site, pages and exceptions; and which are for pages."""

from pathlib import Path

import pytest

from filterproxy.decide.answers import Pruners
from filterproxy.decide.decider import Decider, Why
from filterproxy.decide.exchange import Strippers
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset

RULES = """\
site: news.example
pages: [/a/*]
rules:
  - {id: block, category: tracking, block: "||x.example^"}
  - {id: params, category: tracking, strip-params: [spm]}
  - {id: cookies, category: tracking, strip-cookies: _ga, pages: "*/1"}
  - {id: headers, category: tracking, strip-headers: etag}
  - {id: data, category: ad, prune: {url: /api/*, remove: $.ads}, pages: /never}
  - {id: script, category: ad, prune: {script: "#d", remove: $.ads}}
  - {id: both, category: promo, prune: {url: "/f?*", script: "#d", remove: $.ads}}
"""
EXCEPTIONS = """\
exceptions:
  - {rule: "*/params", pages: /a/2, reason: the shop needs it}
  - {rule: "*/data", site: m.news.example, reason: they are few}
  - {rule: "*/headers", until: 2001-01-01, reason: long over}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Ruleset:
    (tmp_path / "news.yaml").write_text(RULES, "utf-8")
    (tmp_path / "exceptions.yaml").write_text(EXCEPTIONS, "utf-8")
    return load_ruleset([tmp_path])


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://news.example/a/1", "params cookies headers"),
        ("https://www.news.example/a/1?x", "params cookies headers"),
        ("https://news.example/a/2", "headers"),
        ("https://news.example/b/1", ""),
        ("https://other.example/a/1", ""),
        ("not an address", ""),
    ],
)
def test_strips(rules: Ruleset, url: str, wanted: str) -> None:
    strips = Strippers(rules).at(url)
    found = [rule.id for rule in (*strips.params, *strips.cookies, *strips.headers)]
    assert found == wanted.split()
    assert bool(strips) == bool(wanted)


def test_strips_of_a_category_that_is_off(rules: Ruleset) -> None:
    assert Strippers(rules).at("https://news.example/a/1")
    assert not Strippers(rules, frozenset({"tracking"})).at("https://news.example/a/1")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://news.example/api/x", "data"),
        ("https://m.news.example/api/x", ""),
        ("https://news.example/f?x=1", "both"),
        ("https://news.example/fg?x", ""),
        ("https://news.example/a/1", ""),
        ("https://other.example/api/x", ""),
    ],
)
def test_pruners(rules: Ruleset, url: str, wanted: str) -> None:
    assert [rule.id for rule in Pruners(rules).rules(url)] == wanted.split()
    assert Pruners(rules, frozenset({"ad", "promo"})).rules(url) == ()


def test_a_page_is_tried_for_what_reaches_into_pages(rules: Ruleset) -> None:
    decider = Decider(rules)
    url = "https://news.example/a/1"
    assert [ruling.rule.id for ruling in decider.rulings(url)] == [
        "block", "params", "cookies", "headers", "data", "script", "both"
    ]  # fmt: skip
    body = b'<a href="?spm=1"></a><script id="d">{"ads": 1}</script>'
    for ascii_compatible in (True, False):
        chosen = decider.select(url, body, "utf-8", ascii_compatible=ascii_compatible).rules
        assert [rule.id for rule, _ in chosen] == ["params", "script", "both"]


def test_rules_for_requests_alone_don_t_make_a_page_be_read(tmp_path: Path) -> None:
    (tmp_path / "news.yaml").write_text("\n".join(RULES.splitlines()[:4] + RULES.splitlines()[5:8]), "utf-8")
    assert not Decider(load_ruleset([tmp_path])).applies("https://news.example/a/1")


def test_block_is_not_bound_to_pages(rules: Ruleset) -> None:
    standing = {ruling.rule.id: ruling.why for ruling in Decider(rules).rulings("https://news.example/b")}
    assert standing["block"] is Why.APPLIES
    assert standing["headers"] is Why.OTHER_PAGES
