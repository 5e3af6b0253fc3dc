"""What a test entry wants of a page, judged: each failure says which rule did it and where."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from filterproxy.errors import Source
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.expect import Failure, Want, judge
from filterproxy.recordings.named import settings_for
from filterproxy.recordings.replayer import Replayed, Replayer
from filterproxy.ruleset.model import PageTest, Ruleset
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Limits, Settings
from tests.support.pages import RULES, URL, page

PATIENT = Settings(limits=Limits(deadline=20.0))
TESTS = """\
tests:
  - recording: a.mitm
    url: https://www.news.example/2026/1.html
    removes: [float, like, count, keywords]
    removes-nothing: [idle]
    count: {like: 1, idle: 0}
    keeps: [昨天下午，江边的老码头重新开放, "#story p", "#main > h1"]
"""
HTML = b"text/html"


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return _ruleset(tmp_path_factory.mktemp("rules"), RULES + TESTS)


@pytest.fixture(scope="module")
def replayer(ruleset: Ruleset) -> Iterator[Replayer]:
    with Replayer(ruleset, settings_for(_test(ruleset), ruleset, PATIENT)) as made:
        yield made


def _ruleset(folder: Path, *texts: str) -> Ruleset:
    paths = []
    for number, text in enumerate(texts):
        directory = folder / f"rules{number}" / "sites"
        directory.mkdir(parents=True)
        (directory / "news.example.yaml").write_text(text, "utf-8")
        paths.append(directory.parent)
    return load_ruleset(paths)


def _test(ruleset: Ruleset) -> PageTest:
    return ruleset.files[0].tests[0]


def _entry(body: bytes, url: str = URL, content_type: bytes = HTML) -> Entry:
    return Entry("a.mitm, flow 1", url, "GET", 200, [], [(b"content-type", content_type)], body)


def _wanting(**wanted: object) -> PageTest:
    return PageTest(Source("news.yaml", 9, 5), "sites/news.example", "a.mitm", URL, **wanted)  # type: ignore[arg-type]


def _only(failures: tuple[Failure, ...]) -> Failure:
    assert len(failures) == 1, failures
    return failures[0]


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_what_holds_has_no_failure(ruleset: Ruleset, replayer: Replayer, charset: str) -> None:
    assert judge(_test(ruleset), replayer.replay(_entry(page(charset))), ruleset) == ()


def test_a_category_that_is_off_is_on_where_a_test_names_its_rule(ruleset: Ruleset) -> None:
    assert "related" in PATIENT.off_categories
    assert "related" not in settings_for(_test(ruleset), ruleset, PATIENT).off_categories
    other = _wanting(removes=("float",))
    assert settings_for(other, ruleset, PATIENT) == PATIENT


@pytest.fixture
def replayed(replayer: Replayer) -> Replayed:
    return replayer.replay(_entry(page()))


IDLE = {
    "idle": "took nothing: not in the page: hotword",
    "watch": "took nothing: its mode is observe: it would have taken 1 element",
    "greedy": "took nothing: matches 1 element, refused by the article guard: holds-article",
}


@pytest.mark.parametrize("name", IDLE)
def test_a_rule_that_took_nothing_is_told_with_the_reason(
    ruleset: Ruleset, replayed: Replayed, name: str
) -> None:
    failure = _only(judge(_wanting(removes=(name,)), replayed, ruleset))
    rule = next(rule for rule in ruleset.files[0].rules if rule.id == name)
    assert failure == Failure(
        Want.REMOVES, name, IDLE[name], str(rule.source), None, f"sites/news.example/{name}"
    )
    assert str(failure) == f'{rule.source}: removes "{name}": {IDLE[name]}'


def test_what_is_taken_too_much_is_told_with_its_node(ruleset: Ruleset, replayed: Replayed) -> None:
    test = _wanting(removes_nothing=("like",), count=(("float", 2), ("idle", 3)))
    like, short, idle = judge(test, replayed, ruleset)
    assert (like.key, like.rule) == (Want.REMOVES_NOTHING, "sites/news.example/like")
    assert like.path == "html > body > div:nth-of-type(4)"
    assert like.what.startswith(f"took 1, nothing wanted: {like.path}: 猜你喜欢 夜市的灯光")
    assert short.what.startswith("took 1, 2 wanted: html > body > div:nth-of-type(1): 限时优惠")
    assert idle.what == "took nothing, 3 wanted: not in the page: hotword"


def test_a_lost_text_is_told_with_the_removal_that_took_it(ruleset: Ruleset, replayed: Replayed) -> None:
    test = _wanting(keeps=("一位老船工的 三十年", ".box li", ".nowhere", "从没写过的话"))
    text, elements, nowhere, never = judge(test, replayed, ruleset)
    like = next(rule for rule in ruleset.files[0].rules if rule.id == "like")
    assert (
        nowhere.what == never.what == "the recorded page has neither this text nor an element that it selects"
    )
    assert nowhere.source == str(test.source)
    assert elements.what.startswith("2 of 2 elements are gone, by sites/news.example/like (section) at html")
    assert text.wanted == "一位老船工的 三十年"
    assert "neither" in text.what  # a space where the page has none
    text = _only(judge(_wanting(keeps=("一位老船工的三十年",)), replayed, ruleset))
    assert (text.source, text.path) == (str(like.source), "html > body > div:nth-of-type(4)")
    assert text.what.startswith("the text is gone, by sites/news.example/like (section) at ")


def test_names_that_are_none_are_told_with_the_nearest(ruleset: Ruleset, replayed: Replayed) -> None:
    failure = _only(judge(_wanting(removes=("flaot",)), replayed, ruleset))
    assert failure.source == "news.yaml:9:5"
    assert failure.what == (
        'there is no rule "sites/news.example/flaot"; did you mean "sites/news.example/float"?'
    )
    full = _wanting(removes=("sites/news.example/float", "elsewhere/float"))
    assert _only(judge(full, replayed, ruleset)).wanted == "elsewhere/float"


def test_a_page_that_was_not_filtered_fails_with_the_reason(ruleset: Ruleset, replayer: Replayer) -> None:
    replayed = replayer.replay(_entry(b'{"a": 1}', content_type=b"application/json"))
    failure = _only(judge(_test(ruleset), replayed, ruleset))
    assert failure.key is Want.PAGE
    assert failure.what == "a.mitm, flow 1: the page was not filtered (not-html)"


def test_a_page_no_rule_is_for_may_be_just_what_is_wanted(ruleset: Ruleset, replayer: Replayer) -> None:
    url = "https://other.example/"
    replayed = replayer.replay(_entry(page(), url))
    kept = PageTest(_test(ruleset).source, "sites/news.example", "a.mitm", url, removes_nothing=("float",))
    assert judge(kept, replayed, ruleset) == ()
    wanted = PageTest(_test(ruleset).source, "sites/news.example", "a.mitm", url, removes=("float",))
    assert _only(judge(wanted, replayed, ruleset)).what == (
        "took nothing: it is for other sites: news.example"
    )


def test_a_bare_id_is_also_the_rule_that_replaced_it(tmp_path: Path) -> None:
    mine = "site: news.example\nrules:\n  - {id: float, category: ad, hide: .ad-float}\n"
    ruleset = _ruleset(tmp_path, RULES + TESTS, mine)
    with Replayer(ruleset, PATIENT) as replayer:
        replayed = replayer.replay(_entry(page()))
    test = _wanting(removes=("float",), keeps=(".ad-float", "限时优惠"))
    elements, text = judge(test, replayed, ruleset)
    assert elements.what.startswith("the element is hidden, by sites/news.example/float (hide)")
    assert text.what.startswith("the text is gone, by sites/news.example/float (hide)")
    assert "rules1" in text.source


STANDINGS = {
    "pages: /b/*": "it is for other pages: /b/*",
    "mode: 'off'": "its mode is off",
    "text: 没有": "not in the page: 没有",
    "within: .box": "matches 1 element, none stands within .box",
}


@pytest.mark.parametrize("condition", STANDINGS)
def test_why_else_a_rule_takes_nothing(tmp_path: Path, condition: str) -> None:
    rules = f"site: news.example\nrules:\n  - {{id: r, category: ad, remove: .app, {condition}}}\n"
    ruleset = _ruleset(tmp_path, rules)
    with Replayer(ruleset, PATIENT) as replayer:
        replayed = replayer.replay(_entry(page()))
    failure = _only(judge(_wanting(removes=("r",)), replayed, ruleset))
    assert failure.what == f"took nothing: {STANDINGS[condition]}"


def test_shadowed_and_exempted(tmp_path: Path) -> None:
    rules = RULES.replace("rules:\n", "rules:\n  - {id: inner, category: ad, remove: .box ul}\n") + TESTS
    exceptions = "exceptions:\n  - {rule: '*/float', reason: 想看}\n"
    ruleset = _ruleset(tmp_path, rules, exceptions)
    with Replayer(ruleset, PATIENT) as replayer:
        replayed = replayer.replay(_entry(page()))
    shadowed, exempted = judge(_wanting(removes=("inner", "float")), replayed, ruleset)
    assert shadowed.what == "took nothing: matches 1 element, gone with what sites/news.example/like took"
    assert exempted.what.endswith("news.example.yaml:2:12: 想看")
    assert exempted.what.startswith("took nothing: exempted by ")


def test_of_a_text_that_stood_twice_the_place_where_it_stood_alone_counts_first(tmp_path: Path) -> None:
    rules = "site: news.example\nrules:\n" + "".join(
        f"  - {{id: {name}, category: ad, remove: .{name}}}\n" for name in ("list", "box", "other")
    )
    ruleset = _ruleset(tmp_path, rules)
    html = "<p class=list>天气预报<p class=other>天气如何</p><div class=box><h3> 天气 </h3>晴</div><p>别的"
    with Replayer(ruleset, PATIENT) as replayer:
        replayed = replayer.replay(_entry(html.encode(), content_type=b"text/html; charset=utf-8"))
    failure = _only(judge(_wanting(keeps=("天气",)), replayed, ruleset))
    assert failure.rule == "sites/news.example/box"
    assert failure.what.endswith(
        ": 天气 晴; where else it stood, by sites/news.example/list, sites/news.example/other"
    )
