import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filterproxy.errors import RuleFileError, Source
from filterproxy.ruleset.compiler import Compiled, compile_file
from filterproxy.ruleset.model import Action, Category, Mode, Rule, RuleFile, TextPattern

WHOLE = r"""
version: 1
site: [Example-News.com., 新闻.example, example-news.com]
pages: ["/article/*", "/*/*.html"]
article: ["#content .post", article]
rules:
  - id: close-ad
    category: close-ad
    remove: ["#ad-close, .ad-float", .ad-float]
    up: .ad-box
    pages: /a/*
    mode: observe
    note: seen in summer
  - {id: guess, category: recommended, section: [猜你喜歡：, 精彩推荐], allow-article: lists are no article}
  - id: baidu
    category: tracking
    remove: script
    text: [/_hmt\.push|hm\.baidu\.com/i, cnzz]
    within: [body, ".a, .b"]
    unless: .editor
    named: [rightAd_3, /ad-(box|slot)/i]
    at-most: 300
  - {id: ping, category: tracking, strip-attributes: {"a, area": [ping, Data-*], img: onload}}
  - {id: lock, category: promo, strip-classes: {body: [no-scroll, no-scroll]}, mode: "off"}
  - {id: app, category: promo, hide: .app}
  - {id: link, category: clickbait, unwrap: "a.hot"}
tests:
  - recording: flows/a.mitm
    url: https://example-news.com/a
    removes: [close-ad, generic/x]
    removes-nothing: guess
    keeps: 第一段
    count: {close-ad: 3}
"""


def compiled(text: str, path: str = "rules/sites/example-news.com.yaml") -> Compiled:
    return compile_file(text.encode(), path=path, name="sites/example-news.com")


def rule_file(text: str) -> RuleFile:
    result = compiled(text)
    assert not result.problems, result.problems
    assert result.file
    return result.file


def by_id(file: RuleFile, name: str) -> Rule:
    return next(rule for rule in file.rules if rule.id == name)


def test_the_file_itself() -> None:
    file = rule_file(WHOLE)
    assert file.name == "sites/example-news.com"
    assert file.sites == ("example-news.com", "xn--efvy88h.example")
    assert file.pages == ("/article/*", "/*/*.html")
    assert file.article == "#content .post, article"
    assert [rule.action for rule in file.rules] == [
        Action.REMOVE,
        Action.SECTION,
        Action.REMOVE,
        Action.STRIP_ATTRIBUTES,
        Action.STRIP_CLASSES,
        Action.HIDE,
        Action.UNWRAP,
    ]
    assert pickle.loads(pickle.dumps(file)) == file  # noqa: S301 - our own bytes: workers get rules this way


def test_a_removal_with_everything() -> None:
    rule = by_id(rule_file(WHOLE), "close-ad")
    path = "rules/sites/example-news.com.yaml"
    assert rule.name == "sites/example-news.com/close-ad"
    assert rule.source == Source(path, 7, 9)
    assert (rule.category, rule.mode, rule.note) == (Category.CLOSE_AD, Mode.OBSERVE, "seen in summer")
    assert [(s.css, s.source) for s in rule.selectors] == [
        ("#ad-close", Source(path, 9, 14)),
        (".ad-float", Source(path, 9, 38)),
    ]
    assert rule.selectors[0].tokens == (frozenset({"ad-close"}),)
    assert (rule.up, rule.pages) == (".ad-box", ("/a/*",))


def test_sections_are_normalised() -> None:
    rule = by_id(rule_file(WHOLE), "guess")
    assert rule.headings == {"猜你喜欢", "精彩推荐"}
    assert len(rule.heading_tokens) == 4  # two ways of standing each
    assert rule.allow_article == "lists are no article"
    assert rule.selectors == ()


def test_conditions() -> None:
    rule = by_id(rule_file(WHOLE), "baidu")
    assert rule.text == (
        TextPattern(
            r"(?i)_hmt\.push|hm\.baidu\.com", regex=True, literals=(frozenset({"_hmt.push", "hm.baidu.com"}),)
        ),
        TextPattern("cnzz", literals=(frozenset({"cnzz"}),)),
    )
    assert rule.text_tokens == (frozenset({"_hmt.push", "hm.baidu.com", "cnzz"}),)
    assert (rule.within, rule.unless) == ("body, .a, .b", ".editor")
    assert rule.named == "(?:(?:^|-)right-ad-3(?:-|$))|(?:(?i)ad-(box|slot))"
    assert rule.name_tokens == (frozenset({"ad", "right"}),)
    assert rule.at_most == 300


