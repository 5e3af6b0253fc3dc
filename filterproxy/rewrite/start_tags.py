"""Edits inside a start tag's bytes: hides and strips. Nothing else of it changes."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import turbohtml

from filterproxy.rewrite.changes import HIDDEN_STYLE, NAME, Change, Link, without_classes
from filterproxy.rewrite.offsets import Unplaced
from filterproxy.rewrite.params import cut_out, query_cuts
from filterproxy.rewrite.positions import Element, Positions
from filterproxy.rewrite.references import as_attribute, spelled
from filterproxy.ruleset.model import Action

Piece = tuple[int, int, bytes]
"""Bytes from, up to, and what stands there instead."""

Spans = dict[str, tuple[int, int]]

_SPACE = " \t\n\f\r"
_VALUE = re.compile(r"""=\s*(?P<quote>["']?)""")
_TAG = re.compile(r"<[^ \t\n\f\r/>]+")


def start_tag_pieces(change: Change, element: Element, positions: Positions) -> list[Piece]:
    """The byte ranges to replace so that the element's start tag carries the change out.

    Raises:
        Unplaced: where the tag's attributes are not where they seem, or the new tag would not be read
            as the change wants it.
    """
    location = element.source_location
    if location is None:
        raise Unplaced(f"<{element.tag}> has no start tag of its own")
    begin, end = location.start_tag.start_offset, location.start_tag.end_offset
    spans = {name: (span.start_offset, span.end_offset) for name, span in location.attrs.items()}
    change = replace(change, names=tuple(map(positions.as_source, change.names)))
    tag = positions.text(begin, end)
    pieces = list(_pieces(change, tag, begin, spans))
    _prove(change, element, tag, begin, pieces)
    return [(positions.at(start), positions.at(stop), positions.encode(new)) for start, stop, new in pieces]


def _pieces(change: Change, tag: str, begin: int, spans: Spans) -> Iterator[tuple[int, int, str]]:
    if change.link is not None:
        yield from _of_link(change.link, tag, begin, spans)
    elif change.action is Action.STRIP_ATTRIBUTES:
        for name in change.names:
            start, stop = spans[name] if name in spans else _missing(name)
            while tag[start - 1 - begin] in _SPACE:
                start -= 1
            yield start, stop, ""
    elif change.action is Action.STRIP_CLASSES:
        start, stop = spans.get("class") or _missing("class")
        written = tag[start - begin : stop - begin]
        value = _VALUE.search(written)
        if value is None:
            return
        first, last = value.end(), len(written) - len(value["quote"])
        for found in NAME.finditer(written, first, last):
            if html.unescape(found[1]) in change.names:
                yield start + found.start(), start + found.end(), ""
    else:
        yield from _hide(change, tag, begin, spans)


def _of_link(link: Link, tag: str, begin: int, spans: Spans) -> Iterator[tuple[int, int, str]]:
    """The pieces of an address that go, references in it and all; or another in its place."""
    start, stop = spans.get("href") or _missing("href")
    written = tag[start - begin : stop - begin]
    value = _VALUE.search(written)
    if value is None:
        return
    first, last = value.end(), len(written) - len(value["quote"])
    if link.target is not None:
        yield start + first, start + last, as_attribute(link.target)
        return
    address = spelled(written[first:last])
    for begins, ends in _own_cuts(link, address.text):
        yield start + first + address.starts[begins], start + first + address.starts[ends], ""


def _own_cuts(link: Link, address: str) -> list[tuple[int, int]]:
    cuts = query_cuts(address, link.taken)
    return [cuts[number] for number in link.own]


def _hide(change: Change, tag: str, begin: int, spans: Spans) -> Iterator[tuple[int, int, str]]:
    name = _TAG.match(tag)
    behind = max((stop for _, stop in spans.values()), default=begin + (name.end() if name else 0))
    added = "" if "hidden" in spans else " hidden"
    if "style" in change.names and "style" in spans:
        start, stop = spans["style"]
        value = _VALUE.search(tag[start - begin : stop - begin])
        if value is None:
            yield stop, stop, f'="{HIDDEN_STYLE}"{added if stop == behind else ""}'
            added = "" if stop == behind else added
        else:
            yield start + value.end(), start + value.end(), HIDDEN_STYLE
    elif "style" in change.names:
        added += f' style="{HIDDEN_STYLE}"'
    if added:
        yield behind, behind, added


def _missing(name: str) -> tuple[int, int]:
    raise Unplaced(f"the attribute {name} is not where it seems")


def _prove(
    change: Change, element: Element, tag: str, begin: int, pieces: list[tuple[int, int, str]]
) -> None:
    """Read the new start tag as a browser would and compare it with what is wanted."""
    new, done = "", 0
    for start, stop, text in sorted(pieces):
        new += tag[done : start - begin] + text
        done = stop - begin
    new += tag[done:]
    tokens = list(turbohtml.tokenize(new))
    wanted = _wanted(change, {name.lower(): element.attr(name) or "" for name in element.attrs})
    read = {} if len(tokens) != 1 else {name: value or "" for name, value in tokens[0].attrs or ()}
    if {name: value.split() for name, value in read.items()} != {n: v.split() for n, v in wanted.items()}:
        raise Unplaced(f"the start tag of <{element.tag}> would not be read as wanted")


def _wanted(change: Change, attributes: dict[str, str]) -> dict[str, str]:
    """An element's attributes after the change."""
    wanted = dict(attributes)
    if change.link is not None:
        address = wanted.get("href", "")
        wanted["href"] = change.link.target or cut_out(address, _own_cuts(change.link, address))
    elif change.action is Action.STRIP_ATTRIBUTES:
        for name in change.names:
            wanted.pop(name, None)
    elif change.action is Action.STRIP_CLASSES:
        wanted["class"] = without_classes(wanted.get("class", ""), change.names)
    else:
        wanted["hidden"] = wanted.get("hidden", "")
        if "style" in change.names:
            wanted["style"] = HIDDEN_STYLE + wanted.get("style", "")
    return wanted
