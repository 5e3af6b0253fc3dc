"""What is said of a change."""

import pytest

from filterproxy.rewrite.account import excerpt_of
from filterproxy.rewrite.document import Document


@pytest.mark.parametrize(
    ("html", "excerpt"),
    [
        ("<p>限时\n  优惠<b>只有</b> 今天</p>", "限时 优惠 只有 今天"),
        ("<p><script>x()</script>文<style>y</style></p>", "文"),
        ("<p class=ad></p>", '<p class="ad"></p>'),
        ("<p><img src=/a.png></p>", '<p><img src="/a.png"></p>'),
        ("<script>if (a)\n  b()</script>", "<script>if (a) b()</script>"),
        ("<ins>text of it</ins>", "<ins>text of it</ins>"),
        ("<p>" + "字" * 500 + "</p>", "字" * 80),
    ],
)
def test_excerpts(html: str, excerpt: str) -> None:
    body = Document(f"<body>{html}").find("body")[0]
    assert body.first_child is not None
    assert excerpt_of(body.first_child) == excerpt


def test_markup_is_shown_as_the_page_has_it() -> None:
    (node,) = Document("<body><IMG SRC=/a>").find("img")
    assert excerpt_of(node, "<IMG SRC=/a>") == "<IMG SRC=/a>"
