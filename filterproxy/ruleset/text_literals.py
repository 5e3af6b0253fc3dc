"""What an element's own text must hold for a text condition to match it, tags left out of account."""

import re
from collections.abc import Iterable
from dataclasses import replace

from filterproxy.ruleset.model import TextPattern, Tokens
from filterproxy.ruleset.regex_literals import any_of, required_literals

_SPACE = re.compile(r"\s")


def text_literals(patterns: Iterable[TextPattern]) -> Tokens:
    """Literals of which, of every group, one stands in the text of each element that matches.

    Unlike `page_tokens.text_tokens`, which speaks of a page's source, these are whole: in an element's text
    no tag splits them.

    Args:
        patterns: the alternatives of one `text` condition.

    Returns:
        Groups of lower-cased literals without white space; `()` where nothing can be said.
    """
    alternatives = [list(map(_squeezed, _groups(pattern))) for pattern in patterns]
    if len(alternatives) == 1:
        return tuple(filter(None, alternatives[0]))
    return tuple(filter(None, any_of(alternatives))) if alternatives else ()


def with_literals(pattern: TextPattern) -> TextPattern:
    """The pattern with what must stand in a text for it to match; literals with white space left aside."""
    groups = (group for group in _groups(pattern) if not any(map(_SPACE.search, group)))
    return replace(pattern, literals=tuple(groups))


def _groups(pattern: TextPattern) -> Iterable[frozenset[str]]:
    if pattern.regex:
        return required_literals(pattern.pattern)
    return [frozenset({pattern.pattern.lower()})]


def _squeezed(group: frozenset[str]) -> frozenset[str]:
    """The group without white space; empty, so that nothing is said, where one of it is nothing else."""
    literals = frozenset("".join(literal.split()) for literal in group)
    return frozenset() if "" in literals else literals
