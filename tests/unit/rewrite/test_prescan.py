"""What counts as a declaration, read as browsers read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings import LABELS

from filterproxy.rewrite.prescan import declared_encoding, encoding_of, late_encoding

DECLARED = [
    "<meta charset=gbk>",
    "<META CHARSET = 'GBK' >",
    '<meta\tname=x charset="\ngbk ">',
    "<meta/charset=gbk />",
    "<meta charset=gbk charset=utf-8>",
    "<meta charset=gbk http-equiv=content-type content='text/html; charset=utf-8'>",
    "<meta http-equiv=Content-Type content='text/html; charset=gbk'>",
    '<meta content=\'text/html; charset ="gbk"\' http-equiv="content-type">',
    "<meta http-equiv=content-type content=\"charset charset='gbk'\">",
    "<meta http-equiv=content-type content=a;charset=gbk;b>",
    "<!-- > <meta charset=utf-8> --><meta charset=gbk>",
    "<!--><meta charset=gbk><!-- -->",
    "<!doctype html SYSTEM '<'><meta charset=gbk>",
    "<? <meta charset=utf-8> ?><meta charset=gbk>",
    "</1><meta charset=gbk>",
    "<p title='<meta charset=utf-8>'><meta charset=gbk>",
    "<p =a b=c d='>'/><meta charset=gbk>",
    "<meta charset=unknown><meta charset=gbk>",
    "<meta content='text/html; charset=utf-8'><meta charset=gbk>",
    "<meta charset><meta charset=''><meta charset=gbk>",
    "<script>'<meta charset=gbk>'</script>",  # within 1,024 bytes a script is no different
    "< meta charset=utf-8><meta charset=gbk>",
    "<metacharset=utf-8><meta charset=gbk>",
    "<?xml version='1.0' encoding='utf-8'?><meta charset=gbk>",
    "<?xml version='1.0' encoding = \"gbk\"?><p>",
]
NOT_DECLARED = [
    "",
    "charset=gbk",
    "<meta charset=gbk",
    "<meta charset='gbk>",
    "<meta charset=gbk ",
    "<meta charset=gbk/>",
    "<meta charset='gbk'",
    "<!-- <meta charset=gbk>",
    "<!<meta charset=gbk>",
    "<p title='<meta charset=gbk>",
    "<p <meta charset=gbk>",
    "<meta name=description content='charset=gbk'>",
    "<meta http-equiv=refresh content='charset=gbk'>",
    "<meta http-equiv=content-type content='charset=\"gbk; charset=gbk'>",
    "<meta charset=gbk2>",
    "<meta charset=ｇｂｋ>",
    "<!-- --><?xml encoding='gbk'?>",
    "<?xml version='1.0' encoding='gb k'?>",
    "<?xml version='1.0' ?> encoding='gbk'",
]


@pytest.mark.parametrize("page", DECLARED)
def test_a_declaration_is_found(page: str) -> None:
    assert declared_encoding(page.encode()) == "gbk"


@pytest.mark.parametrize("page", NOT_DECLARED)
def test_what_only_looks_like_one_is_none(page: str) -> None:
    assert declared_encoding(page.encode()) is None


def test_utf_16_read_as_ascii_is_utf_8_and_user_defined_is_windows_1252() -> None:
    for label in ("utf-16", "utf-16be", "unicode", "utf-16le"):
        assert declared_encoding(f"<meta charset={label}>".encode()) == "utf-8"
    assert declared_encoding(b"<?xml encoding='utf-16'?>") == "utf-8"
    assert declared_encoding(b"<meta charset=x-user-defined>") == "windows-1252"
    assert declared_encoding("<?xml".encode("utf-16-le")) == "utf-16le"
    assert declared_encoding("<?xml".encode("utf-16-be")) == "utf-16be"


def test_the_prescan_ends_after_1024_bytes() -> None:
    meta = b"<meta charset=gbk>"
    for room in (0, 500, 1024 - len(meta)):
        assert declared_encoding(b" " * room + meta) == "gbk"
    assert declared_encoding(b" " * (1024 - len(meta) + 1) + meta) is None


def test_the_parser_finds_a_meta_later_in_the_head() -> None:
    long = b"<!-- " + b"x" * 1100 + b" --><title><meta charset=utf-8></title>"
    long += b"<script>'<meta charset=utf-8>'</script><style><meta charset=utf-8></STYLE >"
    assert late_encoding(long + b"<meta charset=gbk>") == "gbk"
    assert late_encoding(long + b"<body><meta charset=gbk>") is None
    assert late_encoding(long + b"<script>'<meta charset=gbk>'") is None
    assert late_encoding(b" " * 40_000 + b"<meta charset=gbk>") is None


def test_labels_are_ascii_and_trimmed_of_ascii_white_space_alone() -> None:
    assert encoding_of(b" \t\r\n\fGBK ") == "gbk"
    assert encoding_of("gbk\u00a0") is None
    assert encoding_of("\u212aoi8-r") is None  # the Kelvin sign is lower-cased to k
    assert encoding_of("") is None


PIECES = [
    "<",
    ">",
    "<meta ",
    "charset",
    "=",
    "gbk",
    "'",
    '"',
    " ",
    "/",
    "<!--",
    "-->",
    "<?xml ",
    "encoding",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_soup_gives_an_encoding_of_the_standard_or_none(page: str) -> None:
    for found in (declared_encoding(page.encode()), late_encoding(page.encode())):
        assert found is None or found in LABELS.values()
