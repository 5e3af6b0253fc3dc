"""What is labelled a page and is none."""

import gzip

import pytest

from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.markup import looks_like_markup

UTF_8 = Charset("UTF-8")

OTHERS = [
    b"\x89PNG\r\n\x1a\n<html>",
    b"GIF89a<html>",
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    b"%PDF-1.7\n<html>",
    gzip.compress(b"<html>"),
    b'{"html": "<p class=ad>x</p>"}',
    b' \r\n [{"a": "<p>"}]\n',
    b'\xef\xbb\xbf{"a": 1}',
    b')]}\',\n[["<p>"]]',
    b'for (;;);{"payload": "<div>"}',
    b'while(1);["<div>"]',
    b'callback({"html": "<p>"});',
    b'/**/jQuery1_2.cb( ["<p>"] )\n',
    b"<?xml version='1.0'?>\n<rss version='2.0'><channel>",
    b"<?xml version='1.0'?><!-- made by x --><?xml-stylesheet href='a'?><feed xmlns='x'>",
    b"<rdf:RDF xmlns='x'>",
]
PAGES = [
    b"",
    b"plain text",
    b"<p>x",
    b"\r\n\t <!doctype html>",
    "猜你喜欢<ul><li>".encode(),
    b"{{ template }}<html></html>",
    b"[1] a note<p>x</p>",
    b"<?xml version='1.0'?><!DOCTYPE html><html>",
    b"<?xml version='1.0'?><html><feed>",
    b"<feedback>",
    b"document.write('<p>');",
    b"f({<p>x</p>",
]


@pytest.mark.parametrize("body", OTHERS)
def test_it_is_something_else(body: bytes) -> None:
    assert not looks_like_markup(body, UTF_8)


@pytest.mark.parametrize("body", PAGES)
def test_it_may_be_a_page(body: bytes) -> None:
    assert looks_like_markup(body, UTF_8)


@pytest.mark.parametrize("padding", ["", "x" * 2000, "x" * 2001])
def test_text_is_read_in_its_charset(padding: str) -> None:
    for charset in (Charset("UTF-16LE", b"\xff\xfe"), Charset("UTF-16BE"), Charset("GBK")):
        assert not looks_like_markup(charset.encode(f'{{"html": "<p>正文{padding}"}}\n'), charset)
        assert looks_like_markup(charset.encode(f"<p>正文{padding}</p>"), charset)
