"""A selector's tokens may never be missing from a page on which it matches."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from filterproxy.ruleset.css_parser import parse
from filterproxy.ruleset.selector_tokens import selector_tokens

KNOWN = [
    ("#Ad-Close", [{"ad-close"}]),
    (".a", []),
    ("div.Float.ad", [{"float"}, {"ad"}]),
    ("#x1.box[data-ad='Top']", [{"x1"}, {"box"}, {"top"}]),
    ("[src*='hm.baidu.com']", [{"hm.baidu.com"}]),
    ("[src='//a&b.example']", [{"b.example"}]),
    ("a[href*='/go=1']", [{"/go=1", "&#x2f;go&#x3d;1", "&#47;go&#61;1"}]),
    ("a[href*='a&b']", [{"href"}]),
    ("iframe", [{"<iframe"}]),
    ("div", [{"<div"}]),
    ("p", [{"<p", "</p"}]),
    ("tr", []),
    ("tbody td", [{"<td"}]),
    ("iframe.ad", [{"ad"}, {"<iframe"}]),
    ("div.ad", [{"ad"}]),
    (".side ul > li", [{"side"}]),
    ("ul > li", [{"<li"}]),
    (":is(.aa, #bb) span", [{"aa", "bb"}]),
    (":is(.aa, b.c)", [{"aa", "<b"}]),
    (":is(.aa, *)", []),
    ("div:not(.aa)", [{"<div"}]),
    ("li:has(> a.hot, .new)", [{"hot", "new"}]),
    ("a:nth-child(2 of .hot)", [{"hot"}]),
    (".md\\:flex", [{"flex"}]),
    (".\\31 23", [{"123"}]),
    (".推荐位", [{"推荐位"}]),
    (".é", []),
    ("[onclick]", [{"onclick"}]),
    ("x-promo", [{"<x-promo"}]),
]


@pytest.mark.parametrize(("css", "groups"), KNOWN)
def test_tokens(css: str, groups: list[set[str]]) -> None:
    assert [set(group) for group in selector_tokens(parse(css)[0])] == groups


TAGS = st.sampled_from(
    ["div", "p", "a", "table", "tr", "td", "tbody", "li", "b", "body", "iframe", "br", "img", "x-y"]
)
NAMES = st.sampled_from(["ad", "x", "Ad-Box", "推荐", "é1", "md:flex", "12", "a_b"])
VALUES = st.sampled_from(["ad", "/go?from=hot", "A&B", "", "x y", "a'b", "推荐位"])
ATTRIBUTES = st.sampled_from(["href", "data-ad", "title"])


def escaped(name: str) -> str:
    return "".join(c if c.isalpha() or c in "-_" else f"\\{ord(c):x} " for c in name)


def quoted(value: str) -> str:
    return "'" + "".join(f"\\{ord(c):x} " if c in "'\\" else c for c in value) + "'"


SIMPLE = st.one_of(
    NAMES.map(lambda n: f".{escaped(n)}"),
    NAMES.map(lambda n: f"#{escaped(n)}"),
    ATTRIBUTES.map(lambda n: f"[{n}]"),
    st.builds(
        lambda n, o, v: f"[{n}{o}{quoted(v)}]",
        ATTRIBUTES,
        st.sampled_from(["=", "*=", "^=", "$=", "~="]),
        VALUES,
    ),
    st.sampled_from([":first-child", ":empty", ":nth-child(odd)"]),
)
COMPOUND = st.builds(
    lambda tag, rest: (tag + "".join(rest)) or "*", st.one_of(st.just(""), TAGS), st.lists(SIMPLE, max_size=2)
)
COMPLEX = st.lists(
    st.tuples(COMPOUND, st.sampled_from([" ", " > ", " + ", " ~ "])), min_size=1, max_size=3
).map(lambda parts: "".join(c + s for c, s in parts[:-1]) + parts[-1][0])
SELECTOR = st.recursive(
    COMPLEX,
    lambda inner: st.builds(
        lambda base, name, args: f"{base}:{name}({', '.join(args)})",
        COMPOUND,
        st.sampled_from(["is", "where", "not", "has"]),
        st.lists(inner, min_size=1, max_size=2),
    ),
    max_leaves=4,
)


@st.composite
def elements(draw: st.DrawFn) -> str:
    """Tags as people write them: any case, any quotes, ends left out."""
    html = ""
    for _ in range(draw(st.integers(1, 8))):
        tag = draw(TAGS)
        html += f"<{draw(st.sampled_from([tag, tag.upper()]))}"
        if draw(st.booleans()):
            html += f' class="{draw(NAMES)} {draw(NAMES).upper()}"'
        if draw(st.booleans()):
            html += f" id={draw(NAMES)}"
        if draw(st.booleans()):
            value = draw(VALUES).replace("&", "&amp;").replace("'", "&#39;")
            if draw(st.booleans()):
                value = value.replace("=", "&#x3D;").replace("/", "&#x2F;")
            html += f" {draw(st.sampled_from(['HREF', 'data-ad', 'Title']))}='{value}'"
        html += ">" + draw(st.sampled_from(["", "text", f"</{tag}>", "</p>", "</br>", "<image>"]))
    return html


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(SELECTOR, elements(), st.sampled_from(["", "<!doctype html>"]))
@example("p", "<div></p></div>", "")
@example("br", "</br>", "")
@example("img", "<image src=x>", "")
@example("table > tbody > tr", "<table><td>", "")
def test_where_a_selector_matches_its_tokens_stand(css: str, html: str, doctype: str) -> None:
    page = LexborHTMLParser(doctype + html, scripting=True)
    if page.css(css):
        for group in selector_tokens(parse(css)[0]):
            assert any(token in html.lower() for token in group), (css, group)
