"""Is a body that is labelled a page one at all? Old servers label JSON, feeds and pictures text/html.

Conservative: what is not plainly something else is a page. A page without any markup is one, too.
"""

import re

from filterproxy.rewrite.charset import Charset

_MAGIC = (
    b"\x89PNG\r\n",
    b"GIF87a",
    b"GIF89a",
    b"\xff\xd8\xff",  # JPEG
    b"RIFF",  # WebP
    b"%PDF-",
    b"\x1f\x8b\x08",  # gzip, sent without saying so
    b"\x28\xb5\x2f\xfd",  # zstd
    b"PK\x03\x04",
    b"wOFF",
    b"wOF2",
    b"\0asm",
)
_SPACE = " \t\r\n\f\ufeff"
_START = 512  # bytes looked at, at either end
_JSON_START = re.compile(
    r"(?:\)\]\}'[,\s]*|(?:while|for) ?\([^)]{0,8}\);\s*)?[\[{]"
)  # after a guard against inclusion
_CALL_START = re.compile(r"(?:/\*\*/\s*)?[\w$.]{1,128}\s*\(\s*[\[{\"]")  # JSONP
_FEED_START = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*|<\?[^>]*\?>\s*)*<(?:rss|feed|rdf:RDF)[\s>]")


def looks_like_markup(body: bytes, charset: Charset) -> bool:
    """Whether a body may be treated as a page.

    Returns:
        False for pictures, PDFs, archives and fonts by their first bytes; for what starts *and* ends
        as JSON or a JSONP call; for RSS, Atom and RDF feeds. True for all else.
    """
    if body.startswith(_MAGIC):
        return False
    start = charset.decode(body[:_START]).lstrip(_SPACE)
    if start.startswith("<"):
        return _FEED_START.match(start) is None
    end = charset.decode(body[max(len(body) - _START & ~1, 0) :]).rstrip(_SPACE)  # on a whole unit of UTF-16
    if _JSON_START.match(start):
        return not end.endswith(("]", "}"))
    if _CALL_START.match(start):
        return not end.endswith((")", ");"))
    return True
