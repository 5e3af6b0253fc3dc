from pathlib import Path

import pytest

from filterproxy.decide.requests import Decision, RequestFilter, Verdict
from filterproxy.ruleset.store import load_ruleset

PAGE = "https://www.news.example/a/1.html"
COUNTER = "https://hm.counter.example/hm.js"

GENERIC = """\
version: 1
site: "*"
rules:
  - id: counters
    category: tracking
    block: ["||counter.example^$third-party", "@@||counter.example/allowed.js"]
  - id: whole
    category: ad
    block: "||ads.example^"
  - id: watched
    category: ad
    mode: observe
    block: "||watched.example^"
  - id: other
    category: promo
    mode: off
    block: "||off.example^"
"""
SITE = """\
version: 1
site: [news.example, 新闻.example]
rules:
  - id: own
    category: tracking
    block: ["/collect?*$xhr", "||统计.example^"]
"""


def made(tmp_path: Path, exceptions: str = "", off: frozenset[str] = frozenset()) -> RequestFilter:
    (tmp_path / "generic.yaml").write_text(GENERIC, "utf-8")
    (tmp_path / "site.yaml").write_text(SITE, "utf-8")
    if exceptions:
        (tmp_path / "z.yaml").write_text(exceptions, "utf-8")
    return RequestFilter(load_ruleset([tmp_path]), off)


def said(found: Verdict | None) -> tuple[str, str] | None:
    return None if found is None else (found.decision.value, found.rule)


@pytest.mark.parametrize(
    ("url", "source", "kind", "expected"),
    [
        (COUNTER, PAGE, "script", ("blocked", "generic/counters")),
        (COUNTER, "https://www.counter.example/", "script", None),
        ("https://hm.counter.example/allowed.js", PAGE, "script", ("excepted", "generic/counters")),
        ("https://x.ads.example/", "https://x.ads.example/", "document", ("blocked", "generic/whole")),
        ("https://watched.example/", PAGE, "image", ("observed", "generic/watched")),
        ("https://off.example/", PAGE, "image", None),
        ("https://api.example/collect?a", PAGE, "xmlhttprequest", ("blocked", "site/own")),
        ("https://api.example/collect?a", "https://new.example/", "xmlhttprequest", None),
        ("https://api.example/collect?a", PAGE, "image", None),
        ("https://xn--zfv494b.example/a.js", PAGE, "script", None),
        ("https://xn--lo0a64x.example/a.js", "https://xn--efv12a2dz86b.example/", "script", None),
        ("https://xn--lo0a64x.example/a.js", PAGE, "script", ("blocked", "site/own")),
        ("https://news.example/b.html", PAGE, "document", None),
    ],
)
def test_what_becomes_of_requests(
    tmp_path: Path, url: str, source: str, kind: str, expected: tuple[str, str] | None
) -> None:
    assert said(made(tmp_path).verdict(url, source, kind)) == expected


def test_a_match_names_the_filters_line(tmp_path: Path) -> None:
    found = made(tmp_path).verdict(COUNTER, PAGE, "script")
    assert found is not None
    assert found.source == f"{tmp_path / 'generic.yaml'}:6:13"
    assert (found.category, found.filter) == ("tracking", "||counter.example^$third-party")


def test_categories_and_exceptions_switch_off(tmp_path: Path) -> None:
    assert made(tmp_path, off=frozenset({"tracking"})).verdict(COUNTER, PAGE, "script") is None
    exceptions = """\
exceptions:
  - rule: generic/counters
    site: news.example
    reason: the reader counts along
  - rule: generic/whole
    reason: over since long
    until: 2001-01-01
"""
    excepted = made(tmp_path, exceptions)
    assert excepted.verdict(COUNTER, PAGE, "script") is None
    assert said(excepted.verdict(COUNTER, "https://b.example/", "script")) == ("blocked", "generic/counters")
    assert said(excepted.verdict("https://ads.example/", PAGE, "image")) == ("blocked", "generic/whole")


def test_whole_hosts_are_known_beforehand(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert found.refuses("ads.example")
    assert found.refuses("a.b.ads.example")
    for host in ("example", "ads.example.com", "notads.example", "counter.example", "watched.example"):
        assert not found.refuses(host)


def test_no_rules_say_nothing(tmp_path: Path) -> None:
    assert RequestFilter(load_ruleset([tmp_path])).verdict(COUNTER, PAGE, "script") is None
    assert Decision("blocked") is Decision.BLOCKED
