"""Text of the WHATWG Encoding Standard's encodings, with Python's codecs where these agree with it.

Every single-byte table was compared with Chromium's `TextDecoder`, byte by byte, and agrees. Of the
two-byte encodings these differ, in text alone (bytes that are not cut never pass through here):

- gb18030, GBK: 20 rare signs of the 2022 edition come out as the private-use characters of the 2000 one.
- Big5: 192 HKSCS-2004 characters that Python lacks come out as U+FFFD; 15 symbols as their variants.
- EUC-JP: 6 signs come out as their variants (〜 for ～).
- Shift_JIS: the bytes 0xA0 and 0xFD to 0xFF come out as private-use characters, not as U+FFFD.
- After a broken sequence U+FFFD may stand twice where a browser has it once.
"""

import codecs
from functools import cache

_PYTHON = {
    "gbk": "gb18030",  # the standard decodes both alike
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "iso-2022-jp": "iso2022_jp_ext",  # the one that knows half-width katakana
    "iso-8859-8-i": "iso8859-8",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-874": "cp874",
    "ibm866": "cp866",
}
_MULTI_BYTE = frozenset({"gb18030", "big5hkscs", "euc-jp", "cp932", "cp949", "iso2022_jp_ext"})
_UNICODE = frozenset({"utf-8", "utf-16le", "utf-16be"})
_BEYOND_PYTHON = {"koi8-u": {0xAE: "ў", 0xBE: "Ў"}, "windows-1255": {0xCA: "\u05ba"}}
_JIS_LOW, _JIS_HIGH = 0xA1, 0xFE  # both bytes of a JIS X 0208 pair in EUC
_MENDED = 200  # broken sequences of a page looked at one by one; each costs a copy of what follows
_MENDED_BYTES = 100_000_000  # so many bytes copied at most: some 20 ms


def python_codec(name: str) -> str:
    """The Python codec that comes closest to the encoding of this lower-case WHATWG name."""
    return _PYTHON.get(name, name)


def decode_text(body: bytes, name: str) -> str:
    """Decode as the standard's decoder does, BOM and all left in; broken sequences become U+FFFD."""
    codec = python_codec(name)
    if codec in _UNICODE:
        return body.decode(codec, "replace")
    if codec not in _MULTI_BYTE:
        return codecs.charmap_decode(body, "replace", _single_byte_table(name))[0]
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return _mend(body, codec)


def encode_text(text: str, name: str) -> bytes:
    """The inverse: what the encoding can't hold becomes a numeric character reference."""
    codec = python_codec(name)
    if codec in _UNICODE or codec in _MULTI_BYTE:
        return text.encode(codec, "xmlcharrefreplace")
    table = codecs.charmap_build(_single_byte_table(name))
    return codecs.charmap_encode(text, "xmlcharrefreplace", table)[0]


@cache
def _single_byte_table(name: str) -> str:
    """The 256 characters of a single-byte encoding; U+FFFE where it has none.

    Where a vendor's table has a gap below 0xA0 the standard puts the C1 control of that number.
    """
    codec = python_codec(name)
    characters = []
    for byte in range(256):
        try:
            character = bytes([byte]).decode(codec)
        except UnicodeDecodeError:
            character = chr(byte) if byte < 0xA0 else "\ufffe"  # noqa: PLR2004 - the first byte after C1
        characters.append(_BEYOND_PYTHON.get(name, {}).get(byte, character))
    return "".join(characters)


def _mend(body: bytes, codec: str) -> str:
    """Decode sequence by sequence around what Python's codec refuses and the standard knows."""
    parts = []
    at = 0
    for _ in range(min(_MENDED, _MENDED_BYTES // len(body))):
        try:
            parts.append(body[at:].decode(codec))
        except UnicodeDecodeError as error:
            start = at + error.start
            parts.append(body[at:start].decode(codec))
            text, length = _recover(body[start : start + 2], codec)
            parts.append(text)
            at = start + length
        else:
            return "".join(parts)
    return "".join(parts) + body[at:].decode(codec, "replace")


def _recover(pair: bytes, codec: str) -> tuple[str, int]:
    """The text of a sequence Python's codec refuses, and how many bytes it takes."""
    if codec == "gb18030" and pair[0] == 0x80:  # noqa: PLR2004 - the standard's euro sign
        return "€", 1
    if codec == "euc-jp" and len(pair) > 1 and min(pair) >= _JIS_LOW and max(pair) <= _JIS_HIGH:
        return _jis_as_vendor_has_it(pair), 2
    return "\ufffd", 1


def _jis_as_vendor_has_it(pair: bytes) -> str:
    """A pair of a vendor's row of JIS X 0208 (① and the like), which Python has under Shift_JIS alone."""
    row, cell = pair[0] - _JIS_LOW, pair[1] - _JIS_LOW
    lead = row // 2 + (0x81 if row < 62 else 0xC1)  # noqa: PLR2004 - Shift_JIS leaves out 0xA0 to 0xDF
    trail = cell + (0x9F if row % 2 else 0x40 + (cell > 62))  # noqa: PLR2004 - and 0x7F
    return bytes([lead, trail]).decode("cp932", "replace")
