"""How deep a page nests, told from its bytes before anything parses it: lexbor is quadratic in depth."""

import re

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SHALLOW = frozenset(
    b"area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr "
    b"li p dt dd option optgroup tr td th tbody thead tfoot".split()
)
"""Elements that are void, or whose like closes them: they don't pile up by being left open."""

_PIECES = 64


def nests_deeper(body: bytes, limit: int) -> bool:
    """Whether more than `limit` elements may be open at once. Never says no where they are.

    Only opened tags beyond closed ones can pile up. Counted in 64 pieces first (a tenth of a millisecond a
    100 kB): most pages stay below the limit even when each start tag counts and no void element is left
    out. Else tag by tag; scripts and comments that hold tags count as markup, so a page whose scripts write
    hundreds of unclosed tags may be refused too: it passes unfiltered.
    """
    size = max(4096, len(body) // _PIECES + 1)
    depth = 0
    for start in range(0, len(body), size):
        piece = body[start : start + size + 1]  # a tag's `<` and `/` in two pieces count as an opening
        opened, closed = piece.count(b"<", 0, size), piece.count(b"</")
        if depth + opened - closed > limit:
            return _exactly(body, limit)
        depth = max(0, depth + opened - 2 * closed)
    return False


def _exactly(body: bytes, limit: int) -> bool:
    depth = 0
    for match in _TAG.finditer(body):
        if match[1]:
            depth = max(0, depth - 1)
        elif match[2].lower() not in _SHALLOW:
            depth += 1
            if depth > limit:
                return True
    return False
