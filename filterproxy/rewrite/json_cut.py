"""Parts cut out of JSON text: what a query (RFC 9535) finds goes, every other character stays as it was.

The document is parsed once to find what goes. Where that stands is then looked up by walking the text along
the paths found; what lies beside them is stepped over by the same C parser, so that most of the time goes
into the queries (a feed of 5 MB: half a second).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from json.decoder import JSONDecodeError, JSONDecoder

from filterproxy.ruleset.json_paths import compiled_path

_SPACE = re.compile(r"[ \t\n\r]*")
_CALL = re.compile(r"\s*(?:/\*\*/\s*)?[\w$][\w$.\[\]'\"]*\s*\(\s*")
_ASSIGNED = re.compile(r"\s*(?:(?:var|let|const)\s+)?[\w$][\w$.\[\]'\"]*\s*=\s*")
_CALL_END = re.compile(r"\s*\)\s*;?\s*$")
_GUARD = re.compile(r"\s*\)\]\}',?[^\n]*\n")
"""What some services put before their JSON, so that it can't be run as a script."""

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class JsonCut:
    """One part that goes: from `start` to `end` in the text, a comma or line end included."""

    start: int
    end: int
    query: str
    path: str
    value: str


class NotJsonError(ValueError):
    """The text is none of what is read here, or holds a number of more digits than Python reads."""


def json_cuts(text: str, queries: Iterable[str]) -> list[JsonCut]:
    """What the queries take out of a text, in order, no part inside another.

    The text may be JSON (RFC 8259), JSON lines (a value a line: the queries see each by itself), JSON in a
    call (JSONP) or behind a guard (`)]}'`), or a script that begins with assigning it (`window.DATA = {…};`).

    Raises:
        NotJsonError: it is none of these.
        RecursionError: it is nested deeper than Python's stack.
    """
    queries = tuple(queries)
    try:
        cuts = [cut for start, end in _documents(text) for cut in _of_document(text, start, end, queries)]
    except JSONDecodeError as error:
        raise NotJsonError(str(error)) from error
    except ValueError as error:  # int() takes no more than 4,300 digits
        raise NotJsonError("a number is too long to be read") from error
    return _outermost(cuts)


def without(text: str, cuts: Iterable[JsonCut]) -> str:
    """The text without these parts."""
    kept, at = [], 0
    for cut in cuts:
        kept.append(text[at : cut.start])
        at = cut.end
    return "".join((*kept, text[at:]))


def _documents(text: str) -> list[tuple[int, int]]:
    """Where the JSON values of a text begin and end."""
    start = int(text.startswith("\ufeff"))
    if (guard := _GUARD.match(text, start)) is not None:
        start = guard.end()
    try:
        return [_whole(text, start, len(text))]
    except JSONDecodeError:
        pass
    call, end = _CALL.match(text, start), _CALL_END.search(text)
    if call is not None and end is not None and call.end() < end.start():
        return [_whole(text, call.end(), end.start())]
    if (assigned := _ASSIGNED.match(text, start)) is not None:
        return [_statement(text, assigned.end())]
    found = list(_lines(text, start))
    if not found:
        raise JSONDecodeError("nothing there", text, 0)
    return found


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    start = _skip(text, start)
    _, stop = _DECODER.raw_decode(text, start)
    if _skip(text, stop) < end:
        raise JSONDecodeError("more follows", text, stop)
    return start, stop


def _statement(text: str, start: int) -> tuple[int, int]:
    """A value that ends a statement: what follows is a script's own business."""
    _, stop = _DECODER.raw_decode(text, start)
    after = _skip(text, stop)
    if text[after : after + 1] not in {"", ";"}:
        raise JSONDecodeError("more follows", text, stop)
    return start, stop


def _lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    for line in re.compile(r"[^\n]+").finditer(text, start):
        if line[0].strip():
            yield _whole(text, line.start(), line.end())


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _no_constant(name: str) -> object:
    raise JSONDecodeError(f"{name} is no JSON", name, 0)


_DECODER = JSONDecoder(parse_constant=_no_constant, strict=False)


def _of_document(text: str, start: int, end: int, queries: tuple[str, ...]) -> Iterator[JsonCut]:
    value = json.loads(text[start:end], parse_constant=_no_constant, strict=False)
    found: dict[Location, tuple[str, str]] = {}
    for query in queries if isinstance(value, dict | list) else ():
        for match in compiled_path(query).finditer(value):
            if match.parts:
                found.setdefault(tuple(match.parts), (query, match.path))
    if found:
        yield from _walk(text, start, _tree(found))


_Tree = dict[int | str, "_Tree | tuple[str, str]"]


def _tree(found: Mapping[Location, tuple[str, str]]) -> _Tree:
    """The locations as a tree; what stands inside something that goes is left out."""
    tree: _Tree = {}
    for location in sorted(found, key=len):
        branch = tree
        for step in location[:-1]:
            below = branch.setdefault(step, {})
            if isinstance(below, tuple):
                break
            branch = below
        else:
            branch.setdefault(location[-1], found[location])
    return tree


@dataclass(frozen=True, slots=True)
class _Member:
    start: int  # of the element, or of the member's name
    end: int
    taken: tuple[str, str] | None


def _walk(text: str, start: int, tree: _Tree) -> Iterator[JsonCut]:
    """The cuts below a container that begins at `start`."""
    members: list[_Member] = []
    step = _object if text[start] == "{" else _array
    for name, begin, value in step(text, start, lambda: members[-1].end):
        goes = tree.get(name)
        if isinstance(goes, dict):
            yield from _walk(text, value, goes)
        members.append(
            _Member(begin, _DECODER.raw_decode(text, value)[1], goes if isinstance(goes, tuple) else None)
        )
    yield from _of_container(text, start, members)


_Step = Iterator[tuple[int | str, int, int]]


def _object(text: str, start: int, ended: Callable[[], int]) -> _Step:
    """Of each member its name, where it begins and where its value does."""
    at = _skip(text, start + 1)
    while text[at] != "}":
        name, after = _DECODER.raw_decode(text, at)
        colon = _skip(text, after)
        yield name, at, _skip(text, colon + 1)
        at = _after_comma(text, ended())


def _array(text: str, start: int, ended: Callable[[], int]) -> _Step:
    """The same of an array's elements: number, and twice where it begins."""
    at, number = _skip(text, start + 1), 0
    while text[at] != "]":
        yield number, at, at
        at, number = _after_comma(text, ended()), number + 1


def _after_comma(text: str, end: int) -> int:
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at


def _of_container(text: str, start: int, members: list[_Member]) -> Iterator[JsonCut]:
    """A part goes with the comma behind it, the last ones with the comma before them."""
    kept = [index for index, member in enumerate(members) if member.taken is None]
    last = kept[-1] if kept else -1
    for index, member in enumerate(members):
        if member.taken is None:
            continue
        begin, end = member.start, member.end
        if index < last:
            end = members[index + 1].start
        else:
            begin = members[index - 1].end if index else start + 1
            end = member.end
        yield JsonCut(begin, end, *member.taken, text[member.start : member.end])


def _outermost(cuts: list[JsonCut]) -> list[JsonCut]:
    kept: list[JsonCut] = []
    for cut in sorted(cuts, key=lambda cut: (cut.start, -cut.end)):
        if not kept or cut.start >= kept[-1].end:
            kept.append(cut)
    return kept
