"""What is a heading and what only has its text; and what section it heads."""

import pytest

from filterproxy.rewrite.document import Document
from filterproxy.rewrite.headings import find_headings
from tests.support.rules import rewritten, rule

RULE = "section: [猜你喜欢, Hot topics]"
LIST = "<ul><li><a href=/1>夜市的灯光为什么这样亮</a><li><a href=/2>一位老船工的三十年</a></ul>"

HEADINGS = [
    ("<h3>猜你喜欢</h3>", "h3"),
    ("<h3> 猜你喜欢： </h3>", "h3"),
    ("<h3><span>猜你<em>喜</em>欢</span></h3>", "h3"),
    ("<div><b>猜你喜歡</b><a href=/more>更多</a></div>", "b"),
    ("<dl><dt>【猜你喜欢】<dd>x</dl>", "dt"),
    ("<div>猜你喜欢<ul><li>x</ul></div>", "div"),
    ("<p>HOT &nbsp;topics »</p>", "p"),
    ("<p>&#x731c;你喜欢</p>", "p"),
]

NONE = [
    "<p>大家都说猜你喜欢是一个栏目</p>",
    "<p>栏目<b>猜你喜欢</b>又来了</p>",
    "<p><b>猜你喜欢</b>是今年最热的话题之一。</p>",
    "<ul><li><a href=/a>猜你喜欢</a></li><li><a href=/b>新闻</a></li></ul>",
    "<nav><span>猜你喜欢</span></nav>",
    "<select><option>猜你喜欢</select>",
    "<script>猜你喜欢</script><title>猜你喜欢</title><!--猜你喜欢-->",
    "<h3>猜你喜欢吗</h3>",
]


@pytest.mark.parametrize(("html", "tag"), HEADINGS)
def test_a_heading(html: str, tag: str) -> None:
    ((node, _),) = find_headings(Document(f"<body>{html}"), [rule(RULE)])
    assert node.tag == tag


@pytest.mark.parametrize("html", NONE)
def test_no_heading(html: str) -> None:
    assert list(find_headings(Document(f"<body>{html}"), [rule(RULE)])) == []


def test_the_first_rule_of_a_text_counts() -> None:
    first, second = rule("section: 猜你喜欢"), rule("section: [猜你喜欢, 精彩推荐]")
    html = "<body><h3>精彩推荐</h3><h3>猜你喜欢</h3>"
    assert [named for _, named in find_headings(Document(html), [first, second])] == [second, first]
    assert list(find_headings(Document(html), [])) == []


SECTIONS = [
    # around: the block goes
    (f"<p>a</p><div><h3>猜你喜欢</h3>{LIST}</div><p>b</p>", "<p>a</p><p>b</p>"),
    # beside: the heading and its list, what stands between them too
    (f"<p>a</p><h3>猜你喜欢</h3> <!--x-->{LIST}<p>b 的正文在这里</p>", "<p>a</p><p>b 的正文在这里</p>"),
    # up to the next heading
    (
        f"<h3>猜你喜欢</h3>{LIST}{LIST}<h3>评论</h3>{LIST}<p>的正文在这里</p>",
        f"<h3>评论</h3>{LIST}<p>的正文在这里</p>",
    ),
    # a list that a script fills in
    ("<p>a</p><div><h3>猜你喜欢</h3><div id=feed></div></div><p>b</p>", "<p>a</p><p>b</p>"),
    # 更多 is not worth keeping the block for
    (f"<p>a</p><div><div><h3>猜你喜欢</h3><a href=/>更多</a></div>{LIST}</div>", "<p>a</p>"),
    # the whole table, where nothing else is in it
    (f"<table><tr><td><b>猜你喜欢</b><tr><td>{LIST}</table>b", "b"),
]

LEFT_ALONE = [
    "<h3>猜你喜欢</h3><p>这一段是正文，没有链接，写的是河水和船。</p>",
    "<h3>猜你喜欢</h3>",
]


@pytest.mark.parametrize(("before", "after"), SECTIONS)
def test_a_section_goes(before: str, after: str) -> None:
    page = rewritten(f"<!DOCTYPE html><body>{before}", RULE)
    assert page.body.decode() == f"<!DOCTYPE html><body>{after}"


@pytest.mark.parametrize("html", LEFT_ALONE)
def test_a_heading_that_heads_no_list_stays(html: str) -> None:
    assert rewritten(f"<!DOCTYPE html><body>{html}", RULE).removals == ()


TABS = f"<div><ul><li>猜你喜欢<li>天气</ul><div>{LIST}</div><div>{LIST}</div></div>"
WHYS = [
    (f"<div><h3> 猜你 <em>喜欢</em>：</h3>{LIST}</div>", ["It stands under the heading “猜你 喜欢：”."]),
    (f"<div><img alt=猜你喜欢>{LIST}</div>", ["It stands under the heading “猜你喜欢”."]),
    (TABS, ["The tab “猜你喜欢”.", "The list under the tab “猜你喜欢”."]),
    (
        TABS.replace("天气", "Hot topics"),
        ["The lists under the tabs “猜你喜欢”, “Hot topics”."],
    ),
]


@pytest.mark.parametrize(("html", "whys"), WHYS)
def test_it_is_said_why_a_section_goes(html: str, whys: list[str]) -> None:
    page = rewritten(f"<!DOCTYPE html><body><p>a</p>{html}", RULE)
    assert [removal.why for removal in page.removals] == whys


def test_a_tab_without_panes_of_its_own_stays() -> None:
    html = f"<!DOCTYPE html><body><div><ul><li>猜你喜欢<li>天气</ul>{LIST}</div>"
    assert rewritten(html, RULE).removals == ()
