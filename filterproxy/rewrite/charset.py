"""A page's character encoding, found as browsers find it (HTML standard, section 13.2.3).

In this order: byte order mark, `charset` of the Content-Type header, what the page declares in its
first 1,024 bytes or else further down its head (`prescan`), and for pages that say nothing a guess
from the bytes. The guess is ours: browsers take their locale's encoding. What is declared wins even
where the bytes contradict it, as it does in browsers (but see `as_written`); only texts that rules
look for are read with it, bytes outside the cuts are never re-encoded.

Labels are those of the Encoding Standard. A header that names anything else (utf-7, unicode_escape,
any other Python codec) is a skip, and so are x-user-defined and the `replacement` encodings; in a meta
an unknown label counts for nothing, as the standard has it.
"""

import re
from dataclasses import dataclass

from filterproxy.errors import SkipReason
from filterproxy.rewrite.prescan import (
    WINDOW,
    declared_encoding,
    encoding_of,
    late_encoding,
    xml_encoding,
)
from filterproxy.rewrite.text_codecs import decode_text, encode_text, python_codec

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_NOT_TEXT = frozenset({"replacement", "x-user-defined"})
_NOT_ASCII_COMPATIBLE = frozenset({"utf-16le", "utf-16be", "iso-2022-jp"})
_TWO_BYTES = frozenset({"gbk", "gb18030", "big5", "euc-kr", "euc-jp", "shift_jis"})
_AS_WRITTEN = {"big5": "Big5", "shift_jis": "Shift_JIS"}
_HEADER_CHARSET = re.compile(r";\s*charset\s*=\s*(?:\"([^\"]*)\"?|'([^']*)'|([^\s;\"]*))", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]")
_HAN_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_HAN_SHARE = 0.9  # of the bytes above ASCII that stand in GB 2312 pairs; German in windows-1252: under 0.1
_XHTML = "application/xhtml+xml"


@dataclass(frozen=True, slots=True)
class Charset:
    """An encoding a page is read in.

    Attributes:
        name: as the Encoding Standard writes it: `UTF-8`, `GBK`, `windows-1252`.
        bom: the byte order mark that stood before the text.
        origin: `bom`, `header`, `declared` (in the page) or `guess`.
    """

    name: str
    bom: bytes = b""
    origin: str = "guess"

    @property
    def python(self) -> str:
        """The Python codec that comes closest; `decode` and `encode` differ from it (see text_codecs)."""
        return python_codec(self.name.lower())

    @property
    def ascii_compatible(self) -> bool:
        """Whether markup characters stand for themselves wherever their bytes occur.

        Then the page read as latin-1 has the same structure and character offsets are byte offsets
        (the BOM's bytes included). Not so in UTF-16 and ISO-2022-JP.
        """
        return self.name.lower() not in _NOT_ASCII_COMPATIBLE

    def decode(self, body: bytes) -> str:
        """The page's text without its BOM. Never raises: broken sequences become U+FFFD."""
        return decode_text(body.removeprefix(self.bom), self.name.lower())

    def encode(self, text: str) -> bytes:
        """A whole page's bytes, BOM put back; what the encoding can't hold as numeric references."""
        return self.bom + encode_text(text, self.name.lower())


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What `sniff` found: a charset, or why there is none. `detail` is the particulars in words."""

    charset: Charset | None
    skipped: SkipReason | None = None
    detail: str = ""


def sniff(body: bytes, content_type: str | None) -> Sniffed:
    """Determine the encoding of a page whose content codings are undone.

    Args:
        body: the page's bytes.
        content_type: the Content-Type header's value, or None.

    Returns:
        A charset, or UNKNOWN_CHARSET.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Sniffed(Charset(_written(name), bom, "bom"))
    label = header_label(content_type)
    if label:
        return _named(encoding_of(label), f"the header's charset {label!r}", "header")
    xhtml = (content_type or "").strip().lower().startswith(_XHTML)
    declared = _xhtml_encoding(body) if xhtml else declared_encoding(body) or late_encoding(body)
    if declared:
        return _named(declared, "the page's own charset", "declared")
    return Sniffed(Charset(_written(_guess(body))))


def header_label(content_type: str | None) -> str:
    """The first `charset` parameter of a Content-Type value, quotes off; "" where there is none."""
    match = _HEADER_CHARSET.search(content_type or "")
    return (match[1] or match[2] or match[3] or "").strip() if match else ""


def _xhtml_encoding(body: bytes) -> str:
    """An XML page obeys no meta, and is UTF-8 where it does not say otherwise (XML 1.0, 4.3.3)."""
    return xml_encoding(body[:WINDOW]) or "utf-8"


def as_written(body: bytes, charset: Charset) -> Charset:
    """The encoding a page is really in, where its own word for a two-byte one is plainly wrong.

    Many saved pages declare gb2312 and are UTF-8, and some sites' are. Browsers show them garbled; read so,
    a cut between two of their characters could make a third, and writing them out would spoil them. What
    a header says, and what the bytes don't refute, is left alone.
    """
    name = charset.name.lower()
    if charset.origin != "declared" or name not in _TWO_BYTES or body.isascii():
        return charset
    try:
        body.decode()
    except UnicodeDecodeError:
        return charset
    try:
        body.decode(python_codec(name))
    except UnicodeDecodeError:
        return Charset("UTF-8")
    return charset


def _named(name: str | None, whose: str, origin: str) -> Sniffed:
    if name is None or name in _NOT_TEXT:
        return Sniffed(None, SkipReason.UNKNOWN_CHARSET, whose if name is None else f"{whose}: {name}")
    return Sniffed(Charset(_written(name), b"", origin))


def _guess(body: bytes) -> str:
    """UTF-8 if it is that; GB18030 if it is and most of it looks like Chinese; else windows-1252."""
    try:
        body.decode()
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    try:
        body.decode("gb18030")
    except UnicodeDecodeError:
        return "windows-1252"
    pairs = len(_HAN_PAIR.findall(body))
    return "gb18030" if 2 * pairs >= _HAN_SHARE * len(_HIGH.findall(body)) else "windows-1252"


def _written(name: str) -> str:
    """A lower-case encoding name as the standard writes it."""
    if name.startswith(("windows-", "mac", "x-", "gb18030")):
        return name
    return _AS_WRITTEN.get(name, name.upper())