def test_strips_are_tried_where_a_name_stands() -> None:
    rule = by_id(rule_file(WHOLE), "ping")
    assert [(s.selector.css, s.names) for s in rule.strips] == [
        ("a", ("ping", "data-*")),
        ("area", ("ping", "data-*")),
        ("img", ("onload",)),
    ]
    assert rule.strips[0].selector.tokens == (frozenset({"ping", "data-"}), frozenset({"<a"}))
    place = rule.strips[2].selector.source
    assert WHOLE.split("\n")[place.line - 1][place.column - 1 :].startswith("img: onload")
    assert by_id(rule_file(WHOLE), "lock").strips[0].names == ("no-scroll",)
    assert by_id(rule_file(WHOLE), "lock").mode is Mode.OFF


def test_two_spellings_of_one_selector_keep_their_names() -> None:
    file = rule_file('site: "*"\nrules: [{id: x, category: ad, strip-attributes: {"a": [b1], "a ": [c1]}}]')
    assert [strip.names for strip in file.rules[0].strips] == [("b1",), ("c1",)]


def test_an_article_alone_is_a_rule_file() -> None:
    assert rule_file("site: a.example\narticle: .post").rules == ()


def test_exception_files() -> None:
    result = compiled(
        "exceptions:\n"
        "  - {rule: generic/*, site: A.example, pages: /x, reason: shop, until: 2027-01-31}\n"
        "  - {rule: sites/b.example/ad, reason: menu}\n"
    )
    assert not result.problems
    assert result.file is None
    first, second = result.exemptions
    assert (first.rule, first.sites, first.pages, first.until) == (
        "generic/*",
        ("a.example",),
        ("/x",),
        "2027-01-31",
    )
    assert first.source.line == 2
    assert (second.sites, second.pages, second.until) == (("*",), (), None)


HEAD = "version: 1\nsite: a.example\nrules:\n"
FAULTS = [
    (
        HEAD + "  - {id: a, category: ad, remove: .a, stripe-classes: x}",
        "stripe",
        'did you mean "strip-classes"?',
    ),
    (
        HEAD + "  - {id: a, category: ad, remove: .a, strip_classes: x}",
        "strip_",
        'did you mean "strip-classes"?',
    ),
    (HEAD + "  - {id: a, category: Ad, remove: .a}", "Ad", 'did you mean "ad"?'),
    (HEAD + "  - {id: a, category: ad, remove: .a, pages: []}", "[]", "the list is empty"),
    (HEAD + "  - {id: a, category: ad, remove: [[.a]]}", "[.a]", "expected a text"),
    (
        HEAD + "  - {id: a, category: ad, remove: }",
        "}",
        "the selector is empty; quote one that begins with #, which starts a comment",
    ),
    (HEAD + "  - {id: a, category: ad, remove: .a, note: [x]}", "[x]", "expected a text"),
    (HEAD + "  - {id: a, category: ad, strip-classes: {}}", "{}}", "the mapping is empty"),
    (HEAD + "  - {id: a, category: ad, block: xyz, remove: .a}", "remove", 'second action beside "block"'),
    (HEAD + "  - {id: a, category: ad, prune: {remove: [], url: /a}}", "[]", "the list is empty"),
    (HEAD + "  - {id: a, category: ad, prune: {remov: $.a, url: /a}}", "remov", 'did you mean "remove"?'),
    (HEAD + "  - {id: a, category: ad, strip-params: u, redirects: {}}", "{}}", "the mapping is empty"),
    ("site: a.example\nblock: x\narticle: p", "block", 'belongs into an item of "rules"'),
    ("site: a.example\nremove: x\narticle: p", "remove", 'belongs into an item of "rules"'),
    ("site: a.example\nrules: x", "x", "expected a list"),
    ("site: [a.example, '*']\narticle: p", "'*'", "stands alone"),
    ("- site", "-", "expected keys such as site and rules"),
    ("site", "site", "expected keys such as site and rules"),
    ("exceptions: x", "x", "expected a list"),
    ("exceptions: [x]", "x]", "expected a mapping"),
    ("exceptions: []\nsite: a.example", "site", 'belongs into an item of "exceptions"'),
    ("exceptions: []\narticle: p", "article", "is not known; the keys here are version, exceptions or note"),
]


