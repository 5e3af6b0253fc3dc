"""HTML that a page's script fetches ("load more"): filtered in its context, nothing added around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.decide.answers import Treatment
from filterproxy.engine import engine_for, rewrite_response
from filterproxy.errors import SkipReason
from filterproxy.rewrite.result import Page
from tests.support.rules import ruleset

URL = "https://www.soup.example/more?page=2"
AD = "remove: .ad"


def fetched(html: str | bytes, *rules: str, charset: str = "utf-8") -> Page:
    body = html.encode(charset) if isinstance(html, str) else html
    fields = [(b"content-type", f"text/html; charset={charset}".encode())]
    return rewrite_response(
        body, fields, url=URL, ruleset=ruleset(*(rules or (AD,))), kind="xmlhttprequest"
    ).page


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<li>甲</li>\n<li class=ad>乙</li><li>丙", "<li>甲</li>\n<li>丙"),
        ("<li>甲<li class=ad>乙<li>丙", "<li>甲<li>丙"),
        ("<tr><td>甲</tr>\r\n<tr class=ad><td>乙</td></tr>\r\n<tr><td>丙</td></tr>",
         "<tr><td>甲</tr>\r\n\r\n<tr><td>丙</td></tr>"),
        ("\n<!-- 第二页 --><tr class=ad><td>甲<tr><td>乙", "\n<!-- 第二页 --><tr><td>乙"),
        ("<td>甲<td class=ad>乙<td>丙", "<td>甲<td>丙"),
        ("<th>甲</th><td><b class=ad>乙</b></td>", "<th>甲</th><td></td>"),
        ("<tbody class=ad><tr><td>甲</tbody><tbody><tr><td>丙</tbody>", "<tbody><tr><td>丙</tbody>"),
        ("<dt>甲<dd class=ad>乙<dd>丙", "<dt>甲<dd>丙"),
        ("<option>甲<option class=ad>乙<option>丙", "<option>甲<option>丙"),
        ("甲<b class=ad>乙</b>丙", "甲丙"),
        ("  <div class=ad>乙</div>  ", "    "),
        ("<div class=ad>乙</div>", ""),
        ("<script>x()</script><p class=ad>乙</p><style></style>", "<script>x()</script><style></style>"),
        ("<meta name=y><p class=ad>甲</p><title>乙</title>", "<meta name=y><title>乙</title>"),
        ("<p>甲<div class=ad>乙</div>丙", "<p>甲</p>丙"),
        ("</div><div class=ad>乙</div></section>", "</div></section>"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("charset", ["utf-8", "gbk", "utf-16le", "utf-8-sig"])
def test_what_goes(html: str, left: str, charset: str) -> None:
    label = "utf-8" if charset == "utf-8-sig" else charset
    page = fetched(html.encode(charset), charset=label)
    assert page.body == left.encode(charset)
    assert page.exact
    assert [removal.rule for removal in page.removals] == ["soup/r0"]


@pytest.mark.parametrize(
    "html", ["<li>甲<li>乙", "<tr><td>甲", "<td>甲", "甲", "<p>甲<p>乙", "<option>", " ", "<!-- x", "</body>"]
)
def test_without_a_match_it_is_as_it_came(html: str) -> None:
    body = html.encode()
    assert fetched(body, AD, "section: 猜你喜欢", "hide: .x").body is body


def test_a_row_is_a_row_only_when_it_is_fetched() -> None:
    html = b"<tr class=ad><td>x</td></tr>"
    page = rewrite_response(html, [(b"content-type", b"text/html")], url=URL, ruleset=ruleset(AD)).page
    assert page.body is html


@pytest.mark.parametrize(
    "html", ["<!DOCTYPE html><html><body>{}</body></html>", "<html>{}</html>", "<!-- x --><head></head>{}"]
)
def test_a_whole_page_is_one_however_it_is_fetched(html: str) -> None:
    assert fetched(html.format("<p class=ad>甲</p><p>乙</p>")).body.decode() == html.format("<p>乙</p>")


def test_written_out_it_has_nothing_around_it() -> None:
    page = fetched("<p>甲</p><table><tr class=ad></table>")
    assert page.body.decode() == "<p>甲</p><table><tbody></tbody></table>"
    assert not page.exact


def test_other_actions() -> None:
    html = '<li hidden class="x y" data-t=1><a href="/1?utm_a=1">甲</a></li>'
    page = fetched(html, "strip-attributes: {li: data-t}", "strip-params: utm_*", "strip-classes: {li: y}")
    assert page.body.decode() == '<li hidden class="x "><a href="/1">甲</a></li>'


def test_a_section() -> None:
    links = "<ul><li><a href=/1>夜市的灯光为什么这样亮</a><li><a href=/2>一位老船工的三十年</a></ul>"
    page = fetched(f"<p>第二页</p><div><h3>猜你喜欢</h3>{links}</div>", "section: 猜你喜欢")
    assert page.body.decode() == "<p>第二页</p>"


def test_never_what_stands_around_it() -> None:
    for rule in ("remove: tbody", "unwrap: tbody", "hide: tbody", "strip-attributes: {tbody: x}"):
        html = b"<tr x><td>x</td></tr>"
        page = fetched(html, rule)
        assert page.body is html
        assert page.skipped is (None if rule.startswith("strip") else SkipReason.NOT_WRITABLE)
        assert not page.removals


def test_json_is_no_fragment() -> None:
    html = '{"html": "<li class=ad>甲</li>"}'.encode()
    page = fetched(html)
    assert page.body is html
    assert page.skipped is SkipReason.CONTENT_MISMATCH


def test_it_is_for_what_scripts_fetch() -> None:
    engine = engine_for(ruleset(AD, "pages: /more*, remove: .b"))
    head = [(b"content-type", b"text/html")]
    assert engine.wanted(URL, head, kind="xmlhttprequest").treatment is Treatment.FRAGMENT
    for kind in ("document", "subdocument", ""):
        assert engine.wanted(URL, head, kind=kind).treatment is Treatment.PAGE
    only = engine_for(ruleset("pages: /list*, remove: .b"))
    assert only.wanted(URL, head, kind="xmlhttprequest").skipped is SkipReason.NO_RULES


TAGS = """
<li> <li|class=ad> </li> <tr> <tr|class=ad> <td> <td|class=ad> </td> </tr> <tbody> </tbody> <p> <p|class=ad>
</p> <div|class=ad> </div> <table> </table> <b> </b> <col> <option> </select> <select> <!--x--> &amp; <body>
</body> 甲 <script>a</script> <form> </form> <td><table>
"""
PIECES = st.lists(st.sampled_from([tag.replace("|", " ") for tag in TAGS.split()]), max_size=9)


@given(PIECES)
def test_soup(pieces: list[str]) -> None:
    body = "".join(pieces).encode() or b" "
    page = fetched(body)
    assert page.skipped in {None, SkipReason.NOT_WRITABLE}
    if not page.removals:
        assert page.body is body
    elif page.exact:
        lines = page.body
        assert lines.count("甲".encode()) <= body.count("甲".encode())
        assert b"<html" not in lines
        assert b"<!doctype" not in lines
