"""How deep a page nests, told from its bytes before anything parses it: lexbor is quadratic in depth."""

import re

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SHALLOW = frozenset(
    b"area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr "
    b"li p dt dd option optgroup tr td th tbody thead tfoot".split()
)
"""Elements that are void, or whose like closes them: they don't pile up by being left open."""

_PIECES = 64
_FEW = 8192  # tags: nested all of them, lexbor takes a tenth of a second


def nests_deeper(body: bytes, limit: int) -> bool:
    """Whether so many elements may be open at once that parsing takes seconds.

    Says no of any page with fewer than 8,192 tags, however they nest; of others never where more than
    `limit` are open at once. Only opened tags beyond closed ones can pile up. Counted in 64 pieces first:
    most pages stay below the limit even when each start tag counts and no void element is left out. Else
    tag by tag; scripts and comments that hold tags count as markup, so a page whose scripts write hundreds
    of unclosed tags may be refused too: it passes unfiltered.
    """
    if body.count(b"<") < _FEW:
        return False
    size = max(4096, len(body) // _PIECES + 1)
    depth = 0
    for start in range(0, len(body), size):
        end = start + size
        # a tag whose `<` and `/` stand in two pieces counts as an opening: one too many, never too few
        opened, closed = body.count(b"<", start, end), body.count(b"</", start, end)
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
