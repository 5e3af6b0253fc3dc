"""What a reader sees of a block."""

import pytest

from filterproxy.rewrite.document import Document
from filterproxy.rewrite.measure import is_hidden, measure, visible_text
from filterproxy.rewrite.prose import prose_of


def block(html: str) -> Document:
    return Document(f"<body><div id=b>{html}</div>")


def test_links_with_a_headline_or_a_picture_are_items() -> None:
    html = (
        "<a href=/1>一条够长的标题</a> 来源 <a href=/2><img src=x></a><a href=/3>更多</a>"
        "<a>没有地址的标题</a><script>代码</script><noscript>看不见</noscript>"
    )
    size = measure(block(html).find("#b")[0])
    assert (size.visible, size.linked, size.links, size.unlinked) == (18, 16, 2, 2)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<i hidden>b</i>c", "a c"),
        ("a<i style='display: none'>b<i hidden>c</i></i>d", "a d"),
        ("a<script>b</script>c<style>d</style>", "a c "),
        ("a<textarea>b</textarea>", "a "),
    ],
)
def test_what_is_hidden_is_no_text(html: str, text: str) -> None:
    assert visible_text(block(html).find("#b")[0]) == text


def test_of_code_its_source_is_the_text() -> None:
    assert visible_text(block("<script>if (a<b) x()</script>").find("script")[0]) == "if (a<b) x()"


@pytest.mark.parametrize(
    ("attributes", "hidden"),
    [
        ("hidden", True),
        ("style='color:red; DISPLAY : none'", True),
        ("style='display:nonet'", True),  # as good as hidden: no such value
        ("style='display:block'", False),
        ("class=hidden", False),
    ],
)
def test_hidden_by_its_own_markup(attributes: str, hidden: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_hidden(Document(f"<p {attributes}>x</p>").find("p")[0]) is hidden


SENTENCE = "河水涨了又退，两岸的人照旧每天早上把船推下水。"


@pytest.mark.parametrize(
    ("html", "counted"),
    [
        (f"<p>{SENTENCE}</p>", 1),
        (f"<p>{SENTENCE}<br>{SENTENCE}</p>", 2),
        (f"<p>{SENTENCE}</p><p hidden>{SENTENCE}</p>", 1),
        (f"<a href=/>{SENTENCE}</a><button>{SENTENCE}</button><textarea>{SENTENCE}</textarea>", 0),
        (f"<p style='display: none'><b>{SENTENCE}</b></p>", 0),
        ("<p>来源：某报</p><li>短的一行</li>", 0),
        (f"<script>{SENTENCE}</script><!--{SENTENCE}-->", 0),
    ],
)
def test_sentences_that_are_read(html: str, counted: int) -> None:
    prose = prose_of(block(html).find("#b")[0])
    assert prose.total == counted * len(SENTENCE)
    assert prose.held.get(block(html).find("#b")[0].mem_id, 0) in {0, prose.total}
