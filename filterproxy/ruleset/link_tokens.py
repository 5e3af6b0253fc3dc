"""Which texts must stand in a page before a strip-params rule can have something to do in it."""

from collections.abc import Iterable
from urllib.parse import quote

import idna

from filterproxy.ruleset.model import Tokens
from filterproxy.ruleset.selector_tokens import TEMPLATES, VALUE_RUN, plain_run

LINKS = ("a[href]", "area[href]")
"""What counts as a link: nothing else of a page is followed by a reader's click."""

_SHORTEST = 3  # characters; a shorter name stands in every page
_SEPARATORS = ("?", "&", ";")  # what stands before a name: in a page `&` is `&amp;`, too


def link_tokens(names: Iterable[str], redirects: Iterable[tuple[str, str]] = ()) -> Tokens:
    """One group: of the parameters, and of each redirect its path or host, one has to stand in the page.

    Not allowed for: names that a page percent-encodes without need (`%75tm_source`), and links that lead on
    from where they stand, naming neither host nor path.
    """
    group: set[str] = set()
    for name in names:
        group |= _of_name(name)
    for where, param in redirects:
        host, _, path = where.partition("/")
        run = plain_run(path, _SHORTEST, VALUE_RUN)
        if run:
            group |= {run, host, _unicode(host)}
        else:  # where any path will do, links on the host itself need name neither
            group |= {f"{param}=", *(f"{param}=".translate(written) for written in TEMPLATES)}
    return (frozenset(group),) if all(len(token) > 1 for token in group) else ()


def _of_name(name: str) -> set[str]:
    """A parameter's name as it stands in pages: as it is, or percent-encoded where it has to be."""
    name = name.removesuffix("*").lower()
    if not name.isascii():
        return {name, quote(name).lower()}
    if run := plain_run(name, _SHORTEST, VALUE_RUN):
        return {run}
    return {f"{before}{name}" for before in _SEPARATORS}


def _unicode(host: str) -> str:
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host
