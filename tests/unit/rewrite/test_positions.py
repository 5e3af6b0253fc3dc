"""Where elements stand, and what can't be told."""

import pytest

from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.offsets import Unplaced, offsets_of
from filterproxy.rewrite.positions import Positions

UTF_8 = Charset("UTF-8")


def spans(html: str, tag: str, charset: Charset = UTF_8) -> list[str]:
    """The source of each element of a tag."""
    body, document = charset.encode(html), Document(html)
    positions = Positions(document, body, charset, {tag})
    placed = [positions.place(positions.element(node)) for node in document.find(tag)]
    return [charset.decode(body[positions.at(p.start) : positions.at(p.end)]) for p in placed]


@pytest.mark.parametrize(
    ("html", "tag", "wanted"),
    [
        ("<p>文<b>字\r\n</b>\r\n<b>x</b>", "b", ["<b>字\r\n</b>", "<b>x</b>"]),
        ("<ul><li>a<li>b</ul>", "li", ["<li>a", "<li>b"]),
        ("<table><tr><td>a<tr><td>b</table>c", "tr", ["<tr><td>a", "<tr><td>b"]),
        ("<div><p>a<div>b</div></div>", "p", ["<p>a"]),
        ("<br>a<br/>b</br>", "br", ["<br>", "<br/>", "</br>"]),
        ("<body>a</p>b</p><p>c</p></p>", "p", ["</p>", "</p>", "<p>c</p>", "</p>"]),
        ("<template><i>no</i></template><i>yes</i>", "i", ["<i>yes</i>"]),
        ("<form><p>a</form>b", "form", ["<form><p>a</form>"]),
        ("<div><form><div>a</form>b</div>c</div>", "form", ["<form><div>a</form>b</div>"]),  # b is the form's
        ("<svg><path/><path d=1></path></svg>", "path", ["<path/>", "<path d=1></path>"]),
    ],
)
@pytest.mark.parametrize("charset", [UTF_8, Charset("GBK"), Charset("UTF-16LE"), Charset("ISO-2022-JP")])
def test_places(html: str, tag: str, wanted: list[str], charset: Charset) -> None:
    assert spans(html, tag, charset) == wanted


def test_behind_a_mark() -> None:
    mark = Charset("UTF-8", b"\xef\xbb\xbf", "bom")
    document = Document("文<i>x</i>")
    positions = Positions(document, mark.encode("文<i>x</i>"), mark, {"i"})
    placed = positions.place(positions.element(document.find("i")[0]))
    assert (positions.at(placed.start), positions.written(placed)) == (6, b"<i>x</i>")


@pytest.mark.parametrize(
    ("html", "tag", "why"),
    [
        ("<table><td>x</table>", "tbody", "no start tag of its own"),
        ("<b><p>x</b>y", "b", "no start tag of its own"),
        ("<p>a<b>b<p>c", "b", "no start tag of its own"),
    ],
)
def test_what_the_parser_made_has_no_place(html: str, tag: str, why: str) -> None:
    with pytest.raises(Unplaced, match=why):
        spans(html, tag)


def test_trees_that_differ_are_refused() -> None:
    positions = Positions(document := Document("<i>x</i>"), b"<i>x</i><i>y</i>", UTF_8, {"i"})
    with pytest.raises(Unplaced, match="1 <i> in one tree, 2 in the other"):
        positions.element(document.find("i")[0])


@pytest.mark.parametrize("charset", [UTF_8, Charset("UTF-16LE"), Charset("UTF-16BE"), Charset("ISO-2022-JP")])
def test_offsets(charset: Charset) -> None:
    text = "a\r\n文<b>字\r</b>\n漢"
    body = charset.encode(text)
    offsets = offsets_of(body, text, charset)
    for mark in ("<b>", "</b>"):
        assert charset.decode(body[: offsets.byte(offsets.source.index(mark))]) == text[: text.index(mark)]
    assert offsets.byte(len(offsets.source)) == len(body)
    assert offsets.written(0, 3) == "a\r\n"


def test_text_that_does_not_map_is_refused() -> None:
    with pytest.raises(Unplaced, match="does not map"):
        offsets_of("ab".encode("utf-16-le"), "abc", Charset("UTF-16LE"))
