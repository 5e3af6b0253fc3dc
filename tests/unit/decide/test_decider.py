from pathlib import Path

import pytest

from filterproxy.decide.decider import Decider, Why
from filterproxy.decide.paths import path_matches
from filterproxy.decide.site_index import covers, suffixes
from filterproxy.ruleset.store import load_ruleset

SITE = """
version: 1
site: [news.example, "例子.cn"]
pages: ["/a/*"]
article: "#content"
rules:
  - {id: lists, category: recommended, section: [猜你喜欢]}
  - {id: float, category: ad, remove: ".ad-float, #couplet", pages: ["/a/*.html"]}
  - {id: beacon, category: tracking, remove: script, text: /sendBeacon/}
  - {id: asleep, category: ad, remove: ".asleep", mode: "off"}
  - {id: stories, category: related, section: [相关阅读]}
"""
GENERIC = """
version: 1
site: "*"
rules:
  - {id: tanx, category: ad, remove: "script[src*='tanx.com/']"}
"""
EXCEPTIONS = """
version: 1
exceptions:
  - {rule: site/float, site: m.news.example, reason: its banner is the weather}
  - {rule: site/beacon, site: news.example, reason: gone, until: 2020-01-01}
"""


@pytest.fixture
def decider(tmp_path: Path) -> Decider:
    for name, text in (("site", SITE), ("generic", GENERIC), ("z-exceptions", EXCEPTIONS)):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    return Decider(load_ruleset([tmp_path]), frozenset({"related"}))


def chosen(decider: Decider, url: str, text: str, encoding: str = "utf-8") -> dict[str, list[str]]:
    body = text.encode(encoding)
    selection = decider.select(url, body, encoding, ascii_compatible=not encoding.startswith("utf-16"))
    return {rule.id: [selector.css for selector in selectors] for rule, selectors in selection.rules}


def test_who_has_rules(decider: Decider) -> None:
    assert decider.names("news.example")
    assert decider.names("www.news.example")
    assert decider.names("xn--fsqu00a.cn")
    assert not decider.names("evilnews.example")
    assert not decider.names("news.example.org")
    assert decider.applies("https://elsewhere.example/")  # the file for every site
    assert not decider.applies("not a url")
    assert not decider.applies("http://[broken/")


def test_why_each_rule_does_or_does_not_apply(decider: Decider) -> None:
    at = {ruling.rule.id: ruling.why for ruling in decider.rulings("https://m.news.example/a/1.html")}
    assert at == {
        "lists": Why.APPLIES,
        "float": Why.EXEMPTED,
        "beacon": Why.APPLIES,  # the exception has run out
        "asleep": Why.MODE_OFF,
        "stories": Why.CATEGORY_OFF,
        "tanx": Why.APPLIES,
    }
    elsewhere = {ruling.rule.id: ruling.why for ruling in decider.rulings("https://news.example/b")}
    assert elsewhere["lists"] is Why.OTHER_PAGES
    assert decider.article("https://news.example/a/1") == "#content"
    assert decider.article("https://news.example/b") is None


def test_only_what_may_match_is_chosen(decider: Decider) -> None:
    url = "https://news.example/a/1.html"
    assert chosen(decider, url, "<p>nothing of it</p>") == {}
    assert chosen(decider, url, "<h3>猜你喜歡</h3>") == {"lists": []}
    assert chosen(decider, url, "<h3>猜你<em>喜欢</em></h3>") == {"lists": []}
    assert chosen(decider, url, "<h3>猜你喜欢</h3>", "gb18030") == {"lists": []}
    assert chosen(decider, url, "<h3>猜你喜歡</h3>", "big5") == {"lists": []}
    assert chosen(decider, url, "<div class='AD-FLOAT'>") == {"float": [".ad-float"]}
    assert chosen(decider, url, "<script>navigator.sendBeacon(x)</script>") == {"beacon": ["script"]}
    assert chosen(decider, url, "<script>x</script> beacon") == {}
    assert chosen(decider, "https://other.example/", "<script src=//tanx.com/ex></script>") == {
        "tanx": ["script[src*='tanx.com/']"]
    }
    everything = chosen(decider, url, "<p>x</p>", "utf-16-le")  # bytes tell nothing there
    assert set(everything) == {"lists", "float", "beacon", "tanx"}


def test_rules_of_related_are_told_apart_where_they_are_off(decider: Decider) -> None:
    for url, ids in (("https://news.example/a/1.html", ["stories"]), ("https://news.example/b", [])):
        selection = decider.select(url, "<h3>相关阅读</h3>".encode(), "utf-8", ascii_compatible=True)
        assert [rule.id for rule, _ in selection.related] == ids
        assert selection.rules == ()


@pytest.mark.parametrize(
    ("glob", "path", "query", "matches"),
    [
        ("/article/*", "/article/1", "", True),
        ("/article/*", "/articles", "", False),
        ("/*/*.html", "/a/b.html", "", True),
        ("/*/*.html", "/b.html", "", False),
        ("*a*a", "a", "", False),
        ("*", "/", "", True),
        ("/x", "/x", "y=1", True),
        ("/list?page=*", "/list", "page=2", True),
        ("/list?page=*", "/list", "", False),
        ("/a.c", "/abc", "", False),
    ],
)
def test_globs(glob: str, path: str, query: str, matches: bool) -> None:  # noqa: FBT001 - a table's column
    assert path_matches([glob], path, query) is matches


def test_hostile_paths_cost_nothing() -> None:
    assert not path_matches(["*a*a*a*a*a*a*a*b"], "/" + "a" * 200_000)


def test_suffixes() -> None:
    assert list(suffixes("a.b.example")) == ["a.b.example", "b.example", "example"]
    assert list(suffixes("127.0.0.1")) == ["127.0.0.1"]
    assert covers("*", "x")
    assert not covers("b.example", "ab.example")
