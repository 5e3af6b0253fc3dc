"""Where what goes of a script's text stands in the page's bytes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from filterproxy.rewrite.changes import Change, raw_text
from filterproxy.rewrite.offsets import Unplaced
from filterproxy.rewrite.positions import Element, Positions

_LINE_END = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class ScriptCut:
    """The byte ranges that go, in order, and why their result wants proof, if it does."""

    pieces: tuple[tuple[int, int], ...]
    doubts: tuple[str, ...] = ()


def script_pieces(change: Change, element: Element, positions: Positions) -> ScriptCut:
    """The byte ranges of a prune's cuts.

    A cut begins and ends outside all strings of the JSON, so that no `</script` can come of it. Only where
    the text holds `<!--`, which lets a `<script` in it count (WHATWG HTML, 13.2.5.20 and following), what
    ends the script could change: then the result is to be proven.

    Raises:
        Unplaced: where the script's bytes are not read as its text.
    """
    location = element.source_location
    if location is None or location.end_tag is None:
        raise Unplaced("the script's end is not where it seems")
    start, end = positions.at(location.start_tag.end_offset), positions.at(location.end_tag.start_offset)
    written = positions.between(start, end)
    text = positions.as_text(written)
    if _LINE_END.sub("\n", text) != raw_text(change.node) or positions.as_bytes(text) != written:
        raise Unplaced("the script's bytes are not read as its text")
    bounds = [bound for cut in change.cuts for bound in (cut.start, cut.end)]
    places = list(_bytes_before(text, list(_in_source(text, bounds)), positions))
    pieces = tuple((start + a, start + b) for a, b in zip(places[::2], places[1::2], strict=True))
    return ScriptCut(pieces, ("its script holds a comment's start",) if "<!--" in text else ())


def _in_source(text: str, offsets: Sequence[int]) -> Iterator[int]:
    """Offsets in a text whose line ends are one character each, as offsets in the text as written."""
    pairs = [found.start() for found in re.finditer("\r\n", text)]
    passed = 0
    for offset in offsets:
        while passed < len(pairs) and pairs[passed] - passed < offset:
            passed += 1
        yield offset + passed


def _bytes_before(text: str, offsets: Sequence[int], positions: Positions) -> Iterator[int]:
    """How many bytes stand before each offset; these ascend."""
    done = count = 0
    for offset in offsets:
        count += len(positions.as_bytes(text[done:offset]))
        done = offset
        yield count
