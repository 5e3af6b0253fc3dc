"""Byte-exact cutting: what the tree decided, done to the page's own bytes.

1. Each change becomes edits of byte ranges (`Positions` knows where elements stand).
2. Where cutting an element may change how what follows is parsed, the change is *doubtful* (`doubts`
   says when), and the result is proven: parsed and compared with the edited tree.
3. A result that fails is tried once more with the tag that the cut element had implied put in its place
   (`</p>`, `<body>`); else the caller falls back to serialising.

Every byte outside the edits is the original's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.doubts import doubts
from filterproxy.rewrite.offsets import Unplaced
from filterproxy.rewrite.positions import Positions
from filterproxy.rewrite.script_text import script_pieces
from filterproxy.rewrite.start_tags import start_tag_pieces
from filterproxy.ruleset.model import Action


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes from `start` up to `end` become `new`. `change`: index of the change it is part of.

    `mends`: what to try there instead, should the result not be read as wanted.
    """

    start: int
    end: int
    new: bytes
    change: int
    mends: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits of a page, in order, none overlapping; and why their result wants proof, if it does."""

    edits: tuple[Edit, ...]
    doubts: tuple[str, ...]

    def mended(self, index: int, new: bytes) -> "Plan":
        """The same with other bytes in place of one edit's."""
        edits = list(self.edits)
        edits[index] = replace(edits[index], new=new)
        return replace(self, edits=tuple(edits))

    def order(self, changes: Sequence[Change]) -> list[int]:
        """The changes' numbers in the order in which they stand in the page."""
        firsts = {edit.change: edit.start for edit in reversed(self.edits)}
        return sorted(range(len(changes)), key=lambda number: firsts.get(number, 0))

    def starts(self, body: bytes, changes: Sequence[Change]) -> list[bytes]:
        """The first of the bytes that each change takes or edits, 240 at most."""
        starts = [b""] * len(changes)
        for edit in reversed(self.edits):
            starts[edit.change] = body[edit.start : min(edit.start + 240, max(edit.end, edit.start + 1))]
        return starts

    def sizes(self, changes: Sequence[Change]) -> list[list[int]]:
        """The bytes each change takes from the page, piece by piece."""
        sizes: list[list[int]] = [[] for _ in changes]
        for edit in self.edits:
            sizes[edit.change].append(edit.end - edit.start)
        return sizes


def plan(changes: Sequence[Change], positions: Positions) -> Plan:
    """The edits that carry out the changes.

    Raises:
        Unplaced: where an element's place is not known for sure, or ranges overlap.
    """
    edits: list[Edit] = []
    why: list[str] = []
    for index, change in enumerate(changes):
        element = positions.element(change.node)
        if change.action in TAKING:
            run = [positions.place(positions.element(node)) for node in change.nodes]
            found = doubts(change, run, positions)
            why.extend(found.reasons)
            start, end = positions.at(run[0].start), positions.at(run[-1].end)
            edits.append(Edit(start, end, b"", index, tuple(map(positions.encode, found.mends))))
        elif change.action is Action.UNWRAP:
            why.append("unwrapped")
            edits.extend(Edit(start, end, b"", index) for start, end in positions.tags(element))
        elif change.action is Action.PRUNE:
            cut = script_pieces(change, element, positions)
            why.extend(cut.doubts)
            edits.extend(Edit(start, end, b"", index) for start, end in cut.pieces)
        else:
            pieces = start_tag_pieces(change, element, positions)
            edits.extend(Edit(start, end, new, index) for start, end, new in pieces)
    edits.sort(key=lambda edit: (edit.start, edit.end))
    if any(after.start < before.end for before, after in pairwise(edits)):
        raise Unplaced("what is cut overlaps in the source")
    return Plan(tuple(edits), tuple(why))


def splice(body: bytes, plan: Plan) -> bytes:
    """The page's bytes with the edits made."""
    pieces, done = [], 0
    for edit in plan.edits:
        pieces.append(body[done : edit.start])
        pieces.append(edit.new)
        done = edit.end
    pieces.append(body[done:])
    return b"".join(pieces)
