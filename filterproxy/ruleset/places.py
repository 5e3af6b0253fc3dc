"""From a value's way through a file (`rules`, 3, `remove`, 0) to its line, column and name."""

from collections.abc import Iterable
from collections.abc import Sequence as Path
from typing import Any

from filterproxy.errors import Source
from filterproxy.ruleset.reader import Mapping, Node, Scalar, Sequence

Way = Path[str | int]
NAMED_BY = {"rules": "id", "exceptions": "rule", "tests": "url"}
KEY = "[key]"  # pydantic's mark for the key of a mapping, after the key


def plain(node: Node) -> Any:
    """The node as dicts, lists and strings. Depth is bounded by the reader."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries}


def child(node: Node, step: str | int) -> Node | None:
    """What stands under a key or index; a scalar is also the only item of its list."""
    if isinstance(node, Mapping):
        return next((value for key, value in node.entries if key.value == step), None)
    if isinstance(node, Sequence) and isinstance(step, int):
        return node.items[step]
    return node if isinstance(node, Scalar) and step == 0 else None


def key_of(node: Node, name: str) -> Scalar | None:
    """The key itself, where the mapping has it."""
    entries = node.entries if isinstance(node, Mapping) else ()
    return next((key for key, _ in entries if key.value == name), None)


def value_at(node: Node, way: Iterable[str | int]) -> Node:
    """The node at the end of the way, or the last one on it that the file has."""
    for step in way:
        found = child(node, step)
        if found is None:
            return node
        node = found
    return node


def place(path: str, node: Node, way: Way, at: int = 0) -> Source:
    """Where a value stands; `at` is an offset in it, in characters.

    A way that ends in a key's name and `KEY` is the key. Where the value's characters do not stand
    side by side in the file (escapes, several lines), it is the place where the value starts.
    """
    if way and way[-1] == KEY:
        holder = value_at(node, way[:-2])
        found: Node = key_of(holder, str(way[-2])) or holder
    else:
        found = value_at(node, way)
    column = found.column
    if at and isinstance(found, Scalar) and found.inner is not None:
        column += found.inner + at
    return Source(path, found.line, column)


def context(node: Node, way: Way) -> str:
    """What was being read, for a person: `rule "close-ad", key "remove"`."""
    steps = list(way)
    parts = []
    if len(steps) > 1 and isinstance(steps[1], int):
        parts.append(_item(node, str(steps[0]), steps[1]))
        steps = steps[2:]
    if steps:
        parts.append(f'key "{steps[0]}"')
    return ", ".join(parts) or "rule file"


def _item(node: Node, group: str, index: int) -> str:
    if group not in NAMED_BY:
        return f'key "{group}"'
    kind = group.removesuffix("s")
    name = child(value_at(node, (group, index)), NAMED_BY[group])
    if isinstance(name, Scalar) and name.value:
        return f'{kind} "{name.value[:80]}"'
    return f"{kind} number {index + 1}"