@pytest.mark.parametrize(("text", "at", "problem"), FAULTS)
def test_faults(text: str, at: str, problem: str) -> None:
    found = [p for p in compiled(text).problems if problem in p.problem]
    assert len(found) == 1
    source = found[0].source
    lines = text.split("\n")
    assert lines[source.line - 1][source.column - 1 :].startswith(at)
    assert source.line == len(text[: text.rindex(at)].split("\n"))


def test_offsets_in_folded_values_give_the_values_place() -> None:
    (problem,) = compiled(HEAD + '  - id: a\n    category: ad\n    remove: ".a,\n      b["').problems
    assert (problem.source.line, problem.source.column) == (6, 13)


def quick(text: str) -> Compiled:
    started = time.process_time()
    result = compiled(text)
    assert time.process_time() - started < 15  # half a second, or it is quadratic
    return result


def test_a_rule_has_a_bounded_number_of_selectors() -> None:
    listed = ", ".join(f".a{i}" for i in range(201))
    (problem,) = quick(HEAD + f"  - {{id: a, category: ad, remove: [{listed}]}}").problems
    assert problem.problem == "more than 200 selectors; write several rules"
    keys = "".join(f"      .k{i}: x\n" for i in range(20_000))
    (problem,) = quick(HEAD + f"  - id: a\n    category: ad\n    strip-attributes:\n{keys}").problems
    assert (problem.source.line, problem.problem) == (7, "more than 200 keys; write several rules")


def test_thousands_of_mistakes_are_told_in_short() -> None:
    found = quick("site: a.example\n" + "".join(f"k{i}: v\n" for i in range(20_000))).problems
    assert len(found) == 502
    assert found[-1].problem == "19,500 more mistakes in this file"
    found = quick(
        HEAD + "".join(f"  - {{id: r{i}, categry: ad, remov: .a{i}}}\n" for i in range(6000))
    ).problems
    assert len(found) == 501


KEYS = [
    "version",
    "site",
    "rules",
    "id",
    "category",
    "remove",
    "section",
    "strip-classes",
    "text",
    "tests",
    "count",
    "exceptions",
    "rule",
    "mode",
    "url",
    "pages",
    "block",
    "x",
]
LEAVES = st.sampled_from(["1", "a.example", "ad", ".a", "a[", "/(/", "", "猜你喜欢", "off", "-1"])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


def flow(tree: object) -> str:
    if isinstance(tree, str):
        return f'"{tree}"'
    if isinstance(tree, list):
        return f"[{', '.join(map(flow, tree))}]"
    assert isinstance(tree, dict)
    return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"


@settings(max_examples=1500, deadline=None)
@given(tree=TREES, inside=st.booleans())
def test_any_shape_gives_rules_or_problems_with_places(tree: object, *, inside: bool) -> None:
    text = f"site: a.example\nrules: [{flow(tree)}]" if inside else flow(tree)
    result = compiled(text)
    assert result.problems or result.file or result.exemptions or "exceptions" in text
    for problem in result.problems:
        assert isinstance(problem, RuleFileError)
        assert 1 <= problem.source.line <= text.count("\n") + 1
        assert 1 <= problem.source.column <= len(text) + 1
        assert problem.problem


@settings(max_examples=600, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 12), st.text("abz[]{}()#.:-,>~*'\"\\ \n猜0/|&", max_size=6))
def test_a_file_with_a_slip_of_the_pen_gives_rules_or_problems(at: int, cut: int, put: str) -> None:
    result = compiled(WHOLE[:at] + put + WHOLE[at + cut :])
    assert bool(result.file or result.exemptions) != bool(result.problems)
    assert len({str(problem) for problem in result.problems}) == len(result.problems)
