"""What is kept of a list's filter of elements, and the rule that it is when a page needs it."""

import json
from collections.abc import Iterable

from filterproxy.errors import Source
from filterproxy.lists.translate import Wanted
from filterproxy.ruleset.model import Action, Category, Rule, Selector, TextPattern, Tokens
from filterproxy.ruleset.page_tokens import text_tokens
from filterproxy.ruleset.text_literals import text_literals, with_literals


def record_of(list_at: int, line: int, wanted: Wanted) -> bytes:
    """The record of one line of the list of this number, as JSON."""
    selectors = [[selector.css, _plain(selector.tokens)] for selector in wanted.selectors]
    kept: list[object] = [list_at, line, selectors]
    if wanted.up is not None or wanted.text is not None:
        kept.append(wanted.up)
    if wanted.text is not None:
        text = with_literals(wanted.text)
        patterns = [wanted.text]
        kept += [
            [text.pattern, text.regex, _plain(text.literals)],
            _plain(text_tokens(patterns)),
            _plain(text_literals(patterns)),
        ]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def rule_of(record: bytes, lists: Iterable[tuple[str, str]]) -> Rule:
    """The rule of a record. `lists`: each list's name and category, by their numbers."""
    list_at, line, selectors, *more = json.loads(record.decode("utf-8", "surrogatepass"))
    name, category = tuple(lists)[list_at]
    source = Source(name, line, 1)
    up, text, tokens, literals = (*more, None, None, (), ())[:4]
    return Rule(
        name=f"lists/{name}/{line}",
        id=str(line),
        source=source,
        category=Category(category),
        action=Action.REMOVE,
        selectors=tuple(Selector(css, _tokens(groups), source) for css, groups in selectors),
        text=() if text is None else (TextPattern(text[0], text[1], _tokens(text[2])),),
        text_tokens=_tokens(tokens or ()),
        text_literals=_tokens(literals or ()),
        up=up,
    )


def _plain(tokens: Tokens) -> list[list[str]]:
    return [sorted(group) for group in tokens]


def _tokens(groups: Iterable[Iterable[str]]) -> Tokens:
    return tuple(map(frozenset, groups))
