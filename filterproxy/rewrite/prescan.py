"""What a page's own bytes declare about its encoding (HTML standard, sections 13.2.3.2 and 13.2.3.4).

Read as browsers read it, mistakes included: what a comment, a bogus comment or another tag's attribute
holds is no declaration. The prescan looks at 1,024 bytes. Where these say nothing, browsers still
obey a meta that their parser meets later in the head ("change the encoding"): 60 of 673 real pages
have theirs there. How far is looked has a bound, so the cost has one whatever the page.
"""

import re

from webencodings import LABELS

WINDOW = 1024
_LATE_WINDOW = 32 << 10  # the latest of the real pages' metas, but for those in a script, stands at 13,089
_RAW_TEXT = {b"script", b"style", b"title", b"textarea", b"noscript", b"xmp", b"iframe", b"noembed"}

_SPACE = rb"\t\n\f\r "
_TAG = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<meta>meta)(?=[%b/])|/?[a-z]|(?P<bogus>[!/?]))" % _SPACE, re.IGNORECASE
)
_TAG_NAME_END = re.compile(rb"[%b>]" % _SPACE)
_ATTRIBUTE = re.compile(
    rb"""[S/]*(?:
        (?P<end>>)
        | (?P<name>[^S/>][^S/>=]*)
          (?:[S]*=[S]*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<open>["'])|(?P<bare>[^S>]+)|(?=>)))?
    )""".replace(b"S", _SPACE.replace(b" ", rb"\x20")),
    re.VERBOSE,
)
_META_CHARSET = re.compile(
    rb"""charset[S]*=[S]*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|["']|(?P<bare>[^S;]*))""".replace(
        b"S", _SPACE
    ),
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"charset", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"encoding[\x00-\x20]*=[\x00-\x20]*([\"'])([^\x00-\x20]*?)\1")
_UTF_16_XML = {b"<\0?\0x\0": "utf-16le", b"\0<\0?\0x": "utf-16be"}


class _EndOfWindowError(Exception):
    """The standard's "runs out of bytes": whatever was half read counts for nothing."""


def encoding_of(label: str | bytes) -> str | None:
    """The lower-case name of the WHATWG encoding with this label ("get an encoding"), or None."""
    if isinstance(label, bytes):
        label = label.decode("latin-1")
    label = label.strip("\t\n\f\r ")
    return LABELS.get(label.lower()) if label.isascii() else None


def declared_encoding(body: bytes) -> str | None:
    """What a page says about its encoding in its first 1,024 bytes.

    Returns:
        The lower-case name of a WHATWG encoding, never UTF-16 from a meta (it means UTF-8 there) and
        never x-user-defined (windows-1252); None where nothing is declared, or nothing known.
    """
    window = body[:WINDOW]
    if window[:6] in _UTF_16_XML:
        return _UTF_16_XML[window[:6]]
    return _from_meta(window) or xml_encoding(window)


def late_encoding(body: bytes) -> str | None:
    """What a meta in the head declares beyond the first 1,024 bytes, as `declared_encoding`."""
    window = body[:_LATE_WINDOW]
    return _from_meta(window, in_parser=True) if _CHARSET.search(window) else None


def xml_encoding(window: bytes) -> str | None:
    """The encoding of an XML declaration at the very start ("get an XML encoding"), or None."""
    if not window.startswith(b"<?xml"):
        return None
    match = _XML_ENCODING.search(window, 5, max(window.find(b">"), 5))
    return _as_read(encoding_of(match[2])) if match else None


def _from_meta(window: bytes, *, in_parser: bool = False) -> str | None:
    """The first meta's encoding; `in_parser`: as the parser meets it, in the head and in no raw text."""
    at = 0
    try:
        while tag := _TAG.search(window, at):
            if tag["comment"]:
                at = _past(window, b"-->", tag.start() + 2)
            elif tag["meta"]:
                pairs, at = _attributes(window, tag.end())
                if found := _meta_encoding(pairs):
                    return found
            elif tag["bogus"]:
                at = _past(window, b">", tag.start() + 1)
            else:
                name, at = _other_tag(window, tag.start() + 1)
                if in_parser and name in _RAW_TEXT:
                    at = _past(window.lower(), b"</" + name, at)
                elif in_parser and name == b"body":
                    break
    except _EndOfWindowError:
        pass
    return None


def _other_tag(window: bytes, at: int) -> tuple[bytes, int]:
    """The name, with its slash, of a tag that is no meta; and the position after the tag."""
    end = _TAG_NAME_END.search(window, at)
    if end is None:
        raise _EndOfWindowError
    return window[at : end.start()].lower(), _attributes(window, end.start())[1]


def _past(window: bytes, needle: bytes, start: int) -> int:
    found = window.find(needle, start)
    if found < 0:
        raise _EndOfWindowError
    return found + len(needle)


def _attributes(window: bytes, at: int) -> tuple[dict[bytes, bytes], int]:
    """A tag's attributes, the first of each name, lower case; and the position after the tag."""
    pairs: dict[bytes, bytes] = {}
    while match := _ATTRIBUTE.match(window, at):
        at = match.end()
        if match["end"]:
            return pairs, at
        if match["open"] or at == len(window):
            break
        value = match["double"] or match["single"] or match["bare"] or b""
        pairs.setdefault(match["name"].lower(), value.lower())
    raise _EndOfWindowError


def _meta_encoding(pairs: dict[bytes, bytes]) -> str | None:
    """The encoding a meta's attributes declare, or None."""
    if b"charset" in pairs:
        return _as_read(encoding_of(pairs[b"charset"]))
    if pairs.get(b"http-equiv") == b"content-type":
        match = _META_CHARSET.search(pairs.get(b"content", b""))
        return (
            _as_read(encoding_of(match["double"] or match["single"] or match["bare"] or b""))
            if match
            else None
        )
    return None


def _as_read(name: str | None) -> str | None:
    """A page whose declaration could be read as ASCII is in no UTF-16, whatever it says."""
    return {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}.get(name or "", name)
