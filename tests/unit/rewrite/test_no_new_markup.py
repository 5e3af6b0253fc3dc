"""Cases in which a page was read otherwise than it should be, or was not filtered."""

import pytest

from filterproxy.engine import rewrite_page
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.headings import find_headings
from tests.support.exactness import charset_of, parse, proven
from tests.support.rules import URL, UTF_8, rewritten, rule, ruleset

START = "<!DOCTYPE html><body>"

JOINED = [
    # a lone < and what stands behind the cut would be a tag: text became a live script
    ("a <<i class=ad></i>script>alert(1)<<i class=ad></i>/script>", "remove: .ad"),
    ("a <<img class=ad>b c>d", "remove: img"),
    ("&no<i class=ad>x</i>t;", "remove: .ad"),
    ("a\r<i class=ad>x</i>\nb", "remove: .ad"),
    # text in a table is judged together
    ("<table>X<script>s</script> <tr><td>y</table>", "remove: script"),
    ("<table> <script>s</script>X<tr><td>y</table>", "remove: script"),
    ("<table><tbody>X<tr class=ad></tr> <tr><td>y</table>", "remove: .ad"),
    # names that are void in HTML hold what follows in SVG and MathML
    ("<svg><input type=hidden><title>x</title></svg>after", "remove: input"),
    ("<math><br><input><x-y>x</math>after", "remove: input"),
    # a form that is left open inside makes later ones count for nothing
    ("<ul><li class=ad><form>a</li><li>b</ul><form id=later>c</form>", "remove: .ad"),
]


@pytest.mark.parametrize(("html", "text"), JOINED)
def test_the_rest_is_read_as_before(html: str, text: str) -> None:
    page = rewritten(START + html, text)
    assert page.removals
    if page.exact:
        assert proven((START + html).encode(), page, UTF_8)


def test_a_frameset_does_not_take_the_page() -> None:
    html = "<!DOCTYPE html><x-y><br><p>the story</p><frameset><frame src=//t.example></frameset>"
    page = rewritten(html, "remove: 'br, p'", "hide: x-y")
    assert not parse(page.body, charset_of(page.body, UTF_8)).css("frameset")


WRITTEN_OUT = [
    "<svg><style>&lt;/style&gt;&lt;img src onerror=alert(1)&gt;</style></svg>",
    "<svg><xmp>&lt;circle onload=alert(1)&gt;&lt;/circle&gt;</xmp></svg>",
    "<svg><noscript>&lt;/noscript>&lt;img src onerror=alert(1)&gt;</noscript></svg>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=f()></style></mglyph></form>",
]


@pytest.mark.parametrize("inert", WRITTEN_OUT)
def test_text_never_becomes_markup_in_the_fallback(inert: str) -> None:
    body = f"{START}<table><td>x</table>{inert}".encode()
    page = rewrite_page(body, url=URL, content_type=UTF_8, ruleset=ruleset("remove: tbody"))
    before, after = (parse(b, charset_of(b, UTF_8)) for b in (body, page.body))
    assert len(after.css("[onerror],[onload]")) == len(before.css("[onerror],[onload]")) == 0


OVERLAPS = [
    (
        "<a ping=x data-t=1 href=/>t</a>",
        ("strip-attributes: {a: [ping]}", "strip-attributes: {a: [ping, data-*]}"),
        "<a href=/>t</a>",
    ),
    ("<p class='a b c'>t</p>", ("strip-classes: {p: [a]}", "strip-classes: {p: [b]}"), "<p class='c'>t</p>"),
    (
        "<p class='a b c'>t</p>",
        ("strip-classes: {p: [a]}", "strip-classes: {p: [a, b]}"),
        "<p class='c'>t</p>",
    ),
    ("<div style>x</div>", ("hide: div",), '<div style="display:none!important;" hidden>x</div>'),
]


@pytest.mark.parametrize(("html", "rules", "after"), OVERLAPS)
def test_several_changes_of_one_tag_are_exact(html: str, rules: tuple[str, ...], after: str) -> None:
    page = rewritten(START + html, *rules)
    assert (page.body.decode(), page.exact) == (START + after, True)


def test_no_page_is_an_internal_error() -> None:
    rewritten(b"<table><h\x00>", "remove: table")
    body = b"<div class=a></script>@\xff\x1b&amp;<td>"
    rewritten(body, "remove: .a", content_type="text/html; charset=iso-2022-jp")
    assert Document("<p>").find("a[") == []


@pytest.mark.parametrize(
    "body",
    [
        b"\x1b$B'q\x1b(B<p><img alt='\x1b\x1b\x80<img alt='</div>\x1b$B'p\x1b(B$3$s</b>",
        b"<li><b></table><b><style></script>@\x80\x1b0<table></p>\x80~\xb0</div></script></style>\x80",
    ],
)
def test_broken_shift_states_are_proven(body: bytes) -> None:
    content_type = "text/html; charset=iso-2022-jp"
    page = rewritten(body, "remove: 'img, style'", content_type=content_type)
    assert not page.exact or proven(body, page, content_type)


def test_escapes_in_addresses() -> None:
    assert rewritten(START + "<a href='/ad/1'>x</a>", r"""remove: 'a[href*="\/ad\/"]'""").removals


def test_added_paragraphs_are_guarded() -> None:
    prose = "<p>河水涨了又退，两岸的人照旧每天早上把船推下水，晚上再拖回岸边，一年又一年。</p>" * 8
    page = rewritten(f"{START}<article><h1>河上的船与人家</h1><ins>{prose}</ins></article>", "remove: ins")
    assert page.vetoes
    assert not page.removals


def test_main_is_no_heading() -> None:
    html = "<body><main><h3>猜你喜欢</h3></main>"
    ((node, _),) = find_headings(Document(html), [rule("section: 猜你喜欢")])
    assert node.tag == "h3"


def test_end_tags_without_an_element_cost_no_more_than_others() -> None:
    page = rewritten(START + "</p>x" * 3_000, "remove: p")
    assert page.seconds < 2  # 0.1 s; once 5 s
    assert len(page.removals) == 3_000
