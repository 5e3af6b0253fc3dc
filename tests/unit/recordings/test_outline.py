"""A page's text, a line a block; and what two outlines differ in."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from filterproxy.demo.pages import PAGES, SamplePage, original
from filterproxy.recordings.outline import outline, outline_diff

LONG = "渡口的灯亮了一夜，船家说雾散之前不开船，等船的人就在棚子里围着炉子说话。" * 3
LIST = "".join(f'<li><a href="/{n}">第{n}条旧闻</a><span>6月{n}日</span></li>' for n in range(1, 6))


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<h2>渡口 <b>夜话</b></h2>", ["# 渡口 夜话"]),
        ("<p>雾  散\n了", ["雾 散 了"]),
        (f"<p>{LONG}", [f"{LONG[:60]}… ({len(LONG)} characters)"]),
        ("<div>上<p>中</p>下</div>", ["上", "中", "下"]),
        ("<div>一<br>二</div>", ["一", "二"]),
        ("<p>看<a href=/x>原文</a>，再说", ["看原文，再说"]),
        (f"<ul>{LIST}</ul>", ["[5 links] 第1条旧闻 · 第2条旧闻 · 第3条旧闻 · …"]),
        ("<p><a href=/x>只有一条</a>", ["[link] 只有一条"]),
        (f"<ul>{LIST}</ul><ul>{LIST}</ul>", ["[5 links] 第1条旧闻 · 第2条旧闻 · 第3条旧闻 · …"] * 2),
        ("<p><a href=/x>图</a></p><p><a href=/x>图的题目</a></p>", ["[link] 图"]),
        ("<table><tr><td>·<td><a href=/x>桥头的豆腐脑</a><td>06-09</table>", ["[link] 桥头的豆腐脑"]),
        ("<table><tr><td>天气<td>小雨", ["天气 小雨"]),
        ("<p hidden>不见</p><p style='display: none'>不见<p>见", ["见"]),
        ("<script>let a</script><style>b{}</style><noscript>c</noscript><p>见", ["见"]),
        ("<iframe src='//ads.example/1?x=2'></iframe><p>文", ["[frame ads.example]", "文"]),
        ("<iframe src='http://[x'></iframe>", ["[frame]"]),
        ("\ufeff<p>开头", ["开头"]),
        ("", []),
    ],
)
def test_a_block_is_a_line(html: str, lines: list[str]) -> None:
    assert outline(html) == lines


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_removal_changes_only_lines_of_its_own_place(page: SamplePage) -> None:
    text = original(page).decode(page.charset)
    before = outline(text)
    blocks = len(LexborHTMLParser(text, scripting=True).css("body *"))
    for number in range(0, blocks, 3):  # a third of them: each costs two parses
        parser = LexborHTMLParser(text, scripting=True)
        node = parser.css("body *")[number]
        part = node.html or ""
        size = len(outline(f"<table>{part}</table>" if node.tag in {"tbody", "tr", "td"} else part))
        node.remove()
        after = outline(parser.html or "")
        new = [line for line in outline_diff(before, after, most=10_000) if line.startswith("+ ")]
        gone = [line for line in outline_diff(before, after, most=10_000) if line.startswith("- ")]
        assert len(new) <= 3, (node.tag, new)  # its neighbours, drawn together anew
        assert len(gone) <= size + 3, (node.tag, gone)


def test_a_diff_tells_what_went_with_what_stands_around_it() -> None:
    before = [f"第{n}段" for n in range(9)]
    after = [*before[:4], "新的一段", *before[5:]]
    assert outline_diff(before, after) == [
        "…", "  第2段", "  第3段", "- 第4段", "+ 新的一段", "  第5段", "  第6段", "…",
    ]  # fmt: skip


def test_a_diff_of_the_same_is_empty() -> None:
    assert outline_diff(["一"], ["一"]) == []


def test_a_long_diff_is_cut_and_counted() -> None:
    diff = outline_diff([f"{n}" for n in range(40)], [], most=5)
    assert diff == ["- 0", "- 1", "- 2", "- 3", "- 4", "… 35 more lines"]


def test_a_huge_outline_is_compared_from_where_it_differs() -> None:
    before = [f"{n}" for n in range(5_000)]
    diff = outline_diff(before, [*before[:4_000], *before[4_001:]])
    assert "- 4000" in diff
    assert not [line for line in diff if line.startswith("+ ")]
