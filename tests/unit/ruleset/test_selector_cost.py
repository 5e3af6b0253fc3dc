"""The cost limit, against lexbor itself on pages made to be slow."""

import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from filterproxy.ruleset.css_parser import parse
from filterproxy.ruleset.selector_cost import LIMIT, cost

NEST = ('<div class="a" t=1>' * 50 + "</div>" * 50) * 200
LISTS = ("<ul><li>" * 25 + "<a></a>" * 50 + "</li></ul>" * 25) * 100
SIBLINGS = ("<p>" + '<a class="a" t=1></a>' * 999 + "</p>") * 10

ADMITTED = [
    (NEST, ".q div"),
    (NEST, ".q div div"),
    (NEST, ".q div > div > div > div"),
    (NEST, ".q > div div > div"),
    (NEST, "div:has(.q)"),
    (NEST, "div:has(> div > .q)"),
    (NEST, "div:has(div:has(.q))"),
    (NEST, "div:has(div .q)"),
    (NEST, "div:not(.q div)"),
    (NEST, "div:is(.q div div)"),
    (NEST, ".q div:nth-child(2) div"),
    (NEST, ".q div:nth-child(1) div"),
    (LISTS, ".q ul a"),
    (LISTS, ".q li a"),
    (LISTS, ".q ul li a"),
    (SIBLINGS, ".q ~ a"),
    (SIBLINGS, "a:nth-child(3)"),
    (SIBLINGS, "a:nth-last-of-type(2n)"),
    (SIBLINGS, "a:nth-child(2 of .x)"),
    (SIBLINGS, "a:has(~ .q)"),
    (SIBLINGS, "a:not(:nth-child(2))"),
    (SIBLINGS, "a:not(" + ",".join(["b"] * 400) + ")"),
]
REFUSED = [
    (NEST, ".q div div div"),
    (SIBLINGS, ".q a ~ a"),
    (NEST, ".q div > div div div"),
]
DEADLY = [
    ".x div div div div",
    ".x ~ a ~ a",
    ".x ~ a ~ a ~ a",
    "div div div div div",
    "a:has(~ a:nth-child(3000))",
    "div:has(div:has(div:has(.q)))",
    "table td table td a b i",
]


def seconds(html: str, css: str) -> float:
    page = LexborHTMLParser(html, scripting=True)
    started = time.process_time()
    page.css(css)
    return time.process_time() - started


@pytest.mark.parametrize(("html", "css"), ADMITTED)
def test_what_is_admitted_stays_far_from_the_deadline(html: str, css: str) -> None:
    assert cost(parse(css)[0]) <= LIMIT
    assert seconds(html, css) < 0.6  # 0.003 to 0.14 s on an idle machine


@pytest.mark.parametrize(("html", "css"), REFUSED)
def test_what_is_refused_would_take_long(html: str, css: str) -> None:
    assert cost(parse(css)[0]) > LIMIT
    assert seconds(html, css) > 0.02


@pytest.mark.parametrize("css", DEADLY)
def test_what_never_ends_is_refused(css: str) -> None:
    assert cost(parse(css)[0]) > LIMIT


@pytest.mark.parametrize(
    "css",
    [
        ".a .b .c .d",
        "#a div",
        "ul li .x",
        ".x > ul > li > a",
        "div div .x div .y",
        ".a ~ .b ~ .c",
        "[a] [b] [c]",
        ":is(.a, .b) div :is(.c) div",
    ],
)
def test_named_elements_in_between_make_a_selector_cheap(css: str) -> None:
    assert cost(parse(css)[0]) < LIMIT / 2
