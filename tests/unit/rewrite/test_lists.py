"""Lists of other stories: what is one by its shape, what only looks like one, and what is said of it."""

import pytest

from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.lists import Listing, find_lists
from filterproxy.settings import Guard
from tests.support.rules import rewritten

RULE = "lists: recommended"
TITLE = "老码头重新开放"
SENTENCE = "昨天下午，江边的老码头重新开放，许多市民带着孩子来看船，直到天黑才慢慢散去。"
STORY = f"<h1>{TITLE}</h1><div class=text>" + f"<p>{SENTENCE * 3}</p>" * 4 + "</div>"
HEADLINES = [
    "渡口旁的石狮子为什么少了一只耳朵",
    "一把算盘换来的三年学费",
    "会飞的书包上了今年的邮票",
    "南山的雾今年来得特别早",
    "夜市的灯光为什么这样亮",
]
LINKS = [f'<a href="/a/{number}.html">{text}</a>' for number, text in enumerate(HEADLINES)]
ITEMS = "<ul>" + "".join(f"<li>{link}</li>" for link in LINKS) + "</ul>"
TEASER = "老人说这件事他记了五十年，从没有对别人讲过，连家里人也不知道。"


def page(after: str, story: str = STORY, before: str = "") -> str:
    return f"<!DOCTYPE html><title>{TITLE} - 江城新闻</title><body>{before}<div id=story>{story}</div>{after}"


def lists_of(html: str) -> list[Listing]:
    document = Document(html)
    article = find_article(document, None, Guard())
    return [] if article is None else list(find_lists(document, article))


