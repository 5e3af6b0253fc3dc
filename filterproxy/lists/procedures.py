"""The steps that lists write into selectors (`:has-text()`, `:upward()` …), found and taken out of them.

Adblock Plus calls them extended selectors, uBlock Origin procedural ones. Those that are CSS by now, or
say what CSS says, are written as CSS.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filterproxy.lists.reasons import NotUsableError, Unused

TEXT = frozenset({"has-text", "contains", "-abp-contains"})
UPWARD = frozenset({"upward", "nth-ancestor"})
ENDING = frozenset({"remove", "style"})
STEPS = TEXT | UPWARD | ENDING
OURS = {":-abp-has(": ":has(", ":if(": ":has("}
WITHOUT = frozenset({
    *("matches-css", "matches-css-before", "matches-css-after", "matches-path", "matches-media"),
    *("matches-attr", "matches-property", "matches-prop", "xpath", "min-text-length"),
    *("watch-attr", "watch-attrs", "others", "if-not", "properties", "-abp-properties", "remove-attr"),
    *("remove-class", "shadow", "spath"),
})  # fmt: skip
_STEP = re.compile(r":(-?[a-z]+(?:-[a-z]+)*)\(")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where it begins and ends in the selector, and what stands in its brackets."""

    name: str
    argument: str
    at: int
    end: int


def in_css(selector: str) -> str:
    """The selector with `:-abp-has()` and the like as CSS has them."""
    for theirs, ours in OURS.items():
        selector = selector.replace(theirs, ours)
    return selector


def steps(selector: str) -> list[Step]:
    """Every step in a selector, those within brackets too, in order.

    Raises:
        NotUsableError: one that has no counterpart, or is never closed.
    """
    found: list[Step] = []
    for at, call in _calls(selector):
        if found and at < found[-1].end:
            continue  # stands in what a step was given
        name = call[1]
        if name in WITHOUT:
            raise NotUsableError(Unused.PROCEDURE, f":{name}()")
        if name in STEPS:
            end = _closing(selector, call.end())
            found.append(Step(name, selector[call.end() : end - 1], at, end))
    return found


def _calls(selector: str) -> Iterator[tuple[int, re.Match[str]]]:
    """What looks like a pseudo-class with brackets, outside quotes and attributes."""
    at, quote, attribute = 0, "", False
    while at < len(selector):
        char = selector[at]
        if char == "\\":
            at += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[]":
            attribute = char == "["
        elif char == ":" and not attribute and (call := _STEP.match(selector, at)) is not None:
            yield at, call
            if call[1] in TEXT | {"style"}:  # its text may hold quotes and brackets
                at = _closing(selector, call.end())
                continue
            at = call.end()
            continue
        at += 1


def _closing(selector: str, at: int) -> int:
    """Just behind the bracket that closes what was opened before `at`."""
    depth = 1
    while at < len(selector):
        char = selector[at]
        if char == "\\":
            at += 1
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at + 1
        at += 1
    raise NotUsableError(Unused.SELECTOR, "a bracket is never closed")


def top_level(selector: str, signs: str) -> list[int]:
    """Where one of the signs stands outside brackets, attributes and quotes."""
    found, at, depth, quote = [], 0, 0, ""
    while at < len(selector):
        char = selector[at]
        if char == "\\":
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif depth == 0 and char in signs:
            found.append(at)
        at += 1
    return found
