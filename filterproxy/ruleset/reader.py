"""YAML, read by its events: bounded, from the safe subset, with the place of every key and value.

The subset of YAML 1.1: one document of mappings, sequences and scalars. No anchors, aliases, merge
keys, tags, directives or duplicate keys; every scalar stays the string that was written (`no`,
`017`, `12:30`). Nothing is constructed and nothing recurses, so neither a merge-key bomb nor depth
costs anything: reading stops at the first event beyond a limit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from filterproxy.errors import RuleSyntaxError, Source
from filterproxy.settings import Limits

MAX_SCALAR = 10_000  # characters; the longest value of the language is a note
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string as it was written.

    Attributes:
        inner: columns from the node's start to the value's first character, or None where the
            value's characters do not stand one beside the other in the file (escapes, folding).
    """

    value: str
    line: int
    column: int
    inner: int | None = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in the file's order; no key twice."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int


Node = Scalar | Sequence | Mapping


def read_rule_yaml(data: bytes, path: str, limits: Limits | None = None) -> Node:
    """The tree of one rule file.

    Args:
        data: the file's bytes: UTF-8, with or without a byte order mark.
        path: the file's name, for messages.
        limits: `rule_file`, `rule_depth` and `rule_nodes` are honoured.

    Returns:
        The root node. Lines and columns count from 1, columns in characters.

    Raises:
        RuleSyntaxError: not UTF-8, not YAML, outside the subset, empty, or over a limit.
    """
    limits = limits or Limits()
    if len(data) > limits.rule_file:
        fail(path, 1, 1, f"the file is larger than {limits.rule_file:,} bytes")
    text = decode(data, path)
    builder = _Builder(path, limits)
    for event in _events(text, path):
        builder.take(event)
    if builder.root is None:
        fail(path, 1, 1, "the file is empty")
    return builder.root


def fail(path: str, line: int, column: int, problem: str) -> NoReturn:
    """Raise the `RuleSyntaxError` of this place."""
    raise RuleSyntaxError(Source(path, line, column), "reading YAML", problem)


def decode(data: bytes, path: str) -> str:
    """The file's text, without its byte order mark.

    Raises:
        RuleSyntaxError: another charset, or a control character.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        fail(path, 1, 1, "the file is UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        line, column = _place(before)
        fail(path, line, column, f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8")
    if found := CONTROL.search(text):
        line, column = _place(text[: found.start()])
        fail(path, line, column, f"control character U+{ord(found[0]):04X} is not allowed")
    return text


def _place(before: str) -> tuple[int, int]:
    lines = LINE_END.split(before)
    return len(lines), len(lines[-1]) + 1


def _events(text: str, path: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        never_closed = "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or "")
        mark = error.context_mark if never_closed else error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        fail(path, line, column, "the quote is never closed" if never_closed else _plain_words(error, text))
    except yaml.YAMLError as error:
        fail(path, 1, 1, " ".join(str(error).split()))


def _plain_words(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = error.problem or "this is not YAML"
    if "cannot start any token" in problem and error.problem_mark:
        lines = LINE_END.split(text)
        char = lines[error.problem_mark.line][error.problem_mark.column : error.problem_mark.column + 1]
        return (
            "a tab cannot indent; use spaces" if char == "\t" else f'quote a value that starts with "{char}"'
        )
    if "mapping values are not allowed" in problem:
        return 'a ":" cannot stand here: check the indentation, or quote a value that holds ": "'
    if "could not find expected ':'" in problem:
        return 'a key without ":" here or on the line before'
    if problem.startswith("did not find expected"):
        wanted = problem.removeprefix("did not find expected ").replace("<document start>", "nothing more")
        return f"expected {wanted} here: check the indentation and the quotes"
    return f"{error.context}: {problem}" if error.context else problem


class _Open:
    """A mapping or sequence that is being read."""

    __slots__ = ("column", "entries", "items", "key", "line", "mapping", "seen")

    def __init__(self, event: Any, *, mapping: bool) -> None:
        self.mapping = mapping
        self.line, self.column = event.start_mark.line + 1, event.start_mark.column + 1
        self.items: list[Node] = []
        self.entries: list[tuple[Scalar, Node]] = []
        self.seen: dict[str, int] = {}
        self.key: Scalar | None = None


class _Builder:
    """Turns events into nodes, without recursion."""

    def __init__(self, path: str, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._count(event)
            self._add(self._scalar(event))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._count(event)
            self._open(event, mapping=kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.AliasEvent:
            self._fail(event, f'alias "*{event.anchor}" is not allowed; quote a value that starts with "*"')
        elif kind is yaml.DocumentStartEvent:
            if event.version or event.tags:
                self._fail(event, "directives are not allowed")
            if self.root is not None:
                self._fail(event, "a second document is not allowed")

    def _close(self) -> None:
        done = self.stack.pop()
        if done.mapping:
            self._add(Mapping(tuple(done.entries), done.line, done.column))
        else:
            self._add(Sequence(tuple(done.items), done.line, done.column))

    def _fail(self, event: Any, problem: str) -> NoReturn:
        fail(self.path, event.start_mark.line + 1, event.start_mark.column + 1, problem)

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > self.limits.rule_nodes:
            self._fail(event, f"the file has more than {self.limits.rule_nodes:,} values")
        if event.anchor is not None:
            self._fail(event, f'anchor "&{event.anchor}" is not allowed; quote a value that starts with "&"')
        if event.tag is not None:
            self._fail(event, f'tag "{event.tag}" is not allowed; quote a value that starts with "!"')

    def _open(self, event: Any, *, mapping: bool) -> None:
        if self.stack and self.stack[-1].mapping and self.stack[-1].key is None:
            self._fail(event, "a key must be a text, not a list or a mapping")
        if len(self.stack) >= self.limits.rule_depth:
            self._fail(event, f"nested deeper than {self.limits.rule_depth} levels")
        self.stack.append(_Open(event, mapping=mapping))

    def _scalar(self, event: Any) -> Scalar:
        if len(event.value) > MAX_SCALAR:
            self._fail(event, f"the text is longer than {MAX_SCALAR:,} characters")
        if found := CONTROL.search(event.value):
            self._fail(event, f"control character U+{ord(found[0]):04X} is not allowed")
        start, end = event.start_mark, event.end_mark
        quote = 0 if event.implicit[0] else 1
        inner: int | None = quote
        if start.line != end.line or len(event.value) + 2 * quote != end.column - start.column:
            inner = None  # escaped, folded or a block: characters do not stand where they count
        return Scalar(event.value, start.line + 1, start.column + 1, inner)

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = self._key(top, node)
        else:
            top.entries.append((top.key, node))
            top.key = None

    def _key(self, top: _Open, node: Node) -> Scalar:
        assert isinstance(node, Scalar)  # noqa: S101 - _open has refused everything else
        if node.value == "<<" and node.inner == 0:
            fail(self.path, node.line, node.column, "merge keys are not allowed")
        if node.value in top.seen:
            first = top.seen[node.value]
            fail(
                self.path,
                node.line,
                node.column,
                f'key "{node.value[:60]}" stands twice, first on line {first}',
            )
        top.seen[node.value] = node.line
        return node
