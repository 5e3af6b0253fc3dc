"""Pages cut byte for byte: what stays, to the last byte."""

import pytest

from tests.support.exactness import proven
from tests.support.rules import UTF_8, rewritten

START = "<!DOCTYPE html><body>"

CUTS = [
    # ends that are not written
    ("<p>a<p class=ad>x<p>b", "<p>a<p>b"),
    ("<ul><li>a<li class=ad>x<li>b</ul>", "<ul><li>a<li>b</ul>"),
    ("<table><tr><td>a<td class=ad>x<td>b</table>", "<table><tr><td>a<td>b</table>"),
    ("<dl><dt>a<dd class=ad>x<dt>b</dl>", "<dl><dt>a<dt>b</dl>"),
    ("<select><option class=ad>x<option>y</select>", "<select><option>y</select>"),
    ("<div><span class=ad>x</div>b", "<div></div>b"),
    ("<div class=ad>x", ""),
    ("<div class=ad>x</div", ""),
    # tags as careless hands write them
    ("<DIV\nCLASS = 'ad'>x</DIV\n >y", "y"),
    ("<div class=ad title='</div>'>x</div>y", "y"),
    ("<div class=ad><!-- </div> -->x</div>y", "y"),
    ("<div class=ad><script>'</div>'</script></div>y", "y"),
    ("<svg><path class=ad /><g>x</g></svg>", "<svg><g>x</g></svg>"),
    # what stands in a template is not the page's, in a noscript it is text
    ("<template><b class=ad>x</b></template><b class=ad>y</b>", "<template><b class=ad>x</b></template>"),
    ("<noscript><b class=ad>x</b></noscript><b class=ad>y</b>", "<noscript><b class=ad>x</b></noscript>"),
    # everything else stays, however odd
    ("<p  id=a >a &nbsp b&#x4e00;</P><br class=ad><hr/>\t\r\n", "<p  id=a >a &nbsp b&#x4e00;</P><hr/>\t\r\n"),
    ("<pre>\n<b class=ad>x</b>\ny</pre>", "<pre>\n\ny</pre>"),
    # forms end where they say, wherever that is
    ("<form class=ad><div><input></form></div>b", "b"),
    ("<table><form class=ad><tr><td>x</table>b", "<table><tr><td>x</table>b"),
]

MENDS = [
    ("<p>a<div class=ad>x</div>b", "<p>a</p>b"),  # it had closed the p
    ("<b class=ad>x<i>y</b>z</i>", "<i>z</i>"),  # its i went on behind it
]

STRAYS = [("a</p>b</p>c", "p", "abc"), ("a<br>b</br>c", "br", "abc")]


@pytest.mark.parametrize(("before", "after"), CUTS)
def test_cut(before: str, after: str) -> None:
    page = rewritten(START + before, "remove: .ad")
    assert page.body.decode() == START + after
    assert page.exact
    assert sum(removal.size for removal in page.removals) == len(before) - len(after)


@pytest.mark.parametrize(("before", "after"), MENDS)
def test_a_tag_takes_the_place_of_what_had_implied_it(before: str, after: str) -> None:
    page = rewritten(START + before, "remove: .ad")
    assert page.body.decode() == START + after
    assert page.exact
    assert proven((START + before).encode(), page, UTF_8)


@pytest.mark.parametrize(("before", "css", "after"), STRAYS)
def test_elements_that_an_end_tag_makes(before: str, css: str, after: str) -> None:
    page = rewritten(START + before, f"remove: {css}")
    assert (page.body.decode(), page.exact) == (START + after, True)


def test_what_implied_head_and_body_leaves_their_tags() -> None:
    page = rewritten(
        "<script class=ad>1</script> <iframe class=ad></iframe><meta><body class=x>b", "remove: .ad"
    )
    assert (page.body, page.exact) == (b"<head> <body><meta><body class=x>b", True)


def test_unwrap_takes_the_tags_alone() -> None:
    page = rewritten(START + "<p>a <span class=ad>b <i>c</i></span > d</p>", "unwrap: .ad")
    assert (page.body.decode(), page.exact) == (f"{START}<p>a b <i>c</i> d</p>", True)
    assert page.removals[0].size == len("<span class=ad></span >")


PAGE = "<!DOCTYPE html>\r\n<body>\r\n文<b class=ad>字\r\n</b>\r\n漢"
REST = "<!DOCTYPE html>\r\n<body>\r\n文\r\n漢"


@pytest.mark.parametrize(
    "charset",
    ["utf-8", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "utf-16le", "utf-16be", "iso-2022-jp"],
)
def test_in_every_charset(charset: str) -> None:
    codec = charset.replace("utf-16", "utf-16-")
    page = rewritten(PAGE.encode(codec), "remove: .ad", content_type=f"text/html; charset={charset}")
    assert page.exact
    assert page.body.decode(codec) == REST


def test_a_byte_order_mark_stays() -> None:
    page = rewritten(b"\xff\xfe" + PAGE.encode("utf-16-le"), "remove: .ad", content_type=None)
    assert (page.body, page.exact) == (b"\xff\xfe" + REST.encode("utf-16-le"), True)


def test_broken_bytes_stay_and_join_nothing() -> None:
    body = b"<!DOCTYPE html><body>\xb0\xa1 \xb0<b class=ad>x</b>\xa1\xff<p>\x80"
    page = rewritten(body, "remove: .ad", content_type="text/html; charset=gbk")
    if page.exact:  # \xb0 and \xa1 would be one character
        assert page.body == body.replace(b"<b class=ad>x</b>", b"")
    else:
        assert b"\xb0\xa1 " in page.body
    assert "啊 " in page.body.decode("gbk", "replace")
    assert page.body.decode("gbk", "replace").count("啊") == 1
