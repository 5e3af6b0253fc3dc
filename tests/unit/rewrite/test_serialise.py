"""The fallback: what a page that is written out anew still keeps."""

from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.serialise import serialise

UTF_8 = Charset("UTF-8")


def written(text: str, charset: Charset = UTF_8) -> bytes:
    return serialise(Document(text), charset)


def test_the_doctype_stays_as_it_was() -> None:
    quirks = '<!doctype HTML public "-//W3C//DTD HTML 4.0 Transitional//EN">'
    assert written(f"{quirks}<p>x").decode() == f"{quirks}<html><head></head><body><p>x</p></body></html>"
    assert written("<p>x").startswith(b"<html>")


def test_a_first_new_line_stays() -> None:
    for tag in ("pre", "textarea", "listing"):
        again = Document(written(f"<{tag}>\n\nx</{tag}>").decode())
        assert again.find(tag)[0].text() == "\nx"


def test_what_the_charset_cannot_hold_becomes_a_reference() -> None:
    assert "<p>文 &#233;</p>".encode("cp949") in written("<p>文 &eacute;</p>", Charset("EUC-KR"))
    assert b"<p>&#25991;</p>" in written("<p>文</p>", Charset("windows-1252"))


def test_the_mark_stays() -> None:
    mark = b"\xef\xbb\xbf"
    assert written("<p>x", Charset("UTF-8", mark, "bom")).startswith(mark + b"<html>")
