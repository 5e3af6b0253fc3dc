"""The index may let a selector be tried in vain; it never keeps one from matching."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filterproxy.decide.token_index import TokenIndex
from filterproxy.engine import rewrite_page
from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.page import rewrite
from filterproxy.ruleset.model import Selection
from filterproxy.settings import Guard
from tests.support.rules import URL, UTF_8, rule, ruleset

ATTRIBUTES = [
    "class='ad note'", "class=AD", "id=Top", "href='/x?a=1&amp;b=2'", 'href="/A/%20b"', "src=//t.example/j",
    "data-x='a b'", "title=广告", "title='&#x5e7f;告'", "style='display:none'", "rel=nofollow", "data-x",
    'class="a\tad\nnote"', "title='Ü'", "id=a.b", "title='a&quot;b'",
]  # fmt: skip
SELECTORS = [
    ".ad", "#Top", "#top", "[href*='a=1&b=2']", "[href*='?a=']", "[href^='/x?a=1&b']", "a[href$='b=2' i]",
    "[src*='t.example']", "[data-x='a b']", "[title='广告']", "[title*='告']", "[style*='display:none']",
    "[rel~=nofollow]", "[data-x]", "div:has(> .ad)", "li:not(.ad)", "p:nth-child(2)", "div > p",
    ":is(.ad, .zz) b", "[title='ü' i]", "#a\\\\.b", "[class~=note]", "[CLASS='ad note']", "div.ad.note",
    "script[src*='T.EXAMPLE' i]", "h1 + p", "h1 ~ p", "p",
]  # fmt: skip


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(st.sampled_from("div p a li b h1 script ul".split()))
    attributes = " ".join(draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2, unique=True)))
    inner = elements(depth + 1) if depth < 2 and tag != "script" else st.just("x")
    return f"<{tag} {attributes}>" + "".join(draw(st.lists(inner, max_size=2))) + f"</{tag}>"


@settings(max_examples=300, deadline=None)
@given(elements(), st.sampled_from(SELECTORS))
def test_no_match_is_lost(html: str, css: str) -> None:
    body, text = html.encode(), f'remove: "{css}"'
    tried = rewrite_page(body, url=URL, content_type=UTF_8, ruleset=ruleset(text))
    everything = Selection(((rule(text), rule(text).selectors),))
    untold = rewrite(body, Charset("UTF-8"), everything, Guard())
    assert (tried.removals, tried.body) == (untold.removals, untold.body)


def chosen(index: TokenIndex, text: str, encoding: str = "utf-8") -> list[str]:
    selection = index.select(text.encode(encoding), encoding, ascii_compatible=True)
    return [selector.css for _, selectors in selection.rules for selector in selectors]


def test_of_many_selectors_those_that_stand_there() -> None:
    rules = [rule("remove: ['.ad-float', '#close-ad.big', 'div > p']"), rule("remove: .ad-float")]
    index = TokenIndex(rules)
    assert chosen(index, "<i class=ad-float>") == [".ad-float", ".ad-float"]
    assert chosen(index, "<i id=CLOSE-AD class=x>") == ["#close-ad.big"]  # "big" is too short to tell much
    assert chosen(index, "<div><p>") == ["div > p"]
    assert chosen(index, "文") == []
    assert chosen(index, "") == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs", "cp932", "euc_kr"])
def test_tokens_are_looked_for_as_the_page_writes_them(encoding: str) -> None:
    css = "[title*='推廣告']"
    index = TokenIndex([rule(f'remove: "{css}"')])
    assert chosen(index, "<b title='x推廣告'>", encoding) == [css]
    assert chosen(index, "<b title='&#25512;&#24291;告'>", encoding) == [css]
    assert chosen(index, "<b title='&#X63A8;廣告'>", encoding) == [css]
    assert chosen(index, "<b title='廣告'>", encoding) == []


def test_sixty_thousand_selectors_are_looked_up_not_tried() -> None:
    rules = [rule(f"remove: ['.zz-a{n}', '.zz-b{n}']") for n in range(100)]
    assert chosen(TokenIndex(rules), "<b class='zz-b7'>") == [".zz-b7"]


def test_a_text_narrows_to_the_patterns_that_may_be_found() -> None:
    index = TokenIndex([rule("remove: script, text: [_hmt, cnzz]")])
    found = index.select(b"<script>_hmt</script>", "utf-8", ascii_compatible=True)
    assert [(pattern.pattern, groups) for pattern, groups in found.texts["soup/r0"]] == [
        ("_hmt", (frozenset({"_hmt"}),))
    ]
    assert index.select(b"<script>x</script>", "utf-8", ascii_compatible=True).rules == ()
