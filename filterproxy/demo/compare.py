"""Checks a filtered page against the page the server sent, from the outside: bytes against bytes.

Nothing here asks the engine how it cut. What it *says* it cut (paths and sizes) is put to the test.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from filterproxy.rewrite.result import Removal

Cut = tuple[int, int]
"""Where a cut stood in the original, and its size, in bytes."""

LOADING = ("script[src]", "iframe[src]", "img[src]", "link[rel=stylesheet][href]")
UNSEEN = "script, style, noscript, template, title"


def find_cuts(before: bytes, after: bytes, sizes: Iterable[int]) -> tuple[Cut, ...] | None:
    """Where spans of these sizes, in this order, must be cut out of `before` to leave `after`.

    Equal bytes are walked over; at the first that differ the next span must lie. A span that ends as
    what stands before it ends could be placed earlier too: what is left is the same.

    Returns:
        The cuts, or None where no such cuts make `after` of `before`.
    """
    cuts: list[Cut] = []
    left = list(sizes)
    taken = 0  # bytes cut so far: after[at] stands at before[at + taken]
    at = 0
    while left:
        at = _first_difference(before, after, at, taken)
        if at + taken == len(before):
            return None  # more was told than went
        size = left.pop(0)
        cuts.append((at + taken, size))
        taken += size
    return tuple(cuts) if after[at:] == before[at + taken :] else None


def _first_difference(before: bytes, after: bytes, at: int, shift: int) -> int:
    step = 4096
    while after[at : at + step] == before[at + shift : at + shift + step] and at < len(after):
        at += step
    at = min(at, len(after))
    while at < len(after) and at + shift < len(before) and after[at] == before[at + shift]:
        at += 1
    return at


def in_document_order(removals: Iterable[Removal], text: str) -> list[Removal]:
    """The removals as their elements stand in the page, found by their paths.

    Raises:
        LookupError: a path that selects no element, or more than one.
    """
    page = parse(text)
    places = {node.mem_id: place for place, node in enumerate(page.css("*"))}

    def place(removal: Removal) -> int:
        found = {node.mem_id for node in page.css(removal.path)}
        if len(found) != 1:
            raise LookupError(removal.path)
        return places[found.pop()]

    return sorted(removals, key=place)


def parse(text: str) -> LexborHTMLParser:
    """The page as a browser with scripting reads it; a byte order mark is no text."""
    return LexborHTMLParser(text.removeprefix("\ufeff"), scripting=True)


def seen_text(text: str, selector: str = "html") -> str:
    """The text a reader can see below the elements of a selector, runs of white space as one space."""
    page = parse(text)
    for node in page.css(UNSEEN):
        node.decompose()
    return " ".join("".join(node.text() for node in page.css(selector)).split())


def other_hosts(text: str, own: str) -> frozenset[str]:
    """Hosts but the page's own that its markup makes a browser ask for scripts, frames and pictures."""
    hosts: set[str] = set()
    page = parse(text)
    for selector in LOADING:
        for node in page.css(selector):
            host = urlsplit(node.attributes.get("src") or node.attributes.get("href") or "").hostname
            if host and host != own:
                hosts.add(host)
    return frozenset(hosts)


def missing(texts: Sequence[str], page: str) -> tuple[str, ...]:
    """Those of the texts that do not stand in the page's text."""
    return tuple(text for text in texts if text not in page)
