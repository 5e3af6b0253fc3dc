"""Where the article is, and what may not be taken of it."""

import pytest

from filterproxy.errors import VetoReason
from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.document import Document
from filterproxy.settings import Guard
from tests.support.rules import rewritten

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
        '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"'
        + PROSE[:45]
        + f'"}}</script><div id=story>{STORY}</div>',
        f"<div><div id=story>{STORY}</div><div class=comment-list>{STORY * 3}</div></div>",
        f"<div><div id=story>{STORY}</div><div class=most-read>{f'<p>{PROSE}</p>' * 3}</div></div>",
        f"<div class=sidebar-fixed><div id=story>{STORY}</div></div>",
        f"<form><input name=wd value=河上的船></form><h1>河上的船</h1><div id=story>{STORY}</div>",
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


def test_an_article_may_stand_in_the_body_itself() -> None:
    document = Document(f"<title>河上的船</title><body><h1>河上的船</h1>{STORY}<div>{LINKS}</div>")
    article = find_article(document, None, Guard())
    assert article is not None
    assert document.parser.body is not None
    assert article.ids == {document.parser.body.mem_id}


def test_a_mark_that_holds_the_beginning_finds_all_of_it() -> None:
    whole = find_article(Document(f"<body><div>{STORY}</div>"), None, Guard())
    mark = '<script type="application/ld+json">{"articleBody":"' + PROSE * 2 + '"}</script>'
    begun = find_article(
        Document(f"<body>{mark}<div>{STORY.replace('<p>河', '<p>大河', 1)}</div>"), None, Guard()
    )
    assert whole is not None
    assert begun is not None
    assert begun.size == whole.size + 1


RESULT = f"<div><a href=/1>河上的船有多少年了</a><p>{PROSE * 3}</p></div>"


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("河上的船_江城搜索", f"<input name=wd value=河上的船>{RESULT}"),
        ("河上的船 - Riverside Search", f"<input type=search name=q value=河上的船>{RESULT}"),
        ("江城新闻", f"<p>短。</p><div class=footer><p>{PROSE * 6}</p></div>"),
    ],
)
def test_results_and_footers_are_none(title: str, html: str) -> None:
    document = Document(f"<title>{title}</title><body>{html}")
    assert find_article(document, None, Guard()) is None


@pytest.mark.parametrize(
    ("title", "headline", "found"),
    [
        ("江城娱乐首页_江城网", "江城娱乐", False),
        ("江城娱乐_江城网", "江城娱乐", True),
        ("河上的船又开了_江城网", "河上的船又开了", True),
    ],
)
def test_a_channels_name_is_no_headline(title: str, headline: str, found: bool) -> None:  # noqa: FBT001
    document = Document(f"<title>{title}</title><body><h1>{headline}</h1><div id=story>{STORY}</div>")
    article = find_article(document, None, Guard())
    assert article is not None
    assert bool(article.heading) is found


HEADED = "<p>小船下水</p><p>广告</p>"


@pytest.mark.parametrize(
    ("html", "rule", "refused"),
    [
        # a rule that would take the paragraphs takes no subheading between them either; a label goes
        (f"<div id=story>{HEADED}{STORY}</div>", "remove: p", 9),
        # one advert between the paragraphs is no reason to keep another
        (f"<div id=story>{STORY}<div class=ad>广告</div><div class=ad>{STORY}</div></div>", "remove: .ad", 1),
        (f"<div id=story>{STORY}<img src=a class=x></div><p class=x>短</p>", "remove: .x", 0),
    ],
)
def test_one_rules_removals_are_weighed_together(html: str, rule: str, refused: int) -> None:
    page = rewritten(f"<title>河上的船 - 某报</title><body><h1>河上的船</h1>{html}", rule)
    assert len(page.vetoes) == refused
    assert {veto.reason for veto in page.vetoes} <= {VetoReason.ARTICLE_TEXT}


def test_a_poem_is_guarded_verse_by_verse() -> None:
    verses = "".join(f"<p>第{n}只小船过了桥</p>" for n in range(12))
    page = rewritten(
        f"<title>过桥 - 河边诗刊</title><body><div><h2>过桥的小船</h2>{verses}</div>", "remove: p"
    )
    assert page.vetoes == ()
    page = rewritten(
        f"<title>过桥的小船 - 河边诗刊</title><body><div><h2>过桥的小船</h2>{verses}</div>", "remove: p"
    )
    assert len(page.vetoes) == 12


def test_reasons_are_words() -> None:
    assert {reason.value for reason in VetoReason} == {
        "holds-article",
        "holds-heading",
        "article-text",
        "structure",
    }
