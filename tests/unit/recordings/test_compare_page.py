"""One page under two rule sets: each difference with its kind, its rule and its node."""

import pytest

from filterproxy.recordings.compare_page import Kind, differences, same_account
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.model import Ruleset
from tests.support.comparing import compared, replayed, rules

STORY = "雾散了，第一班船离开渡口，船上坐着去县城卖菜的人。"
PAGE = f"""<!DOCTYPE html><title>江堡晚报</title><body>
<div class=box><p class=ad>灯笼铺大减价</p><p class=more>还有一张海报</p></div>
<h3>猜你喜欢</h3><ul><li><a href=/2>桥头的豆腐脑</a><li><a href=/3>老街又下雨了</a></ul>
<p class=ad data-track=9>茶馆开张</p>
<div id=story><p>{STORY * 12}</p></div>"""

AD = "id: ad, category: ad, remove: .ad"
SMALL = "id: ad, category: ad, remove: '.box > .ad'"
WATCHED = f"{SMALL}, mode: observe"
BOX = "id: box, category: ad, remove: .box"
SECTION = "id: like, category: recommended, section: [猜你喜欢]"
FIRST = "html > body > div:nth-of-type(1) > p:nth-of-type(1)"
BOX_PATH = "html > body > div:nth-of-type(1)"
LAST = "html > body > p:nth-of-type(1)"
HEADING = "html > body > h3:nth-of-type(1)"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([SMALL], [AD], [(Kind.GOES, None, LAST)]),
        ([AD], [SMALL], [(Kind.COMES_BACK, LAST, None)]),
        ([AD], [AD.replace("id: ad", "id: advert")], [(Kind.STILL_GOES, p, p) for p in (FIRST, LAST)]),
        ([SMALL], [BOX], [(Kind.GOES, None, BOX_PATH), (Kind.STILL_GOES, FIRST, BOX_PATH)]),
        ([BOX], [SMALL], [(Kind.COMES_BACK, BOX_PATH, None), (Kind.STILL_GOES, BOX_PATH, FIRST)]),
        ([], [SECTION], [(Kind.GOES, None, HEADING)]),
        ([SMALL], [WATCHED], [(Kind.COMES_BACK, FIRST, None), (Kind.OBSERVED, None, FIRST)]),
        ([SMALL], [SMALL.replace("category: ad", "category: promo")], [(Kind.STILL_GOES, FIRST, FIRST)]),
        ([SMALL], ["id: ad, category: ad, hide: '.box > .ad'"], [(Kind.STILL_GOES, FIRST, FIRST)]),
        ([], ["id: t, category: tracking, strip-attributes: {.ad: [data-track]}"], [(Kind.GOES, None, LAST)]),
        ([], ["id: s, category: ad, remove: '#story'"], [(Kind.VETOED, None, "div#story")]),
        (["id: s, category: ad, remove: '#story'"], [], [(Kind.NOT_VETOED, "div#story", None)]),
    ],
)  # fmt: skip
def test_each_place_that_differs_is_told_once(
    before: list[str], after: list[str], found: list[tuple[Kind, str | None, str | None]]
) -> None:
    change = compared(PAGE, _rules(before), _rules(after))
    told = [
        (d.kind, d.before.path if d.before else None, d.after.path if d.after else None)
        for d in change.differences
    ]
    assert sorted(told, key=str) == sorted(found, key=str)


def _rules(lines: list[str]) -> Ruleset:
    return rules(*lines, "id: none, category: ad, remove: .nothing")


def test_a_section_is_told_with_where_it_ends() -> None:
    change = compared(PAGE, _rules([]), _rules([SECTION]))
    (difference,) = change.differences
    assert (difference.told.rule, difference.told.source) == ("jiangbao/like", "rules/jiangbao.yaml:4:10")
    assert difference.after is not None
    assert getattr(difference.after, "through", None) == "html > body > ul:nth-of-type(1)"
    assert change.outline == (
        "  灯笼铺大减价", "  还有一张海报", "- # 猜你喜欢", "- [2 links] 桥头的豆腐脑 · 老街又下雨了",
        "  茶馆开张", f"  {(STORY * 12)[:60]}… (300 characters)",
    )  # fmt: skip
    assert change.sizes[0] == change.sizes[1] == change.sizes[2] + difference.told.size  # type: ignore[union-attr]


def test_where_a_rule_stands_makes_no_difference() -> None:
    first = _page(rules(AD))
    moved = _page(rules("id: none, category: ad, remove: .x", AD, path="elsewhere.yaml"))
    assert same_account(first, moved)
    assert differences(first, moved, PAGE) == ()


def test_an_account_alone_differs() -> None:
    change = compared(PAGE, rules(AD), rules(AD.replace("id: ad", "id: advert")))
    assert not change.is_seen
    assert change.outline == ()
    assert {tuple(sorted(d.rules)) for d in change.differences} == {("jiangbao/ad", "jiangbao/advert")}


@pytest.mark.parametrize("charset", ["gbk", "gb18030", "utf-8"])
def test_paths_are_looked_up_in_the_pages_own_encoding(charset: str) -> None:
    change = compared(PAGE.encode(charset), _rules([SMALL]), _rules([AD]), f"text/html; charset={charset}")
    (difference,) = change.differences
    assert (difference.told.path, difference.told.excerpt) == (LAST, "茶馆开张")
    assert change.text == PAGE


def _page(ruleset: Ruleset) -> Page:
    return replayed(PAGE, ruleset).page
