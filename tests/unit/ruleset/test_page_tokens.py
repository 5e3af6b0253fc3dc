import csv
import html
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from filterproxy.ruleset.model import TextPattern, Tokens
from filterproxy.ruleset.page_tokens import APART, heading_tokens, text_tokens
from filterproxy.ruleset.text import normalise_heading, written_as


def stands(tokens: Tokens, page: str) -> bool:
    return all(any(token in page.lower() for token in group) for group in tokens)


def tried(heading: str, page: str) -> bool:
    return any(stands(tokens, page) for tokens in heading_tokens(heading))


@pytest.mark.parametrize(
    "page",
    [
        "<h3>猜你喜欢</h3>",
        "<h3>猜你喜歡：</h3>",
        "<h3>猜你<em>喜欢</em></h3>",
        "<h3><b>猜</b>你喜欢</h3>",
        "<h3>猜你喜<b>歡</b></h3>",
        "<h3>猜 你 喜 欢</h3>",
        "<h3>猜　你　喜　歡</h3>",
        "猜你&nbsp;喜欢",
    ],
)
def test_a_split_heading_is_found(page: str) -> None:
    assert tried("猜你喜欢", page)
    assert tried("猜你喜歡：", page)


def test_other_pages_are_not_tried() -> None:
    assert not tried("猜你喜欢", "<p>我们都喜欢这本书，猜猜是什么。</p>")
    assert not tried("Related posts", "<p>related</p>")
    assert tried("Related posts", "<h2>RELATED <b>Posts</b></h2>")
    assert tried("ＴＯＰ stories", "<h2>ＴＯＰ Stories</h2>".replace("ＴＯＰ", "TOP"))
    assert tried("TOP stories", "<h2>ＴＯＰ Stories</h2>")
    assert tried("Don't miss", "<h2>Don&#39;t miss</h2>")
    assert not tried("In case you missed it", "<p>In this case, you missed what it is.</p>")
    assert not tried("推荐新闻", "<p>推荐几条重要的新闻</p>")


def test_every_heading_has_tokens_of_two_characters_or_more() -> None:
    for heading in [
        "猜你喜欢",
        "36氪",
        "Ad",
        "热门TOP10",
        "24小时热榜",
        "もっと見る",
        "관련 기사",
        "Читайте также",
        "大家都在看",
    ]:
        for tokens in heading_tokens(heading):
            assert tokens
            assert all(len(token) >= 2 and token == token.lower() for group in tokens for token in group)


CJK = st.text(st.sampled_from("猜你喜欢相关阅读推荐后台发干里面"), min_size=2, max_size=9)
SPLITS = ["", "<b>", "</i> <i>", " ", "\u3000", "&nbsp;", "\n\t", "\xa0"]


@settings(max_examples=600, deadline=None)
@given(CJK, st.data())
def test_a_heading_split_once_or_set_apart_is_tried_in_every_spelling(
    heading: str, data: st.DataObject
) -> None:
    spelt = [data.draw(st.sampled_from(written_as().get(char, char))) for char in heading]
    at = data.draw(st.integers(0, len(heading)))
    once = "".join(spelt[:at]) + data.draw(st.sampled_from(SPLITS)) + "".join(spelt[at:])
    assert tried(heading, f"<h3>{once}</h3>")
    assert tried(heading, data.draw(st.sampled_from([" ", *APART])).join(spelt))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text("abcdkst", min_size=2, max_size=6), min_size=2, max_size=6), st.data())
def test_a_phrase_with_one_odd_gap_is_tried(words: list[str], data: st.DataObject) -> None:
    gaps = [" "] * (len(words) - 1)
    gaps[data.draw(st.integers(0, len(gaps) - 1))] = data.draw(
        st.sampled_from([" <b>", "</b> ", "\n ", "&nbsp;", "  "])
    )
    page = "".join(word.title() + gap for word, gap in zip(words, [*gaps, ""], strict=True))
    assert tried(" ".join(words), page)
    assert tried(" ".join(words), data.draw(st.sampled_from(APART)).join(words).upper())


LATIN = st.lists(st.text("abcdkstéßΣяй", min_size=1, max_size=7), min_size=1, max_size=4)


@settings(max_examples=400, deadline=None)
@given(LATIN, st.sampled_from([str.upper, str.title, str.lower]), st.sampled_from([" ", "\n ", "\u3000"]))
def test_a_heading_in_another_case_is_tried(words: list[str], case: object, gap: str) -> None:
    heading = " ".join(words)
    shown = gap.join([words[0], " ".join(words[1:])])
    written = case(shown)  # type: ignore[operator]  # one of three str methods
    if normalise_heading(written) == normalise_heading(heading) != "":
        assert tried(heading, f"<h2>{written}</h2>")


@pytest.mark.parametrize(
    ("patterns", "tokens"),
    [
        ([TextPattern("_hmt.push")], [{"_hmt.push"}]),
        ([TextPattern("close this ad")], [{"close"}, {"this"}, {"ad"}]),
        (
            [TextPattern("cnzz"), TextPattern(r"hm\.baidu|baidu_tongji", regex=True)],
            [{"cnzz", "hm.baidu", "baidu_tongji"}],
        ),
        ([TextPattern("cnzz"), TextPattern(r"\d+", regex=True)], []),
        ([TextPattern("x")], []),
        ([], []),
    ],
)
def test_text_tokens(patterns: list[TextPattern], tokens: list[set[str]]) -> None:
    assert [set(group) for group in text_tokens(patterns)] == tokens


def test_a_chinese_text_is_found_though_a_tag_splits_it() -> None:
    for pattern in (TextPattern("关闭广告"), TextPattern("关闭广告|close", regex=True)):
        tokens = text_tokens([pattern])
        assert stands(tokens, "<a>关闭<b>广告</b></a>")
        assert not stands(tokens, "<a>有关广告</a>")


CORPUS = Path(__file__).parents[4] / "shared/corpus"
COMMON = (
    "猜你喜欢|相关推荐|相关阅读|推荐阅读|精彩推荐|热门推荐|大家都在看|相关新闻|热门文章|新闻排行|最新文章|延伸阅读|"
    "Related articles|Related|Most read|More from the web|Read more|"
    "You may also like|Читайте также|関連記事|人気記事ランキング"
).split("|")  # fmt: skip


@pytest.mark.corpus
@pytest.mark.long
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_no_real_heading_is_overlooked() -> None:
    wanted = {normalise_heading(text): heading_tokens(text)[0] for text in COMMON}
    with (CORPUS / "pages.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    headings = 0
    for row in rows:
        body = (
            (CORPUS / "pages" / row["path"])
            .read_bytes()
            .decode((row["charset"] or "utf-8").split()[0], "replace")
        )
        source = body.lower() + html.unescape(body.lower())  # references are the searcher's matter
        page = LexborHTMLParser(body, scripting=True)
        texts = {normalise_heading(text) for e in page.css("*") if len(text := e.text()) < 60}
        for heading in texts & wanted.keys():
            headings += 1
            assert stands(wanted[heading], source), (row["path"], heading)
    assert len(rows) == 673
    assert headings > 250
