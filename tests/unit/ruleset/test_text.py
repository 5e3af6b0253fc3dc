import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filterproxy.ruleset.text import normalise_heading, to_simplified, written_as

HEADINGS = [
    ("猜你喜歡：", "猜你喜欢"),
    ("猜你喜欢", "猜你喜欢"),
    (" 猜 你 喜 欢 ", "猜你喜欢"),
    ("【精彩推荐】", "精彩推荐"),
    ("■ 精彩推薦 »", "精彩推荐"),
    ("相关阅读 >>", "相关阅读"),
    ("相關閱讀|", "相关阅读"),
    ("热门推荐(12)", "热门推荐"),
    ("热门推荐 1/3", "热门推荐"),
    ("大家都在看…", "大家都在看"),
    ("更多→", "更多"),
    ("24小时热榜", "24小时热榜"),
    ("热门TOP10", "热门top"),
    ("ＴＯＰ　新聞", "top新闻"),
    ("Related  Posts »", "related posts"),
    ("RELATED\n\tPOSTS", "related posts"),
    ("Читайте также:", "читайте также"),
    ("Straße", "strasse"),
    ("猜\u200b你\ufeff喜\u00ad欢", "猜你喜欢"),
    ("もっと見る", "もっと见る"),
    ("संबंधित खबरें", "संबंधित खबरें"),
    ("123", ""),
    ("：»", ""),
    ("", ""),
]


@pytest.mark.parametrize(("written", "normal"), HEADINGS)
def test_headings_are_compared_as_a_reader_does(written: str, normal: str) -> None:
    assert normalise_heading(written) == normal


@settings(max_examples=500, deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_heading(text)
    assert normalise_heading(once) == once


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from("猜你喜歡欢 荐薦A b1:»\u3000"), max_size=12),
    st.sampled_from(["", "：", " >", "(3)", "…", "»"]),
)
def test_what_trails_a_heading_does_not_matter(text: str, trail: str) -> None:
    assert normalise_heading(text + trail) == normalise_heading(text)


def test_traditional_and_simplified_spellings_belong_together() -> None:
    assert len(to_simplified()) > 3700
    for simplified, spellings in written_as().items():
        assert {normalise_heading(c) for c in spellings} == {normalise_heading(simplified)}
    assert set(written_as()["欢"]) >= {"欢", "歡"}
