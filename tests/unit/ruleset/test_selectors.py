import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from filterproxy.ruleset.css_tokens import SelectorTextError, unescape
from filterproxy.ruleset.selectors import ParsedSelector, parse_selectors
from filterproxy.settings import Limits

TAKEN = [
    "#ad-close, .ad-float",
    "li:has(> a[href*='from=hot'])",
    "a:nth-child(2n + 1 of .x, b)",
    "a:nth-child( -n+3 ):nth-last-of-type(odd)",
    'a[title="广告" i], a[rel~=nofollow], [lang|=zh], a[href^="/x"], a[href$=".cn"]',
    "div:is(.a, #b):where(.c):not(.d, e f)",
    ".中文, #标题, .\\31 col, .md\\:flex, .a\\.b",
    "div > p + p ~ ul",
    "  .a  ,\n .b ",
    "div:not(:not(:not(.a)))",
    ".list > ul > li > a:first-child",
    "body.home > .ad, html .ad, :root > body > .ad",
    ":has(> .ad-label)",
    "*:nth-child(2 of .ad)",
    "input:checked, :is(script, iframe):empty",
]
REFUSED = [
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ("a[", 2, "expected an attribute name"),
    ("[x=a", 0, '"[" is never closed'),
    ("a[x='b", 4, "never closed"),
    ("a/*", 1, "comment"),
    ("a /* b */", 2, "comment"),
    ("a\\", 1, "backslash"),
    (">a", 0, "needs a selector before it"),
    ("a >", 3, "expected a selector at the end"),
    ("a > > b", 4, "expected a selector"),
    ("a,", 2, "expected a selector"),
    (".a,,b", 3, "expected a selector"),
    ("a::before", 1, "pseudo-elements"),
    ("a:after", 1, "pseudo-elements"),
    ("a:scope", 1, "within:"),
    ("a:contains('x')", 1, 'use the key "text:"'),
    ("a:has-text(x)", 1, 'use the key "text:"'),
    (':lexbor-contains("x" i)', 0, 'use the key "text:"'),
    ("a:hover", 1, "depends on the reader"),
    ("a:fisrt-child", 1, 'did you mean ":first-child"?'),
    ("a:nth-chlid(2)", 1, 'did you mean ":nth-child"?'),
    ("a:is", 1, "needs brackets"),
    ("a:first-child()", 1, "takes no brackets"),
    (":is(a,)", 6, "expected a selector"),
    ("a:not(b", 1, "never closed"),
    ("a:nth-child(2 n)", 12, "takes a number"),
    ("a:nth-of-type(2 of b)", 16, '"of" goes with'),
    ("svg|a", 3, "namespaces"),
    (".1a", 1, "found a number"),
    ("a[b=1]", 4, "quote it"),
    ("a[b='c' x]", 8, "the flags are i and s"),
    ("a{}", 1, "cannot stand here"),
    ("a)", 1, "cannot stand here"),
    (":not(" * 7 + "a" + ")" * 7, 35, "6 deep"),
    ("body", 0, '"body" would take the page itself'),
    ("HTML", 0, '"html" would take the page itself'),
    (".ok, head", 5, '"head" would take the page itself'),
    ("*", 0, '"*" would take the page itself'),
    (":root", 0, '":root" would take'),
    ("*:first-child", 0, '"*" would take'),
    (":not(.x)", 0, '"*" would take'),
    (":is(body)", 0, '"body" would take'),
    (":where(.a, :is(*))", 0, '"*" would take'),
    ("div body.x", 4, '"body" would take'),
    (":has(.x)", 0, '"*" would take'),
    ("." + "a" * 1024, 0, "longer than 1,024"),
    (".x div div div div", 0, "too costly"),
    (".ok, .x ~ a ~ a ~ a", 5, "too costly"),
    ("div:has(div:has(div:has(p)))", 0, "too costly"),
]


@pytest.mark.parametrize("text", TAKEN)
def test_the_dialect_is_taken_and_lexbor_takes_each_part(text: str) -> None:
    parsed = parse_selectors(text)
    for selector in parsed:
        assert text[selector.at :].startswith(selector.css)
        LexborHTMLParser("<p>").css(selector.css)
    both = LexborHTMLParser("<body><ul><li><a class=a id=b><p class='ad c'>x")
    whole = {node.mem_id for node in both.css(text)}
    assert whole == {node.mem_id for selector in parsed for node in both.css(selector.css)}


@pytest.mark.parametrize(("text", "at", "problem"), REFUSED)
def test_what_is_wrong_is_told_with_its_column(text: str, at: int, problem: str) -> None:
    with pytest.raises(SelectorTextError) as caught:
        parse_selectors(text)
    assert problem in caught.value.problem
    assert caught.value.at == at


@pytest.mark.parametrize("text", ["body", "*", ":root", "html.x", "body :not(.a)"])
def test_conditions_may_name_the_frame(text: str) -> None:
    assert parse_selectors(text, structure=True)[0].css == text


def test_a_list_is_bounded() -> None:
    assert len(parse_selectors(",".join(f".a{i}" for i in range(200)))) == 200
    with pytest.raises(SelectorTextError, match="more than 200"):
        parse_selectors(",".join(f".a{i}" for i in range(201)))
    with pytest.raises(SelectorTextError, match="longer than 80 characters"):
        parse_selectors("a" * 81, limits=Limits(selector=10))


@pytest.mark.parametrize(
    "text", [":not(" * 20_000, "a," * 500_000, ".x " * 2_700, ":not(" + "a," * 500 + "a)", "a" * 10**6]
)
def test_huge_selectors_are_answered_at_once(text: str) -> None:
    started = time.process_time()
    with pytest.raises(SelectorTextError):
        parse_selectors(text)
    assert time.process_time() - started < 5  # a fraction of a second, or minutes where it is quadratic


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("\\31 a", "1a"),
        ("\\000031a", "1a"),
        ("a\\:b", "a:b"),
        ("\\0", "\ufffd"),
        ("\\d800 ", "\ufffd"),
        ("\\110000", "\ufffd"),
        ("a\\\nb", "ab"),
    ],
)
def test_escapes(written: str, meant: str) -> None:
    assert unescape(written) == meant


@settings(max_examples=2000, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "div",
                ".x",
                "#y",
                "*",
                " ",
                ">",
                "+",
                "~",
                ",",
                "[h",
                "]",
                "=",
                "'v'",
                ":is(",
                ")",
                ":not(",
                ":has(",
                ":nth-child(",
                "2n+1",
                " of ",
                ":empty",
                "::",
                "\\",
                "1",
                "i",
                "猜",
                "/*",
            ]
        ),
        max_size=9,
    )
)
def test_what_we_take_lexbor_takes_and_nothing_else_is_raised(pieces: list[str]) -> None:
    text = "".join(pieces)
    fault = None
    parsed: tuple[ParsedSelector, ...] = ()
    try:
        parsed = parse_selectors(text)
    except SelectorTextError as error:
        fault = error
    if fault:
        assert 0 <= fault.at <= len(text)
        assert fault.problem != "lexbor does not take this selector", text
    for selector in parsed:
        try:
            LexborHTMLParser("<p>").css(selector.css)
        except SelectolaxError:  # pragma: no cover - a difference would be a fault of ours
            pytest.fail(selector.css)
