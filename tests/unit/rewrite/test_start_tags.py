"""Hide and strip: a start tag's bytes, and no others."""

import pytest

from tests.support.rules import rewritten

START = "<!DOCTYPE html><body>"
SHOWN_NO_MORE = 'hidden style="display:none!important;"'

HIDDEN = [
    ("<div>x</div>", f"<div {SHOWN_NO_MORE}>x</div>"),
    ("<div id=a >x</div>", f"<div id=a {SHOWN_NO_MORE} >x</div>"),
    ("<div id=a/>x", f"<div id=a/ {SHOWN_NO_MORE}>x"),
    ("<div style='color:red'>x</div>", "<div style='display:none!important;color:red' hidden>x</div>"),
    ("<div style=color:red>x</div>", "<div style=display:none!important;color:red hidden>x</div>"),
    ("<div STYLE id=a>x</div>", '<div STYLE="display:none!important;" id=a hidden>x</div>'),
    ("<div hidden style=a:b>x</div>", "<div hidden style=display:none!important;a:b>x</div>"),
    ("<div hidden style='display:none!important;'>x</div>", None),
]

STRIPPED = [
    ("<a ping=x href=/>t</a>", "<a href=/>t</a>"),
    ("<a\n href=/ PING = 'a b'\n>t</a>", "<a\n href=/\n>t</a>"),
    ("<a data-a data-b=1 data=2>t</a>", "<a data=2>t</a>"),
    ('<a href="?ping=1">t</a>', None),
    ("<a title='&ping;'>t</a>", None),
]

CLASSES = [
    ("<p class='a ad b'>t", "<p class='a b'>t"),
    ("<p class='ad'>t", "<p class=''>t"),
    ("<p class=ad>t", "<p class=>t"),
    ("<p class='a\n ad\tad b'>t", "<p class='a\n b'>t"),
    ("<p class='&#97;d x'>ad", "<p class='x'>ad"),
    ("<p class='ad-float x'>t", "<p class='x'>t"),
    ("<p class='AD bad'>t", None),
]


def check(before: str, after: str | None, rule: str) -> None:
    page = rewritten(START + before, rule)
    assert page.body.decode() == START + (before if after is None else after)
    assert page.exact
    assert len(page.removals) == (0 if after is None else 1)


@pytest.mark.parametrize(("before", "after"), HIDDEN)
def test_hide(before: str, after: str | None) -> None:
    check(before, after, "hide: div")


@pytest.mark.parametrize(("before", "after"), STRIPPED)
def test_strip_attributes(before: str, after: str | None) -> None:
    check(before, after, "strip-attributes: {a: [ping, data-*]}")


@pytest.mark.parametrize(("before", "after"), CLASSES)
def test_strip_classes(before: str, after: str | None) -> None:
    check(before, after, "strip-classes: {p: [ad, ad-*]}")


def test_a_policy_in_the_page_keeps_inline_style_out() -> None:
    meta = "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">"
    page = rewritten(f"{meta}<div>x</div>", "hide: div")
    assert page.body.decode() == f"{meta}<div hidden>x</div>"


def test_an_attribute_written_twice_is_never_half_stripped() -> None:
    """What stands twice counts once; taking the first would let the second count."""
    page = rewritten(START + "<a ping=x ping=y>t</a>", "strip-attributes: {a: [ping]}")
    assert b"ping" not in page.body