LISTS = {
    "links alone": f"<div class=side>{ITEMS}</div>",
    "a heading beside it": f"<div class=title>精彩推荐</div>{ITEMS}",
    "two headlines": "<div>" + "".join(LINKS[:2]) + "</div>",
    "counts and dates": "".join(f"<p class=x>{link}<i>2026-06-08</i></p>" for link in LINKS).join(
        ("<div>", "</div>")
    ),
    "teasers": "<div>" + "".join(f"<dl><dt>{link}<dd>{TEASER}</dl>" for link in LINKS) + "</div>",
    "teasers without elements": "<div>" + "".join(f"{link}<br>{TEASER}<br>" for link in LINKS) + "</div>",
    "pictures": "<div>"
    + "".join(f'<a href="/p/{n}"><img src="/{n}.jpg" alt="{text}"></a>' for n, text in enumerate(HEADLINES))
    + "</div>",
    "a table": "<table>" + "".join(f"<tr><td>{n}<td>{link}" for n, link in enumerate(LINKS)) + "</table>",
    "a side-bar": f"<div class=right-bar>{ITEMS}</div>",
    "letters": "<p><a href=/1>Why the ferry stopped running</a><a href=/2>Lanterns of the old port</a></p>",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_goes_whole(name: str) -> None:
    found = rewritten(page(LISTS[name] + "<p>责任编辑：穆青</p>"), RULE)
    assert found.body.decode() == page("<p>责任编辑：穆青</p>")
    assert len(found.removals) == 1


LEFT_ALONE = {
    "a menu": "<nav>" + ITEMS + "</nav>",
    "channels": "<div>" + "".join(f"<a href=/{n}>{n}频道</a>" for n in "新财体娱科教") + "</div>",
    "a footer": f"<div class=bottom>{ITEMS}<p>版权所有 江城日报社</p></div>",
    "comments": "<div class=comment-list>" + ITEMS + "</div>",
    "one headline": f"<div>{LINKS[0]}</div>",
    "names in letters": "<p><a href=/1>Bloomberg Businessweek</a><a href=/2>Correspondents Worldwide</a></p>",
    "paging": f"<div>上一篇：{LINKS[0]} 下一篇：{LINKS[1]}</div>",
    "prose with links": f"<div><p>{SENTENCE * 4}{LINKS[0]}{SENTENCE * 4}{LINKS[1]}{SENTENCE * 4}</p></div>",
}


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_is_no_list_stays(name: str) -> None:
    before = page(LEFT_ALONE[name])
    assert rewritten(before, RULE).body.decode() == before


PARAGRAPHS = f"<p>{SENTENCE * 3}</p>" * 2
INSIDE = {
    "a box of links": (f"<div class=box>{ITEMS}</div>", True),
    "a named list": (f"<ul class=hot>{ITEMS[4:]}", True),
    "sources": (f"<div><b>参考资料</b>{ITEMS}</div>", False),
    "a list without a name": (ITEMS, False),
    "paragraphs with links": (f"<p>{SENTENCE}{LINKS[0]}，{LINKS[1]}，{LINKS[2]}</p>", False),
}


@pytest.mark.parametrize("name", INSIDE)
def test_inside_the_story_it_has_to_be_plain(name: str) -> None:
    part, goes = INSIDE[name]
    before = page("", f"<h1>{TITLE}</h1><div>{PARAGRAPHS}</div>{part}<div>{PARAGRAPHS}</div>")
    assert rewritten(before, RULE).body.decode() == (before.replace(part, "") if goes else before)


def test_a_form_beside_a_list_stays() -> None:
    form = "<form><textarea></textarea></form>"
    assert rewritten(page(f"<div>{ITEMS}{form}</div>"), RULE).body.decode() == page(f"<div>{form}</div>")


def test_a_list_among_paragraphs_is_the_storys_own() -> None:
    listed = f"<ul class=points>{ITEMS[4:]}"
    before = page("", f"<h1>{TITLE}</h1><p>{SENTENCE * 5}</p>{listed}<p>{SENTENCE * 5}</p>")
    assert rewritten(before, RULE).body.decode() == before


def test_teasers_in_the_storys_block_are_no_text_of_it() -> None:
    items = "".join(f"<dl><dt>{link}<dd>{TEASER[:12]}</dl>" for link in LINKS)
    teasers = f"<div class=more>{items}</div>"
    document = Document(page("", STORY + f"<div class=note>{SENTENCE * 6}</div>" + teasers))
    article = find_article(document, None, Guard())
    assert article is not None
    (found,) = find_lists(document, article)
    assert "more" in (found.first.attrs.get("class") or "")
    assert found.first.mem_id not in article.held


def test_two_sections_of_a_column_are_two_lists() -> None:
    column = f"<div><h3>相关新闻</h3>{ITEMS}<h3>热门文章</h3>{ITEMS}</div>"
    assert [found.heading for found in lists_of(page(column))] == ["相关新闻", "热门文章"]
    left = rewritten(page(column), RULE + ", unless-heading: 相關新聞").body.decode()
    assert left == page(f"<div><h3>相关新闻</h3>{ITEMS}</div>")


def test_a_list_takes_its_odd_items_with_it() -> None:
    two = "<div class=item>" + "".join(LINKS[:2]) + "</div>"
    one = f"<div class=item>{LINKS[2]}<i>图</i></div>"
    other = f"<div class=note>{TEASER * 2}</div>"
    before = page(f"<div>{two}{one}{two}{other}</div>")
    assert rewritten(before, RULE).body.decode() == page(f"<div>{other}</div>")


FRONT = "<div class=block><h2>社会</h2>" + ITEMS + "</div>"


def test_a_front_page_keeps_what_it_is_for() -> None:
    for html in (
        f"<!DOCTYPE html><title>江城新闻</title><body>{FRONT * 6}",
        f"<!DOCTYPE html><title>江城新闻</title><body><div><p>{SENTENCE * 5}</p></div>{FRONT * 60}",
        f"<!DOCTYPE html><title>国际新闻_江城新闻</title><body><h2>国际新闻</h2>{FRONT * 6}",
    ):
        assert rewritten(html, RULE).body.decode() == html


VERSES = "<p>渡头风小</p><p>灯在桥边</p><p>一船明月</p><p>不问去年</p>" * 4


def test_a_poem_is_a_story() -> None:
    story = f"<div class=name>{TITLE}</div><div>{VERSES}</div>"
    assert rewritten(page(f"<div>{ITEMS}</div>", story), RULE).body.decode() == page("", story)
    linked = f'<div class=name><a href="/">{TITLE}</a></div><div>{VERSES}</div>'
    before = page(f"<div>{ITEMS}</div>", linked)
    assert rewritten(before, RULE).body.decode() == before


def test_a_page_without_a_title_has_no_brief_story() -> None:
    for title in ("", "<title></title>", "<title> - </title>"):
        html = f"<!DOCTYPE html>{title}<body><div>{VERSES}</div><div>{ITEMS}</div>"
        assert rewritten(html, RULE).body.decode() == html


@pytest.mark.parametrize("depth", [250, 500])
def test_a_list_may_stand_deep(depth: int) -> None:
    deep = "<div>" * depth + ITEMS + "</div>" * depth
    assert rewritten(page(deep), RULE).body.decode() == page("")


def test_it_is_said_in_one_sentence() -> None:
    (removal,) = rewritten(page(f"<h3>猜你喜欢</h3>{ITEMS}"), RULE).removals
    assert removal.why == "A list of 5 links to other stories under the heading “猜你喜欢”."
    (removal,) = rewritten(page(f"<div>{ITEMS}</div>"), RULE).removals
    assert removal.why == "A block of 5 links to other stories: their headlines make up 100% of its text."


def test_who_comes_first_takes_it_unless_excepted() -> None:
    html = page(f"<h3>相关阅读</h3>{ITEMS}<p>与</p><h3>猜你喜欢</h3>{ITEMS}")
    taken = rewritten(html, RULE + ", unless-heading: 相关阅读", RULE).removals
    assert [removal.rule for removal in taken] == ["soup/r1", "soup/r0"]
