"""Why a block is no list of other stories: as the search itself has it."""

import pytest

from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.list_verdict import list_verdict
from filterproxy.rewrite.lists import find_lists
from filterproxy.settings import Guard

SENTENCE = "渡口的石阶去年冬天换过一遍，摆渡的老人说脚下踏实多了。"


def page(links: int, heading: str) -> Document:
    """A story of six sentences, and so many headlines beside it."""
    story = "".join(f"<p>{number}。{SENTENCE}{SENTENCE}</p>" for number in "一二三")
    items = "".join(
        f"<li><a href=/a/{n}.html>第{n}则消息的标题要写得够长</a>" for n in range(1000, 1000 + links)
    )
    return Document(
        f"<!DOCTYPE html><body>{heading}<div id=story>{story}</div><ul id=more>{items}</ul></body>"
    )


@pytest.mark.parametrize(
    ("links", "heading", "front"),
    [
        (20, "", False),
        (120, "<h1>渡口的石阶换过一遍</h1>", False),
        (120, "", True),  # without a heading a story has to be twice as long
        (300, "<h1>渡口的石阶换过一遍</h1>", True),
    ],
)
def test_a_front_page_is_one_for_both(links: int, heading: str, front: bool) -> None:  # noqa: FBT001 - pytest names it
    document = page(links, heading)
    article = find_article(document, "#story", Guard())
    assert article is not None
    assert article.brief is False
    assert bool(article.heading) is bool(heading)
    assert (list(find_lists(document, article)) == []) is front
    said = list_verdict(document, document.find("#more")[0], article)
    assert said.startswith("it is none: a front page" if front else "it is one")
