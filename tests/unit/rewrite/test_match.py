"""The conditions of a rule: text, named, at-most, within, unless, up."""

import pytest

from filterproxy.rewrite.texts import compiled
from tests.support.rules import rewritten

MATCHES = [
    ("remove: i, text: 广告", "<i>推广的广告位</i>"),
    ("remove: i, text: 广告", "<i>广<b>告</b></i>"),
    ("remove: i, text: a b", "<i>x a\n  b</i>"),
    ("remove: i, text: '/^ad\\d+$/'", "<i>ad12</i>"),
    ("remove: i, text: [甲, '/乙.丙/']", "<i>乙x丙</i>"),
    ("remove: i, within: '.side, nav'", "<nav><p><i>x</i></p></nav>"),
    ("remove: i, unless: .keep", "<i>x</i>"),
    ("remove: i, up: div", "<div>a<p><i>x</i></p></div>"),
    ("remove: script, text: _hmt", "<script>var _hmt=[]</script>"),
    ("remove: i, named: ad", "<i class='x ad'></i>"),
    ("remove: i, named: ad", "<i id=topRightAd3></i>"),
    ("remove: i, named: right ad", "<i class=top_right_AD></i>"),
    ("remove: i, named: 广告", "<i class=右侧-广告></i>"),
    ("remove: i, named: [x, '/^ad-(box|slot)/']", "<i class=adSlot2></i>"),
    ("remove: i, named: '/^ad$/'", "<b class=head></b><i class=ad></i><b class=load></b>"),
    ("remove: i, text: 广告, named: ad", "<i class=ad>广告</i>"),
    ("remove: i, at-most: 4", "<i>一二 三\n四</i>"),
    ("remove: i, at-most: 2", "<i>一二<script>var long</script></i>"),
    ("remove: script, at-most: 6", "<script>var a = 1</script>"),
]

NO_MATCHES = [
    ("remove: i, text: 广告", "<i>报告</i>"),
    ("remove: i, text: 广告", "<i>报<b hidden>广告</b>告</i>"),
    ("remove: i, text: Ad", "<i>ad</i>"),
    ("remove: i, text: '/^ad/'", "<i>an ad</i>"),
    ("remove: i, within: nav", "<nav></nav><i>x</i>"),
    ("remove: i, within: i", "<i>x</i>"),
    ("remove: i, unless: .keep", "<i class=keep>x</i>"),
    ("remove: i, unless: .keep", "<p class=keep><i>x</i></p>"),
    ("remove: i, up: div", "<p><i>x</i></p>"),
    ("remove: i, up: i", "<i>x</i>"),
    ("remove: i, named: ad", "<i class='header loader'></i>"),
    ("remove: i, named: ad", "<i name=ad></i>"),
    ("remove: i, named: right ad", "<i class='right ad'></i>"),
    ("remove: i, named: '/^ad-slot/'", "<i class=top-ad-slot></i>"),
    ("remove: i, named: '/a[^x]b/'", "<i class=a></i><i class=b></i>"),
    ("remove: i, named: ad", f"<i class=ad-{'x' * 90}></i>"),
    ("remove: i, text: 广告, named: ad", "<i>广告</i>"),
    ("remove: i, at-most: 3", "<i>一二 三\n四</i>"),
    ("remove: script, at-most: 5", "<script>var a = 1</script>"),
    ("remove: noscript, at-most: 5", "<noscript><b>一</b></noscript>"),
    ("remove: i, up: div, at-most: 1", "<div>a<i>x</i></div>"),
]


@pytest.mark.parametrize(("rule", "html"), MATCHES)
def test_matches(rule: str, html: str) -> None:
    assert len(rewritten(f"<!DOCTYPE html><body>{html}", rule).removals) == 1


@pytest.mark.parametrize(("rule", "html"), NO_MATCHES)
def test_does_not_match(rule: str, html: str) -> None:
    assert rewritten(f"<!DOCTYPE html><body>{html}", rule).removals == ()


def test_up_takes_the_closest_once() -> None:
    page = rewritten("<!DOCTYPE html><body><div><div><i>x</i><i>y</i></div>z</div>", "remove: i, up: div")
    assert page.body == b"<!DOCTYPE html><body><div>z</div>"
    assert len(page.removals) == 1


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        (r"^[\s\S]{0,300}ads\.js", 300),
        (r"^[\s\S]{0,300}(?:a|b)", 300),
        (r"^[\s\S]{0,300}[|]", 300),
        (r"^[\s\S]{0,300}a|b", None),
        (r"^[\s\S]{0,300}?a", None),
        (r"ads", None),
    ],
)
def test_near_the_start(pattern: str, limit: int | None) -> None:
    assert compiled(pattern)[0] == limit


def test_near_the_start_counts_characters() -> None:
    rule = r"remove: script, text: '/^[\s\S]{0,20}ads/'"
    assert rewritten(f"<script>{'x' * 20}ads</script>", rule).removals
    assert not rewritten(f"<script>{'x' * 21}ads</script>", rule).removals
