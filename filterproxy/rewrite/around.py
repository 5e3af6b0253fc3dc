"""Whether an element is, or stands in, one that a selector list means: what `within` and `unless` ask."""

import re
from collections.abc import Callable
from functools import lru_cache

from filterproxy.rewrite.document import Document, Node

_PLAIN = re.compile(
    r"(?P<tag>[a-z][a-z0-9]*)"
    r"""|\[(?P<name>[a-z-]+)(?P<sign>[*^]?)=(?P<quote>['"])(?P<value>[!-&(-\[\]-~]+)(?P=quote)"""
    r"(?P<any_case> i)?\]"
)
"""Selectors that are told by an element alone, quicker than lexbor finds all that match them."""

_MOST = 300  # elements of a page that are looked at so; of more lexbor is asked at once

Check = Callable[[Node], bool]


class Around:
    """A page's elements, asked from the inside out; each once for every list."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[str, dict[int, bool]] = {}

    def stands_in(self, node: Node, css: str) -> bool:
        """Whether an element above is meant."""
        above = node.parent
        return above is not None and above.is_element_node and self.is_or_stands_in(above, css)

    def is_or_stands_in(self, node: Node, css: str) -> bool:
        """Whether the element is meant, or one above."""
        known = self._known.setdefault(css, {})
        checks = _checks(css)
        ids = None if checks is not None and len(known) < _MOST else self._document.ids(css)
        if ids is not None and not ids:
            return False
        passed = []
        current: Node | None = node
        answer = False
        while current is not None and current.is_element_node:
            mem_id = current.mem_id
            if mem_id in known:
                answer = known[mem_id]
                break
            passed.append(mem_id)
            if mem_id in ids if ids is not None else any(check(current) for check in checks or ()):
                answer = True
                break
            current = current.parent
        known.update(dict.fromkeys(passed, answer))
        return answer


@lru_cache(maxsize=256)
def _checks(css: str) -> tuple[Check, ...] | None:
    """What tells each selector of a list by an element; None where one of them needs more."""
    checks = []
    for selector in css.split(", "):
        plain = _PLAIN.fullmatch(selector)
        if plain is None:
            return None
        checks.append(_has_tag(plain["tag"]) if plain["tag"] else _has_value(plain))
    return tuple(checks)


def _has_tag(tag: str) -> Check:
    return lambda node: node.tag == tag


def _has_value(plain: re.Match[str]) -> Check:
    name, sign, value, any_case = plain["name"], plain["sign"], plain["value"], bool(plain["any_case"])
    value = value.lower() if any_case else value

    def check(node: Node) -> bool:
        written = node.attrs.get(name)
        if not written:
            return False
        if any_case:
            written = written.lower() if written.isascii() else written.encode().lower().decode()
        if sign == "*":
            return value in written
        return written.startswith(value) if sign else written == value

    return check
