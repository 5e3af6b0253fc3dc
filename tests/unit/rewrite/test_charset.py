"""The charset a page is read in: as browsers choose it, and no Python codec beyond the WHATWG's."""

import encodings
import itertools
import pkgutil
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings import LABELS

from filterproxy.errors import SkipReason
from filterproxy.rewrite.charset import Charset, header_label, sniff

NAMES = sorted(set(LABELS.values()) - {"replacement", "x-user-defined"})
MARKUP = b"<>\"'&/="


def found(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    charset = sniff(body, content_type).charset
    assert charset is not None
    return charset.name, charset.origin


def charset_of(label: str) -> Charset:
    charset = sniff(b"", f"text/html; charset={label}").charset
    assert charset is not None
    return charset


def test_the_byte_order_mark_wins_over_all() -> None:
    meta = "<meta charset=gbk>"
    for bom, name in ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16LE"), (b"\xfe\xff", "UTF-16BE")):
        assert found(bom + meta.encode(), "text/html; charset=big5") == (name, "bom")


def test_the_header_wins_over_the_page_and_the_page_over_a_guess() -> None:
    body = b"<meta charset=gbk>" + "正文".encode()
    assert found(body, "text/html; charset=big5") == ("Big5", "header")
    assert found(body, "text/html") == ("GBK", "declared")
    assert found(body, "text/html; charset=") == ("GBK", "declared")
    assert found("正文".encode()) == ("UTF-8", "guess")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html;charset=gb2312",
        "text/html; charset=GB2312",
        'text/html; a=b; CHARSET = "gb2312"',
        "text/html; charset='gb2312'",
        "text/html; charset=gb2312; charset=utf-8",
        "text/html; charset=gb2312 ;x",
    ],
)
def test_the_headers_charset_however_it_is_written(content_type: str) -> None:
    assert header_label(content_type).lower() == "gb2312"
    assert found(b"", content_type) == ("GBK", "header")


def test_declared_wins_where_the_bytes_contradict_it_as_in_browsers() -> None:
    assert found("<meta charset=gb2312>广告".encode()) == ("GBK", "declared")


@pytest.mark.parametrize("label", ["utf-7", "unicode_escape", "idna", "x-gbk2", "utf8mb4", "utf-32", "cp437"])
def test_an_unknown_label_is_a_skip_in_a_header_and_nothing_in_a_meta(label: str) -> None:
    sniffed = sniff(b"<p>", f"text/html; charset={label}")
    assert sniffed.charset is None
    assert sniffed.skipped is SkipReason.UNKNOWN_CHARSET
    assert label in sniffed.detail
    assert found(f"<meta charset={label}>".encode()) == ("UTF-8", "guess")


def test_no_python_codec_is_reachable_but_by_a_label_of_the_standard() -> None:
    checked = 0
    names = {name for _, name, _ in pkgutil.iter_modules(encodings.__path__)}
    for codec in sorted(names | set(encodings.aliases.aliases)):
        if codec in LABELS:
            continue
        assert sniff(b"<p>", f"text/html; charset={codec}").skipped is SkipReason.UNKNOWN_CHARSET, codec
        assert found(f"<meta charset={codec}>".encode()) == ("UTF-8", "guess")
        checked += 1
    assert checked > 250


@pytest.mark.parametrize(
    "label", ["replacement", "iso-2022-kr", "hz-gb-2312", "iso-2022-cn", "x-user-defined"]
)
def test_encodings_that_hold_no_text_are_a_skip(label: str) -> None:
    assert sniff(b"<p>", f"text/html; charset={label}").skipped is SkipReason.UNKNOWN_CHARSET
    meta = sniff(f"<meta charset={label}>".encode(), "text/html")
    assert (meta.skipped is None) == (label == "x-user-defined")


def test_xhtml_obeys_its_xml_declaration_and_no_meta() -> None:
    kind = "application/xhtml+xml"
    assert found(b"<meta charset=gbk>\xff", kind) == ("UTF-8", "declared")
    assert found(b"<?xml version='1.0' encoding='gbk'?><html>", kind) == ("GBK", "declared")
    assert found(b"<meta charset=gbk>", f"{kind}; charset=big5") == ("Big5", "header")


def test_a_page_that_says_nothing_is_guessed_by_its_bytes() -> None:
    chinese = "<p>第一段的文字，猜你喜欢：精彩推荐</p>\n" * 20
    assert found(chinese.encode()) == ("UTF-8", "guess")
    assert found(chinese.encode("gb18030")) == ("gb18030", "guess")
    german = "<p>Die Bürger hörten größere Töne über die Straße für Österreich</p>\n" * 20
    assert found(german.encode("cp1252")) == ("windows-1252", "guess")
    assert found(b"\xff\xfd\x00\x81") == ("windows-1252", "guess")
    assert found(b"") == ("UTF-8", "guess")


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary(max_size=300))
def test_decoding_never_raises_and_encoding_neither(name: str, body: bytes) -> None:
    charset = charset_of(name)
    text = charset.decode(body)
    assert isinstance(charset.encode(text), bytes)
    assert charset.decode(charset.encode("<p>")) == "<p>"


