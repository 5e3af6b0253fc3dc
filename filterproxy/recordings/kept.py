"""What a test wants kept, looked for in the recorded page and in the filtered one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from filterproxy.recordings.replayer import Replayed
from filterproxy.recordings.seen import Seen, texts
from filterproxy.rewrite.document import Node, ancestors
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.result import Removal


@dataclass(frozen=True, slots=True)
class Loss:
    """A text or selector that is not kept.

    `by`: the removals that took it, of a text that stood in several places those of the places first where it
    stood alone; empty: none can be told.
    """

    wanted: str
    what: str
    by: tuple[Removal, ...] = ()


def losses(wanted: Iterable[str], replayed: Replayed) -> Iterator[Loss]:
    """What of these texts and selectors the filtered page has no more.

    Each is taken as a text and as a selector: whatever it was in the recorded page, it must still be. A text
    must stand in what a reader sees, white space folded; of a selector's elements as many as before must be
    there, and as many unhidden. What was neither is a loss too: the test says nothing.
    """
    wanted = tuple(wanted)
    if not wanted:
        return
    before, after = texts(replayed)
    kept = _Kept(Seen(before), Seen(after), replayed)
    for text in wanted:
        yield from kept.look_for(text)


class _Kept:
    def __init__(self, before: Seen, after: Seen, replayed: Replayed) -> None:
        self._before = before
        self._after = after
        located = Located(before.document)
        self._takers = {
            node.mem_id: removal
            for removal in reversed(replayed.page.removals)  # of two, the first to be accounted for
            for node in located.nodes(removal)
        }

    def look_for(self, wanted: str) -> Iterator[Loss]:
        text = " ".join(wanted.split())
        elements = self._before.elements(wanted)
        stood = bool(text) and text in self._before.text
        if not elements and not stood:
            yield Loss(wanted, "the recorded page has neither this text nor an element that it selects")
        if elements:
            yield from self._elements(wanted, elements)
        if stood and text not in self._after.text:
            nodes = self._before.text_nodes(text)
            nodes.sort(key=lambda node: " ".join((node.text_content or "").split()) != text)
            yield Loss(wanted, "the text is gone", self._by(nodes))

    def _elements(self, css: str, elements: list[Node]) -> Iterator[Loss]:
        shown, now = self._before.shown(css), self._after.shown(css)
        left = len(self._after.elements(css))
        gone = len(elements) - left
        words = "gone"
        if gone <= 0:
            gone, words = len(shown) - len(now), "hidden"
        if gone > 0:
            which = "the element is" if len(elements) == 1 else f"{gone} of {len(elements)} elements are"
            yield Loss(css, f"{which} {words}", self._by(elements))

    def _by(self, nodes: Iterable[Node]) -> tuple[Removal, ...]:
        """The removals that took these, or what they stand in, each once."""
        found = {
            id(removal): removal
            for node in nodes
            if (removal := next(filter(None, map(self._taken, (node, *ancestors(node)))), None))
        }
        return tuple(found.values())

    def _taken(self, node: Node) -> Removal | None:
        return self._takers.get(node.mem_id)
