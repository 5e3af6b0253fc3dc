"""A list's filters of requests: what the engine reads, what it doesn't and why, and excepted pages."""

import re
from collections.abc import Iterable

import adblock

from filterproxy.classify.hostname import normalise
from filterproxy.lists.reasons import NotUsableError, Unused
from filterproxy.ruleset.network_filters import split_options

GENERIC = 1
SPECIFIC = 2
"""Of a page: filters for every site are off; those that name a site are."""

_HIDING = {
    **dict.fromkeys(("generichide", "ghide"), GENERIC),
    **dict.fromkeys(("specifichide", "shide"), SPECIFIC),
    **dict.fromkeys(("elemhide", "ehide", "document", "doc"), GENERIC | SPECIFIC),
}
_PAGES = re.compile(r"@@\|\|([^/^*:?|]+)(?:\^|(/[^*^|]*))?[|*]?")
_REFUSED = {
    **dict.fromkeys(("removeparam", "queryprune", "urlskip", "uritransform"), Unused.REMOVEPARAM),
    **dict.fromkeys(("redirect-rule", "rewrite", "empty", "mp4"), Unused.REDIRECT),
    **dict.fromkeys(("csp", "permissions"), Unused.CSP),
    **dict.fromkeys(("replace", "jsonprune", "hls", "xmlprune"), Unused.REPLACE),
    **dict.fromkeys(("header", "removeheader", "cookie", "referrerpolicy"), Unused.HEADER),
    **dict.fromkeys(("popup", "popunder"), Unused.POPUP),
}
_BY_OPTION = re.compile(r"\$(?:.*,)?~?(" + "|".join(_REFUSED) + r")(?:=|,|$)")


def refused(text: str) -> Unused | None:
    """Why a filter must not come before the engine: it would do more than block or let through."""
    found = _BY_OPTION.search(text)
    return None if found is None else _REFUSED[found[1]]


def excepted_pages(text: str) -> tuple[str, str, int] | None:
    """Of `@@||host/path$generichide` and its like: host, start of the path, what is off there.

    Raises:
        NotUsableError: it names its pages by more than that.
    """
    if not text.startswith("@@"):
        return None
    pattern, options, _ = split_options(text)
    off = 0
    for option in options:
        off |= _HIDING.get(option, 0)
    if not off:
        return None
    found = _PAGES.fullmatch(pattern)
    host = None if found is None else normalise(found[1])
    if found is None or host is None or any(option.startswith("domain=") for option in options):
        raise NotUsableError(Unused.PAGE_EXCEPTION)
    return host, found[2] or "/", off


def unread(engine: adblock.Engine, texts: Iterable[str]) -> dict[str, Unused]:
    """The filters among these that the engine does not have, with the reason."""
    known = engine.filter_exists
    return {text: _why_unread(text) for text in texts if not known(text)}


def _why_unread(text: str) -> Unused:
    _, options, _ = split_options(text)
    return Unused.OPTION if options else Unused.UNREAD