@pytest.mark.parametrize("name", NAMES)
def test_what_an_encoding_cannot_hold_becomes_a_reference(name: str) -> None:
    charset = charset_of(name)
    text = charset.decode(charset.encode("a漢é\U0001f600\ud800<"))
    for character in "漢é\U0001f600":
        assert character in text or f"&#{ord(character)};" in text
    assert text.endswith("&#55296;<")


@pytest.mark.parametrize("name", [name for name in NAMES if Charset(name).ascii_compatible])
def test_markup_is_never_swallowed_by_a_broken_sequence(name: str) -> None:
    """The promise of `ascii_compatible`, for every two-byte beginning and the three-byte ones there are."""
    charset = charset_of(name)
    leads = [bytes([lead]) for lead in range(0x80, 0x100)]
    leads += [bytes(pair) for pair in itertools.product(range(0x80, 0x100), b"\x30\x39\x80\xa1\xb0\xfe\xff")]
    leads += [bytes([a, b, c]) for a, b, c in itertools.product(range(0x81, 0xFF), b"09", b"\x81\xfe")]
    for lead in leads:
        text = charset.decode(lead + MARKUP + b"  ")
        assert text.endswith(MARKUP.decode() + "  "), lead.hex()
    for lead, markup in itertools.product(leads, MARKUP):
        if lead[-1] >= 0x80:
            assert chr(markup) in charset.decode(lead + bytes([markup]) + b"    "), (lead.hex(), markup)


@pytest.mark.parametrize("bom", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"])
def test_the_byte_order_mark_is_no_text_and_is_put_back(bom: bytes) -> None:
    charset = sniff(bom, None).charset
    assert charset is not None
    assert charset.bom == bom
    body = charset.encode("<p>正文")
    assert body.startswith(bom)
    assert charset.decode(body) == "<p>正文"


def test_only_utf_16_and_iso_2022_jp_are_not_ascii_compatible() -> None:
    assert {name for name in NAMES if not charset_of(name).ascii_compatible} == {
        "utf-16le",
        "utf-16be",
        "iso-2022-jp",
    }
    assert not charset_of("UTF-16").ascii_compatible


def test_the_standards_tables_where_python_differs() -> None:
    # each compared with Chromium's TextDecoder
    for name, body, text in [
        ("gbk", b"\x8012\x80<p>", "€12€<p>"),
        ("gb18030", b"\x81\x30\x81\x30\x80", "\x80€"),
        ("gbk", b"\x94\x39\xfc\x36", "\U0001f600"),
        ("windows-1252", b"\x80\x81\x8d\x9d", "€\x81\x8d\x9d"),
        ("iso-8859-1", b"\x80\x93", "€“"),
        ("windows-1253", b"\x81\xaa\xe1", "\x81\ufffdα"),
        ("windows-874", b"\x80\x81\xa1\xdb", "€\x81ก\ufffd"),
        ("windows-1255", b"\xca", "\u05ba"),
        ("koi8-u", b"\xae\xbe", "ўЎ"),
        ("euc-jp", b"\xad\xa1<\xa1\xf1", "①<¢"),
        ("euc-jp", b"\xf9\xa1\xfc\xfb", "\u7e8a\uffe2"),
        ("euc-jp", b"\xad\xff<", "\ufffd\ufffd<"),
        ("shift_jis", b"\x87\x40\x80", "①\x80"),
        ("euc-kr", b"\x81\x41", "갂"),
        ("big5", b"\xf9\xd5", "龘"),
        ("iso-2022-jp", b"\x1b(I1\x1b(B<p>", "ｱ<p>"),
        ("iso-8859-8-i", b"\xe0", "א"),
        ("x-mac-cyrillic", b"\xa2\xff", "Ґ€"),
        ("utf-16le", b"\x00\xd8<\x00", "\ufffd<"),
        ("utf-8", b"\xe4\xb8<\xff", "\ufffd<\ufffd"),
    ]:
        assert charset_of(name).decode(body) == text, (name, body)


def test_a_page_of_broken_sequences_is_decoded_in_time() -> None:
    for body in (b"\x80" * 10_000_000, b"\xff<" * 3_000_000, b"\x81\x30" * 2_000_000 + b"\x80a" * 1000):
        start = time.perf_counter()
        assert len(charset_of("gbk").decode(body)) > 1_000_000
        assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "piece",
    [b"<meta ", b"<meta a=1 ", b"<!--", b"<?", b"charset=", b"<meta content='charset", b"<a b='", b"=\"'"],
)
def test_sniffing_ten_megabytes_of_beginnings_takes_no_time(piece: bytes) -> None:
    body = piece * (10_000_000 // len(piece))
    start = time.perf_counter()
    assert sniff(body, None).charset is not None
    assert time.perf_counter() - start < 5  # milliseconds, or minutes where it is quadratic


def test_a_declared_page_is_not_read_through() -> None:
    """What comes behind the declaration makes no difference, not even what no charset has."""
    start = b"<!DOCTYPE html>\n<html lang=zh>\n<head>\n<meta charset=gbk>\n"
    for content_type in ("text/html", "text/html; charset=gbk"):
        pages = (start + rest for rest in (b"", b"\xff" * 60_000, "正文".encode() * 9))
        found = {sniff(page, content_type).charset for page in pages}
        assert len(found) == 1
