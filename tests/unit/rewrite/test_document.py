"""A parsed page's queries, paths and numbers."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from filterproxy.rewrite.document import Document, siblings, texts_in

PAGE = """<!DOCTYPE html><title>t</title><body>
<div id=a><p>one<p id=x>two<span id=X>three</span></div>
<div id='1st'><x-y><svg><a href=/S>s</a><foreignObject><p>deep</p></foreignObject></svg></x-y></div>
<a href=/ad/1>q</a><a href="">e</a><a>n</a><script src=//Tanx.com/x></script><script>1</script>
<template><p>never</p></template>"""


@pytest.fixture
def document() -> Document:
    return Document(PAGE)


@pytest.mark.parametrize(
    "css",
    [
        "a[href*='/s']",
        "a[href*='/s' i]",
        'a[href*="ad/"]',
        "script[src*='tanx.com']",
        "script[src*='TANX.com' i]",
        "iframe[src*='x']",
        "p, #x, div p",
        "a[href*='q'], a",
        "[href*='/ad']",
    ],
)
def test_finds_what_lexbor_finds_each_once(document: Document, css: str) -> None:
    wanted = LexborHTMLParser(PAGE, scripting=True).css(css)
    ids = [node.mem_id for node in document.find(css)]
    assert len(ids) == len(set(ids))
    assert sorted(node.html or "" for node in document.find(css)) == sorted(
        {node.html or "" for node in wanted}
    )
    assert document.find(css) is document.find(css)


def test_every_path_selects_its_element_alone(document: Document) -> None:
    nodes = document.find("*")
    assert len(nodes) == 20
    for node in nodes:
        (found,) = document.parser.css(document.path(node))
        assert found.mem_id == node.mem_id, document.path(node)
    assert document.path(document.find("span")[0]) == "div#a > p:nth-of-type(2) > span:nth-of-type(1)"


def test_numbers_are_in_document_order(document: Document) -> None:
    document.number({"p", "a", "x-y"})
    assert [document.ordinal(node) for node in document.find("p")] == [0, 1, 2]
    assert (document.count("p"), document.count("a"), document.count("x-y")) == (3, 4, 1)


def test_texts_are_neither_code_nor_blank(document: Document) -> None:
    assert [text for _, text in document.text_nodes()] == "one two three s deep q e n".split()
    body = document.parser.body
    assert body is not None
    assert len(list(texts_in(body))) == 8


def test_a_run_of_siblings_is_its_elements(document: Document) -> None:
    first, last = document.find("#a p")
    assert [node.text() for node in siblings(first, last)] == ["one", "twothree"]
    assert siblings(last, first) == [last]  # one that does not follow is not reached
