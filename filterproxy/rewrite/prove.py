"""Proof that a cut page is read as the edited tree, and the search for the tag that makes it so."""

import os.path

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.splice import Plan, splice

_TRIES = 40  # parses: a page that needs more is written out instead


def read(body: bytes, charset: Charset) -> str:
    """The tree a browser's parser makes of these bytes, serialised."""
    parser = LexborHTMLParser(charset.decode(body), scripting=True, options=LexborDocumentOptions.WO_EVENTS)
    return parser.html or ""


def prove(body: bytes, plan: Plan, charset: Charset, wanted: str) -> bytes | None:
    """The page's bytes with the edits made, where they are read as `wanted`; None where they never are.

    An element that is cut may have closed or opened another by implication. Where the result differs, the
    implied tags are tried in the place of the cuts, in document order: one stays that lets the two trees
    agree for longer.
    """
    new = splice(body, plan)
    got = read(new, charset)
    if got == wanted:
        return new
    agreed, tries = _agreement(got, wanted), 0
    for index, edit in enumerate(plan.edits):
        for mend in edit.mends:
            if tries >= _TRIES:
                return None
            tries += 1
            other = plan.mended(index, mend)
            new = splice(body, other)
            got = read(new, charset)
            if got == wanted:
                return new
            longer = _agreement(got, wanted)
            if longer > agreed:
                plan, agreed = other, longer
                break
    return None


def _agreement(one: str, other: str) -> int:
    return len(os.path.commonprefix([one, other]))  # noqa: RUF071 - of characters is what is wanted
