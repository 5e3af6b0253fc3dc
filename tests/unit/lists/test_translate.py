"""Filters of elements as lists write them, in our language: what is removed, or why nothing is."""

import pytest

from filterproxy.lists.lines import Cosmetic, cosmetic
from filterproxy.lists.reasons import NotUsableError, Unused
from filterproxy.lists.translate import Wanted, translate

ABOVE = ":has(> * > .x)"

USED = [  # a line, and of each thing to remove: selectors, text, up
    ("##.ad", [(".ad", None, None)]),
    ("##.ad, #ad", [(".ad|#ad", None, None)]),
    ("a.com,b.com##.ad", [(".ad", None, None)]),
    ("a.com#?#.ad:-abp-has(> b)", [(".ad:has(> b)", None, None)]),
    ("a.com##.ad:has(> b)", [(".ad:has(> b)", None, None)]),
    ("a.com##div:has-text(广告)", [("div", "广告", None)]),
    ("a.com##div:has-text('广告')", [("div", "广告", None)]),
    ("a.com#?#div:-abp-contains(广告)", [("div", "广告", None)]),
    ("a.com##div:contains(推广 :)", [("div", "推广 :", None)]),
    ("a.com##div:has-text(/^广告|推广$/)", [("div", "/^广告|推广$/", None)]),
    ("a.com##div:has-text(/\\(广告\\)/i)", [("div", "/(?i)\\(广告\\)/", None)]),
    ("a.com##div:has-text(广告).x", [("div.x", "广告", None)]),
    ("a.com##li > :has-text(广告)", [("li >  *", "广告", None)]),
    ("a.com##div:has-text(广告), .ad", [("div", "广告", None), (".ad", None, None)]),
    ("a.com##.x:upward(li)", [(".x", None, "li")]),
    ("a.com##.x:upward(2)", [(ABOVE, None, None)]),
    ("a.com##.x:nth-ancestor(1)", [(":has(> .x)", None, None)]),
    ("a.com##.x:has-text(广告):upward(2)", [(".x", "广告", ABOVE)]),
    ("a.com##.x:has-text(广告):upward(.list li)", [(".x", "广告", ".list li")]),
    ("a.com#?#li:-abp-has(> b:-abp-contains(广告))", [("li > b", "广告", "li")]),
    ("a.com#?#.list li:has(span:has-text(广告))", [(".list li span", "广告", ".list li")]),
    ("a.com##.x:remove()", [(".x", None, None)]),
    ("a.com##.x:has-text(广告):remove()", [(".x", "广告", None)]),
    ("a.com##.x:style(display: none !important;)", [(".x", None, None)]),
    ("a.com#$#.x { display: none !important; }", [(".x", None, None)]),
    ("a.com#$?#.x:has(b) { display:none }", [(".x:has(b)", None, None)]),
    ("a.com#$#.x { remove: true; }", [(".x", None, None)]),
    ("a.com##.x {display: none}", [(".x", None, None)]),
    ("a.com##^.x", [(".x", None, None)]),
    ("a.com##^script:has-text(adTag)", [("script", "adTag", None)]),
    ('a.com$$script[data-ad="1"]', [('script[data-ad="1"]', None, None)]),
    ('a.com$$script[tag-content="adTag"]', [("script", "adTag", None)]),
    ("a.com$$div:contains(广告)", [("div", "广告", None)]),
]

UNUSED = [
    ("a.com##+js(set, adBlock, false)", Unused.SCRIPTLET),
    ("a.com#%#//scriptlet('log')", Unused.SCRIPTLET),
    ("a.com#$#abort-on-property-read x", Unused.SCRIPTLET),
    ("a.com##body:style(overflow: auto !important)", Unused.STYLE),
    ("a.com#$#.x { height: 0 }", Unused.STYLE),
    ("a.com##html, body:style(overflow: auto)", Unused.STYLE),
    ("a.com##.x {max-height: 0}", Unused.STYLE),
    ("a.com##^responseheader(refresh)", Unused.HEADER),
    ("a.com##.x:matches-css(position: fixed)", Unused.PROCEDURE),
    ("a.com##:matches-path(/x) .y", Unused.PROCEDURE),
    ("a.com##:xpath(//div)", Unused.PROCEDURE),
    ("a.com#?#.x:-abp-properties(width: 1px)", Unused.PROCEDURE),
    ("a.com##.x:upward(3):not(.y)", Unused.PROCEDURE),
    ("a.com##.x .y:upward(2)", Unused.PROCEDURE),
    ("a.com##.x:upward(0)", Unused.PROCEDURE),
    ('a.com$$div[min-length="10"]', Unused.PROCEDURE),
    ("a.com##.x:has-text(广告) + p", Unused.TEXT),
    ("a.com##.x:has-text(广告):has-text(推广)", Unused.TEXT),
    ("a.com##.x:not(:has-text(广告))", Unused.TEXT),
    ("a.com##.x:has-text(/(?=广告)/)", Unused.PATTERN),
    ("a.com##.x:has-text()", Unused.PATTERN),
    ("a.com##.x::before", Unused.SELECTOR),
    ("a.com##.x:has-text(广告", Unused.SELECTOR),
    ("a.com##.x[", Unused.SELECTOR),
    ("a.com##.x ~ a ~ a ~ a", Unused.COST),
    ("a.com##body", Unused.STRUCTURE),
    ("##*", Unused.STRUCTURE),
    ("a.com##.x:upward(body)", Unused.STRUCTURE),
    ("[$path=/x]a.com##.x", Unused.MODIFIER),
]


def read(line: str) -> Cosmetic:
    found = cosmetic(line)
    assert found is not None
    return found


def shown(wanted: Wanted) -> tuple[str, str | None, str | None]:
    text = wanted.text
    pattern = None if text is None else f"/{text.pattern}/" if text.regex else text.pattern
    return "|".join(selector.css for selector in wanted.selectors), pattern, wanted.up


@pytest.mark.parametrize(("line", "expected"), USED)
def test_what_a_filter_removes(line: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    assert [shown(wanted) for wanted in translate(read(line))] == expected


@pytest.mark.parametrize(("line", "reason"), UNUSED)
def test_why_a_filter_is_of_no_use(line: str, reason: Unused) -> None:
    with pytest.raises(NotUsableError) as error:
        translate(read(line))
    assert error.value.reason is reason


@pytest.mark.parametrize(
    "line", ["||a.com^", "||a.com/#x", "@@||a.com^$elemhide", "/ad/$script", "a.com/x##y", "-ad-", "$popup"]
)
def test_filters_of_requests_are_none_of_elements(line: str) -> None:
    assert cosmetic(line) is None
