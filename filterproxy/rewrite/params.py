"""Query parameters taken out of URLs, and links that lead on made to lead there at once. Text in, text out.

Only the named pairs and a separator each go; nothing is parsed and written anew, so every other character
stays, percent-encoded or not. What is a pair is as application/x-www-form-urlencoded has it (WHATWG URL,
5.1): `&` alone separates.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes, urlsplit

_SCHEME = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
_WEB = frozenset({"http", "https", "ws", "wss"})
_INSIDE = str.maketrans("", "", "\t\n\r")  # what a URL parser takes out wherever it stands (WHATWG URL, 4.4)
_AROUND = "".join(map(chr, range(0x21)))
_MOST_HOPS = 8  # of one link; who leads on further is not followed at all
_TARGET = re.compile(
    rb"https?://(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][!-~\x80-\xff]*)?"
)
_NOT_IN_URLS = re.compile(rb'["<>`\x80-\xff]')


@dataclass(frozen=True, slots=True)
class Pair:
    """A piece of a query: where it stands in the URL, and its name, decoded once. An empty piece has none."""

    start: int
    end: int
    name: str


def pairs_of(url: str) -> list[Pair]:
    """The pieces of a URL's query between its `&`s, in order. None where it is no address of the web's."""
    end = url.find("#")
    end = len(url) if end < 0 else end
    at = url.find("?", 0, end)
    scheme = _SCHEME.match(url.translate(_INSIDE))
    if at < 0 or (scheme is not None and scheme[1].lower() not in _WEB):
        return []
    found = []
    at += 1
    for piece in url[at:end].split("&"):
        found.append(Pair(at, at + len(piece), _name(piece)))
        at += len(piece) + 1
    return found


def _name(piece: str) -> str:
    return unquote(piece.partition("=")[0].translate(_INSIDE).replace("+", " "))


def is_named(name: str, names: Iterable[str]) -> bool:
    """Whether one of the names means this one; `*` at the end makes a prefix."""
    return any(name.startswith(w[:-1]) if w.endswith("*") else name == w for w in names)


def named_pairs(url: str, names: Collection[str]) -> list[int]:
    """Which of a URL's pairs the names mean, by number."""
    return [
        at for at, pair in enumerate(pairs_of(url)) if pair.end > pair.start and is_named(pair.name, names)
    ]


def query_cuts(url: str, taken: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """What to cut so that these pairs go, by number: from and up to, no cut in another.

    Each takes the `&` behind it, those that nothing follows the one before them. Where nothing would be
    left, all of the query goes, its `?` too, but for a URL that is a query alone: without one it would mean
    the page's own (RFC 3986, 5.2.2).
    """
    pairs, going = pairs_of(url), sorted(taken)
    if not going:
        return {}
    kept = [at for at in range(len(pairs)) if at not in taken]
    if all(pairs[at].start == pairs[at].end for at in kept):
        mark = pairs[0].start - bool(url[: pairs[0].start - 1].strip(_AROUND))
        edges = [mark, *(pairs[at].start for at in going[1:]), pairs[-1].end]
        return {at: (edges[step], edges[step + 1]) for step, at in enumerate(going)}
    return {
        at: (pairs[at].start, pairs[at + 1].start) if at < kept[-1] else (pairs[at].start - 1, pairs[at].end)
        for at in going
    }


def cut_out(text: str, cuts: Iterable[tuple[int, int]]) -> str:
    """The text without some ranges that don't overlap."""
    kept, done = [], 0
    for start, end in sorted(cuts):
        kept.append(text[done:start])
        done = end
    return "".join((*kept, text[done:]))


def strip_params(url: str, names: Collection[str]) -> str:
    """The URL without the parameters of these names; the very text where it has none.

    Args:
        url: absolute or relative, as it is written. One with a scheme of no web address is left alone.
        names: as they are once percent-decoded; a `*` at the end makes a prefix.

    Returns:
        The URL. Fragment, path, host and the other pairs are as they were, to the character.
    """
    taken = named_pairs(url, names)
    return cut_out(url, query_cuts(url, taken).values()) if taken else url


def redirect_target(url: str, redirects: Iterable[tuple[str, str]]) -> str | None:
    """Where a link leads in the end, by what its own parameters say. Never asks anybody.

    Args:
        url: absolute.
        redirects: host and path (a `*` at the end: anything may follow; subdomains are not covered), and the
            parameter that holds where to.

    Returns:
        An absolute http or https URL of printable ASCII, percent-decoded once from the parameter; None where
        the URL is no such link, where its target is none (`javascript:`, `//host`, with user information, a
        line end or a backslash, Base64), where links lead in a ring, and over eight in a row.
    """
    redirects = tuple(redirects)
    seen, at = {url}, url
    for _ in range(_MOST_HOPS):
        found = _next(at, redirects)
        if found is None:
            return at if at is not url else None
        if found in seen:
            return None
        seen.add(found)
        at = found
    return None


def _next(url: str, redirects: Iterable[tuple[str, str]]) -> str | None:
    plain = url.translate(_INSIDE).strip(_AROUND)
    try:
        parts = urlsplit(plain)
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.query:
        return None
    place = f"{host}{parts.path or '/'}"
    for where, param in redirects:
        if place.startswith(where[:-1]) if where.endswith("*") else place == where:
            for pair in pairs_of(plain):
                if is_named(pair.name, (param,)):
                    return _target(plain[pair.start : pair.end].partition("=")[2])
    return None


def _target(value: str) -> str | None:
    """The address that a parameter's value is, or None."""
    written = unquote_to_bytes(value)
    scheme, colon, rest = written.partition(b":")
    written = scheme.lower() + colon + rest
    if _TARGET.fullmatch(written) is None or b"\\" in written:
        return None
    return _NOT_IN_URLS.sub(lambda byte: b"%%%02X" % byte[0][0], written).decode("ascii")
