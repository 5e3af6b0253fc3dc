"""One line of an Adblock list, taken apart: filter of requests, filter of elements, comment.

The syntax is that of Adblock Plus, uBlock Origin and AdGuard together: they differ in what stands between
a filter's sites and its selector.
"""

import re
from dataclasses import dataclass

from filterproxy.classify.hostname import normalise
from filterproxy.lists.reasons import NotUsableError, Unused

LONGEST = 65_536  # characters; the longest of 150,000 lines in use, all of it sites, has 6,000
_COSMETIC = re.compile(r'([^/|@"!]*?)(#@?(?:\$\??|\?|%)?#|\$@?\$(?=[a-z]))(.+)')
_MODIFIED = re.compile(r"\[\$[^\]]*\]")
_ENTITY = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.\*")
_HEADER = re.compile(r"\[(?:Adblock|uBlock|AdGuard|ABP)[^\]]*\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sites:
    """Where a filter of elements holds: host names, `name.*` for any suffix. No `on`: everywhere else."""

    on: tuple[str, ...]
    off: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cosmetic:
    """A filter of elements. `mark`: what stands before its body less the `@`, such as `##` or `#?#`."""

    sites: str
    mark: str
    excepts: bool
    body: str


def is_comment(line: str) -> bool:
    """Whether a line is empty, a comment or a list's first line."""
    if not line or line[0] == "!":
        return True
    if line.startswith("[") and _HEADER.fullmatch(line):
        return True
    return line[0] == "#" and (len(line) == 1 or line[1] in " \t#") and _COSMETIC.fullmatch(line) is None


def cosmetic(line: str) -> Cosmetic | None:
    """The line as a filter of elements; None where it is about requests.

    Raises:
        NotUsableError: it begins with a modifier.
    """
    if _MODIFIED.match(line):
        raise NotUsableError(Unused.MODIFIER)
    found = _COSMETIC.fullmatch(line)
    if found is None:
        return None
    sites, mark, body = found[1], found[2], found[3].strip()
    return Cosmetic(sites.strip(), mark.replace("@", ""), "@" in mark, body)


def sites_of(text: str) -> Sites:
    """The sites of a filter: `a.com,~b.a.com`.

    Raises:
        NotUsableError: one of them is no host name.
    """
    on: list[str] = []
    off: list[str] = []
    for written in filter(None, (part.strip() for part in text.split(","))):
        name = written.removeprefix("~").lower()
        site = name if _ENTITY.fullmatch(name) else _host(name)
        (off if written.startswith("~") else on).append(site)
    return Sites(tuple(dict.fromkeys(on)), tuple(dict.fromkeys(off)))


def _host(name: str) -> str:
    host = None if name.startswith("/") or "*" in name else normalise(name)
    if host is None:
        raise NotUsableError(Unused.SITE, name)
    return host
