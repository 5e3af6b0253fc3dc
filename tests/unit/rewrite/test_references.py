import html

import pytest
import turbohtml
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.rewrite.references import as_attribute, spelled


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("/x?a=1&amp;b=2&c=3", "/x?a=1&b=2&c=3"),
        ("&copy=1&copyx&copy;", "&copy=1&copyx©"),
        ("&#38;&#x26;&#38", "&&&"),
        ("&notit;&not;&not", "&notit;¬¬"),
        ("&NotEqualTilde;", "≂̸"),
        ("&;&&x;", "&;&&x;"),
    ],
)
def test_it_reads_references_as_attributes_have_them(written: str, text: str) -> None:
    assert spelled(written).text == text


@given(st.text("&;=#xamp;copynt138 ").filter(lambda text: "\x00" not in text))
def test_as_the_parser_does(written: str) -> None:
    (tag,) = turbohtml.tokenize(f'<a href="{written}">')
    assert tag.attrs is not None
    assert spelled(written).text == dict(tag.attrs)["href"]


@given(st.lists(st.sampled_from(["&amp;", "&", "a", "&#38;", "&lt", "=", "中"])))
def test_every_character_has_its_place(parts: list[str]) -> None:
    written = "".join(parts)
    found = spelled(written)
    assert len(found.starts) == len(found.text) + 1
    assert list(found.starts) == sorted(found.starts)
    assert found.starts[-1] == len(written)
    for at, character in enumerate(found.text):
        piece = written[found.starts[at] : found.starts[at + 1]]
        assert html.unescape(piece) == character or piece == character


@given(st.text("&'\"<>=;abc/?", min_size=1))
def test_what_is_written_is_read_again(value: str) -> None:
    for quoted in (f"'{as_attribute(value)}'", f'"{as_attribute(value)}"'):
        (tag,) = turbohtml.tokenize(f"<a href={quoted}>")
        assert dict(tag.attrs or ())["href"] == value
