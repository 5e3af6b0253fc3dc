"""A part of a page that a script fetched to put it in ("load more"): filtered in the context it is made for.

It is parsed as the inside of a body or, where it starts with a row or a cell, of a table (what `innerHTML`
does: WHATWG HTML, 13.4), so that nothing is implied around it and `<tr>`s alone are rows. The paths of its
account begin with that frame.
"""

import re
from dataclasses import replace

from filterproxy.errors import SkipReason
from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.page import rewrite
from filterproxy.rewrite.result import Page
from filterproxy.rewrite.trace import Tracer
from filterproxy.ruleset.model import Selection
from filterproxy.settings import Guard

_START = 4096  # bytes in which its first tag is looked for
_FIRST = re.compile(r"\s*(?:<!--.*?-->\s*)*<(!doctype|[a-z][a-z0-9-]*)", re.IGNORECASE | re.DOTALL)
_WHOLE = frozenset({"!doctype", "html", "head", "body", "frameset"})
_TABLE = {
    **dict.fromkeys(("tbody", "thead", "tfoot", "caption", "colgroup"), ("table",)),
    "tr": ("table", "tbody"),
    **dict.fromkeys(("td", "th"), ("table", "tbody", "tr")),
    "col": ("table", "colgroup"),
}
"""Of a first tag that means nothing in a body, what has to stand around it."""


def rewrite_fragment(  # noqa: PLR0913 - as `rewrite`
    body: bytes,
    charset: Charset,
    selection: Selection,
    guard: Guard,
    *,
    url: str = "",
    inline_style: bool = True,
    tracer: Tracer | None = None,
) -> Page:
    """Apply the selected rules to one fragment; the arguments are those of `page.rewrite`.

    Returns:
        As `page.rewrite`. What turns out to be a whole page is treated as one. NOT_WRITABLE where what would
        be taken reaches into the frame around it.
    """
    first = _FIRST.match(charset.decode(body[:_START]))
    tag = first[1].lower() if first is not None else ""
    if tag in _WHOLE:
        return rewrite(body, charset, selection, guard, url=url, inline_style=inline_style, tracer=tracer)
    frame = ("body", *_TABLE.get(tag, ()))
    opening = charset.encode("<!doctype html>" + "".join(f"<{name}>" for name in frame))
    whole = opening + body.removeprefix(charset.bom)
    page = rewrite(whole, charset, selection, guard, url=url, inline_style=inline_style, tracer=tracer)
    if page.body is whole:
        return replace(page, body=body)
    inner = page.body.removeprefix(opening) if page.exact else _inside(page.body, charset, frame)
    if inner is None or inner is page.body:
        what = page.detail or "more would go than what was fetched"
        return replace(page, body=body, removals=(), skipped=SkipReason.NOT_WRITABLE, detail=what, exact=True)
    return replace(page, body=charset.bom + inner)


def _inside(written: bytes, charset: Charset, frame: tuple[str, ...]) -> bytes | None:
    """What stands inside the frame of a fragment that was written out."""
    names = ("html", *frame)
    plain = replace(charset, bom=b"")
    opening = charset.encode("<!doctype html><html><head></head>" + "".join(f"<{name}>" for name in frame))
    closing = plain.encode("".join(f"</{name}>" for name in reversed(names)))
    if not written.startswith(opening) or not written.endswith(closing):
        return None
    return written[len(opening) : len(written) - len(closing)]
