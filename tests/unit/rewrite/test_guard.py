"""Where the article is, and what may not be taken of it."""

import pytest

from filterproxy.errors import VetoReason
from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.document import Document
from filterproxy.settings import Guard

PROSE = "河水涨了又退，两岸的人照旧每天早上把船推下水，晚上再拖回岸边，一年又一年，从来没有人问过为什么。"
STORY = "".join(f"<p>{PROSE}第{n}段。</p>" for n in range(8))
LINKS = "".join(f"<li><a href=/{n}>渡口旁的石狮子为什么少了一只耳朵，第{n}篇</a></li>" for n in range(30))


def found(html: str, selector: str | None = None) -> set[str]:
    """The ids of the elements that are taken for the article."""
    document = Document(f"<title>河上的船 - 某报</title><body>{html}")
    article = find_article(document, selector, Guard())
    if article is None:
        return set()
    return {node.id or "" for node in document.find("[id]") if node.mem_id in article.ids}


@pytest.mark.parametrize(
    "html",
    [
        f"<div id=x><ul>{LINKS}</ul></div><div id=story>{STORY}</div><div>{LINKS}</div>",
        f"<div id=story itemprop=articleBody>{STORY}</div><div class=c>{STORY * 3}</div>",
        f"<article id=story><h1>河上的船</h1>{STORY}</article><div class=comment>{STORY * 2}</div>",
        f"<main id=story>{STORY}<ul>{LINKS}</ul></main>",
        f"<div id=story>{STORY.replace('<p>', '').replace('</p>', '<br><br>')}</div>",
        f"<div id=story><div>{STORY}</div><div>{STORY}</div></div>",
        f"<div style='display: none'>{STORY * 50}</div><div id=story>{STORY}</div>",
        f"<div id=comments class=comment-list>{STORY * 3}</div><div id=story>{STORY}</div>",
        '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"'
        + PROSE * 2
        + '"}</script>'
        f"<div id=other>{STORY.replace('河水', '湖水') * 3}</div><div id=story><p>{PROSE}</p><p>{PROSE}</p>"
        f"<p>{PROSE}</p></div>",
    ],
)
def test_the_article_is_found(html: str) -> None:
    assert found(html) == {"story"}


def test_the_sites_own_word_counts_first() -> None:
    html = (
        f"<article id=a>{STORY}</article><div id=b class=post>{STORY}</div><div id=c class=post>{STORY}</div>"
    )
    assert found(html, ".post") == {"b", "c"}
    assert found(html, ".nowhere") == {"a"}


@pytest.mark.parametrize(
    "html",
    [
        f"<ul>{LINKS}</ul>" * 4,
        "".join(f"<div><h3><a href=/{n}>题目</a></h3><p>{PROSE}</p></div>" for n in range(12)),
        "<p>短。</p>",
        "",
    ],
)
def test_a_page_that_is_all_list_has_none(html: str) -> None:
    assert found(html) == set()


def test_reasons_are_words() -> None:
    assert {reason.value for reason in VetoReason} == {
        "holds-article",
        "holds-heading",
        "article-text",
        "structure",
    }
