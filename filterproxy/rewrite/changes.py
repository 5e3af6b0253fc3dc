"""What is to be done to a page: decided first, as data, then applied once to the tree or to the bytes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from filterproxy.rewrite.document import Document, Node, siblings
from filterproxy.rewrite.json_cut import JsonCut, without
from filterproxy.ruleset.model import Action, Rule

TAKING = frozenset({Action.REMOVE, Action.SECTION, Action.LISTS})
"""Actions that take the element and all it holds."""

HIDDEN_STYLE = "display:none!important;"

NAME = re.compile(r"([^ \t\n\f\r]+)([ \t\n\f\r]*)")


@dataclass(frozen=True, slots=True)
class Link:
    """What becomes of one link's address.

    Attributes:
        own: numbers of the query's pairs that this change takes.
        taken: of all that go, by other rules too.
        target: where it leads in the end, or None: the address itself stays.
        result: the address after all that is done to it.
        excerpt: what this change takes, as it is read.
    """

    own: tuple[int, ...]
    taken: tuple[int, ...]
    target: str | None
    result: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Change:
    """One rule's change to one element, or to a run of siblings from `node` through `last`.

    Attributes:
        names: for strips, the attributes or classes that go from the start tag; for hide, `style` where an
            inline style may be set; for what rules may do to one element together, the rule's name.
        link: for strip-params.
        cuts: for prune, what goes of the element's text.
        why: for sections and lists, by what the block was known, in one sentence.
    """

    rule: Rule
    action: Action
    node: Node
    last: Node
    names: tuple[str, ...] = ()
    link: Link | None = None
    cuts: tuple[JsonCut, ...] = ()
    why: str = ""

    @property
    def nodes(self) -> list[Node]:
        """The elements it is about, in order."""
        return siblings(self.node, self.last)


def outermost(changes: list[Change]) -> list[Change]:
    """The changes that still have something to do once those that take whole elements are applied.

    One element is taken once: by the longest run that asked for it, else by the first rule. What stands
    inside something that is taken needs nothing more. Order is kept.
    """
    taken: set[int] = set()
    claims: set[int] = set()
    takers = [(i, [node.mem_id for node in c.nodes]) for i, c in enumerate(changes) if c.action in TAKING]
    for index, ids in sorted(takers, key=lambda taker: (-len(taker[1]), taker[0])):
        if taken.isdisjoint(ids):
            taken.update(ids)
            claims.add(index)
    kept, done = [], set()
    for index, change in enumerate(changes):
        own = change.node.mem_id
        if change.action in TAKING:
            superseded = index not in claims
        else:
            names = tuple(name for name in change.names if (own, change.action, name) not in done)
            superseded = own in taken or ((own, change.action) in done and not names)
            change = replace(change, names=names)  # noqa: PLW2901
        if superseded or _inside(change.node, taken):
            continue
        done.update([(own, change.action), *((own, change.action, name) for name in change.names)])
        kept.append(change)
    return kept


def in_order(document: Document, changes: list[Change]) -> list[Change]:
    """The changes in document order; of one element, in the order given."""
    if len(changes) < 2:  # noqa: PLR2004 - one is in order
        return changes
    wanted = {change.node.mem_id for change in changes}
    order = {node.mem_id: at for at, node in enumerate(document.parser.css("*")) if node.mem_id in wanted}
    return sorted(changes, key=lambda change: order.get(change.node.mem_id, 0))


def _inside(node: Node, taken: set[int]) -> bool:
    above = node.parent
    while above is not None:
        if above.mem_id in taken:
            return True
        above = above.parent
    return False


def apply_to_tree(document: Document, changes: list[Change]) -> None:
    """Edit the document's tree as the changes say. What stood in it before is no longer valid."""
    steps = [(change, change.nodes) for change in changes]
    _prune(changes)
    for change, nodes in steps:
        if change.action in TAKING:
            _take(nodes)
        elif change.action is Action.UNWRAP:
            change.node.unwrap()
        elif change.action is not Action.PRUNE:
            edit_attributes(change)
    document.forget()


def _prune(changes: list[Change]) -> None:
    """Cut JSON out of the text of elements, of each once: the rules' cuts count in the text as it came."""
    pruned: dict[int, list[Change]] = {}
    for change in changes:
        if change.action is Action.PRUNE:
            pruned.setdefault(change.node.mem_id, []).append(change)
    for of_one in pruned.values():
        node = of_one[0].node
        cuts = sorted((cut for change in of_one for cut in change.cuts), key=lambda cut: cut.start)
        text = without(raw_text(node), cuts)
        if node.first_child is not None:
            node.first_child.remove()
        node.insert_child(text)


def raw_text(node: Node) -> str:
    """The text of an element that holds nothing else, such as a script's."""
    first = node.first_child
    return (first.text_content or "") if first is not None and first.is_text_node else ""


def _take(nodes: list[Node]) -> None:
    node, last = nodes[0], nodes[-1]
    while node.mem_id != last.mem_id:
        following = node.next
        node.remove()
        if following is None:
            return
        node = following
    node.remove()


def edit_attributes(change: Change) -> None:
    """Apply a hide or a strip to the element's attributes."""
    attributes = change.node.attrs
    if change.link is not None:
        attributes["href"] = change.link.result
        return
    if change.action is Action.HIDE:
        attributes["hidden"] = attributes.get("hidden") or ""
        if "style" in change.names:
            attributes["style"] = HIDDEN_STYLE + (attributes.get("style") or "")
    elif change.action is Action.STRIP_ATTRIBUTES:
        for name in change.names:
            if name in attributes:
                del attributes[name]
    else:
        attributes["class"] = without_classes(attributes.get("class") or "", change.names)


def without_classes(value: str, names: tuple[str, ...], decode: Callable[[str], str] = str) -> str:
    """A class attribute's value without some of its names, each with the white space behind it.

    `decode` turns a name as it is written into what it means, where the value is source text.
    """
    return NAME.sub(lambda name: "" if decode(name[1]) in names else name[0], value)
