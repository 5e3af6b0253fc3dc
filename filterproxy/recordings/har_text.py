"""A HAR keeps text, a page is bytes: which bytes a text was decoded from."""

import re

from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.text_codecs import encode_text, python_codec

_BOM = "\ufeff"
_LOST = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")
_UTF_8 = "utf-8"


def to_bytes(text: str, content_type: str, size: int = -1) -> tuple[bytes, str]:
    """The bytes a text was made of, and what there is to say of them.

    The encoding is the header's, or else what the text itself declares, as browsers read it. Where `size`
    fits UTF-8 and not that, then it is UTF-8, whatever is declared.
    Lone surrogates U+DC80 to U+DCFF are bytes that were no text (as mitmproxy keeps them, PEP 383).

    Args:
        text: the body as the HAR has it.
        content_type: the Content-Type header's value; empty where there was none.
        size: how many bytes there were; less than 1: not known.
    """
    plain, lost = _encoded(text, _UTF_8)
    name = _charset(plain, content_type)
    body = plain
    if name != _UTF_8:
        body, lost = _encoded(text, name)
        if size == len(plain) != len(body):
            name, body, lost = _UTF_8, plain, 0
    elif size == len(plain) + len(_BOM.encode()) and not text.startswith(_BOM):
        body = _BOM.encode() + plain  # mitmproxy drops it
    said = [] if name == _UTF_8 else [f"re-encoded in {name}"]
    if lost:
        said.append(f"characters that {name} lacks: {lost}")
    if broken := text.count(_LOST):
        said.append(f"characters lost when it was saved (U+FFFD): {broken}")
    return body, "; ".join(said)


def _charset(plain: bytes, content_type: str) -> str:
    """What the header or the text says; where neither does, UTF-8: of bytes that are gone nothing is guessed.

    Markup is ASCII in all that can be declared there, so it is found in the text as in the bytes.
    """
    charset = sniff(plain, content_type or None).charset
    return _UTF_8 if charset is None or charset.origin == "guess" else charset.name.lower()


def _encoded(text: str, name: str) -> tuple[bytes, int]:
    """A text's bytes in an encoding, and how many of its characters this lacks."""
    try:
        return text.encode(python_codec(name), "surrogateescape"), 0
    except (UnicodeEncodeError, LookupError):
        clean = _SURROGATE.sub("?", text)
        lacking = (character for character in set(clean) if encode_text(character, name).startswith(b"&#"))
        lost = sum(map(clean.count, lacking)) + len(_SURROGATE.findall(text))
        return encode_text(clean, name), lost
