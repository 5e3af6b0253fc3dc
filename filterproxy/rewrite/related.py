"""What is about the story, which a reader may want: it is not for rules of `recommended` to take.

A site's own rules know it better than a shape does; whether the reader has `related` on or off.
"""

from collections.abc import Iterable
from itertools import chain

from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.document import ancestors
from filterproxy.rewrite.guard import TEXTLESS
from filterproxy.rewrite.match import Chosen, Target, match
from filterproxy.ruleset.model import Action, Category, Rule


class Related:
    """The elements that rules of `related` take, or would if they were on.

    Attributes:
        nodes: these, in no order.
    """

    def __init__(self, target: Target, rules: Iterable[Chosen], changes: Iterable[Change]) -> None:
        """Ask rules of the page.

        Args:
            target: the page.
            rules: of `related`. What those of sections ask for has to be among the changes.
            changes: what all rules ask for already.
        """
        more = (match(target, *chosen) for chosen in rules if chosen[0].action is Action.REMOVE)
        asked = chain(changes, chain.from_iterable(more))
        taken = [change for change in asked if is_related(change.rule) and change.action in TAKING]
        self.nodes = [node for change in taken for node in change.nodes if node.tag not in TEXTLESS]
        self._ids = {node.mem_id for node in self.nodes}
        self._above = {above.mem_id for node in self.nodes for above in ancestors(node)}

    def touches(self, change: Change) -> bool:
        """Whether a change would take one of them, something in one, or what holds one."""
        if not self._ids:
            return False
        ids = {node.mem_id for node in change.nodes}
        if not ids.isdisjoint(self._ids) or not ids.isdisjoint(self._above):
            return True
        return any(above.mem_id in self._ids for above in ancestors(change.node))


def is_related(rule: Rule) -> bool:
    """Whether a rule is for what is about the story."""
    return rule.category == Category.RELATED
