"""What a page's account leaves out, for those who measure rules: each rule's time, and who came first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.document import ancestors
from filterproxy.rewrite.measure import measure
from filterproxy.ruleset.model import Mode


@dataclass(frozen=True, slots=True)
class Shadow:
    """A change that a rule asked for and another rule made.

    Attributes:
        rule: the full name of the rule that came to nothing.
        by: the rule that took the element, or one that this element stands in.
        same: without the other rule, this one would have taken all that the other took with that change.
    """

    rule: str
    by: str
    same: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """One page's.

    Attributes:
        seconds: by full name of a rule that was tried, the time its matching took. The sections share theirs
            alike: their headings are looked for together.
        characters: by full name, the characters its removals took that a reader could have seen, white space
            left out.
        text: how many of them the page has; 0 where nothing was taken.
        shadows: every change that was asked for in vain.
    """

    seconds: dict[str, float]
    characters: dict[str, int]
    text: int
    shadows: tuple[Shadow, ...]


class Tracer:
    """Collects a page's trace while it is rewritten."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._characters: Counter[str] = Counter()
        self._text = 0
        self._shadows: list[Shadow] = []

    def took(self, rules: Iterable[str], seconds: float) -> None:
        """These rules, together, took so long to match."""
        names = list(rules)
        for name in names:
            self._seconds[name] = self._seconds.get(name, 0.0) + seconds / len(names)

    def chose(self, asked: list[Change], kept: list[Change]) -> None:
        """Of the changes that were asked for and allowed, these are made. Before the tree is edited."""
        takers = {node.mem_id: change for change in kept if change.action in TAKING for node in change.nodes}
        others = {(change.action, change.node.mem_id): change for change in reversed(kept)}
        own = {(change.rule.name, change.action, change.node.mem_id) for change in kept}
        for change in asked:
            action, node = change.action, change.node
            if (change.rule.name, action, node.mem_id) in own:
                continue
            by = takers.get(node.mem_id) or others.get((action, node.mem_id))
            if by is None:
                by = next((takers[above.mem_id] for above in ancestors(node) if above.mem_id in takers), None)
            if by is not None:
                self._shadows.append(Shadow(change.rule.name, by.rule.name, _covers(change, by)))
        for change in kept:
            if change.action in TAKING and change.rule.mode is Mode.ENFORCE:
                self._characters[change.rule.name] += sum(measure(node).visible for node in change.nodes)
        if self._characters:
            *_, root = kept[0].node, *ancestors(kept[0].node)
            self._text = measure(root).visible

    def trace(self) -> Trace:
        """What was collected."""
        return Trace(dict(self._seconds), dict(self._characters), self._text, tuple(self._shadows))


def _covers(change: Change, other: Change) -> bool:
    """Whether a change does all that another does."""
    if change.action is not other.action and not (change.action in TAKING and other.action in TAKING):
        return False
    if not set(other.names) <= set(change.names):
        return False
    ids = {node.mem_id for node in change.nodes}
    return all(node.mem_id in ids for node in other.nodes)
