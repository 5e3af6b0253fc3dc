"""Which elements of a page the selected rules mean. Sections by heading are in `sections`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import re2

from filterproxy.rewrite.changes import HIDDEN_STYLE, Change
from filterproxy.rewrite.document import Document, Node, ancestors
from filterproxy.rewrite.links import match_links
from filterproxy.rewrite.measure import is_longer, visible_text
from filterproxy.rewrite.names import Names
from filterproxy.rewrite.params import is_named
from filterproxy.rewrite.scripts import match_scripts
from filterproxy.rewrite.seeds import Seeds
from filterproxy.ruleset.model import Action, Mode, Rule, Selector, TextPattern, Tokens

_NEAR_THE_START = re.compile(r"\^\[\\s\\S\]\{0,(\d{1,4})\}(?![?*+{])")
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""Of a regular expression: an escape, a class, or a character."""

_CODE_TAGS = frozenset({"script", "style", "noscript", "title"})
"""Elements whose text is code, or that stand in the head: `Seeds` knows nothing of them."""

_TYPES = re.compile(r"[a-z0-9]+|:is\([a-z0-9]+(?:, [a-z0-9]+)*\)")
"""A selector of nothing but types: of the named elements it is told by their tags, without a search."""

_CODE = re.compile(r"(?:^|[\s>+~,(])(?:script|style|noscript|title)(?![\w-])", re.IGNORECASE)
"""Selectors that may mean such elements."""


@dataclass(frozen=True, slots=True)
class Target:
    """What rules are matched on.

    Attributes:
        document: the page.
        seeds: where its texts stand.
        names: what its elements are called.
        texts: `Selection.texts`.
        inline_style: whether the page's policy lets an inline style hide an element.
        url: the page's, for links that are relative.
    """

    document: Document
    seeds: Seeds
    names: Names
    texts: Mapping[str, Tokens] = field(default_factory=dict)
    inline_style: bool = True
    url: str = ""


TOGETHER = frozenset({Action.STRIP_PARAMS, Action.PRUNE})
"""Actions by which several rules change one address or one text, so that they are matched as one."""

Chosen = tuple[Rule, tuple[Selector, ...]]


def match_together(page: Target, chosen: Sequence[Chosen]) -> list[Change]:
    """The changes that rules of these actions ask for; those that only observe ask beside those that act."""
    changes: list[Change] = []
    for mode in (Mode.ENFORCE, Mode.OBSERVE):
        own = [(rule, selectors) for rule, selectors in chosen if rule.mode is mode]
        links = [rule for rule, _ in own if rule.action is Action.STRIP_PARAMS]
        changes += match_links(page.document, links, page.url)
        changes += match_scripts(page.document, [(r, s) for r, s in own if r.action is Action.PRUNE])
    return changes


def match(page: Target, rule: Rule, selectors: Iterable[Selector]) -> Iterator[Change]:
    """The changes one rule (any but a section) asks for, conditions applied; an element once.

    `selectors`: those of its selectors, or of its strips' selectors, that are worth trying.
    """
    document = page.document
    if rule.action in TOGETHER:
        yield from match_together(page, [(rule, tuple(selectors))])
        return
    if rule.strips:
        yield from _strips(document, rule, {selector.css for selector in selectors})
        return
    tokens = page.texts.get(rule.name, rule.text_tokens)
    seen: set[int] = set()
    for found in _found(page, rule, selectors):
        if rule.up is None and _too_long(rule, found):  # sooner told than what its text holds
            continue
        if _meets(document, rule, found, tokens):
            node = _up(document, rule, found)
            if node is not None and node.mem_id not in seen and not (rule.up and _too_long(rule, node)):
                seen.add(node.mem_id)
                yield from _change(rule, node, inline_style=page.inline_style)


def _found(page: Target, rule: Rule, selectors: Iterable[Selector]) -> Iterator[Node]:
    """What the selectors match, less what can't be named or hold a text as the rule wants."""
    code = [_CODE.search(selector.css) is not None for selector in rule.selectors]
    holders = None if all(code) or not rule.text_literals else _holders(page.seeds, rule)
    if holders is not None and not holders and not any(code):
        return
    named = None if rule.named is None else page.names.holders(rule.named)
    if named is not None and not named:
        return
    for selector in selectors:
        for found in _matched(page.document, selector.css, named):
            if holders is None or found.mem_id in holders or found.tag in _CODE_TAGS:
                yield found


def _matched(document: Document, css: str, named: Mapping[int, Node] | None) -> Iterable[Node]:
    """What a selector matches of the elements that are named as the rule wants, or of all."""
    if named is None:
        return document.find(css)
    types = _TYPES.fullmatch(css)
    if types is None:
        return [node for node in document.find(css) if node.mem_id in named]
    tags = types[0].removeprefix(":is(").removesuffix(")").split(", ")
    return [node for node in named.values() if node.tag in tags]


def _holders(seeds: Seeds, rule: Rule) -> frozenset[int]:
    """The elements of the body whose text may hold what the rule wants."""
    return frozenset.intersection(*map(seeds.holders, rule.text_literals))


def _change(rule: Rule, node: Node, *, inline_style: bool) -> Iterator[Change]:
    names: tuple[str, ...] = ()
    if rule.action is Action.HIDE:
        style = (node.attrs.get("style") or "").startswith(HIDDEN_STYLE)
        if "hidden" in node.attrs and (style or not inline_style):
            return
        names = ("style",) if inline_style and not style else ()
    yield Change(rule, rule.action, node, node, names)


def _meets(document: Document, rule: Rule, node: Node, tokens: Tokens) -> bool:
    if rule.within is not None and not _stands_in(node, document.ids(rule.within)):
        return False
    if rule.unless is not None:
        excepted = document.ids(rule.unless)
        if node.mem_id in excepted or _stands_in(node, excepted):
            return False
    if not rule.text:
        return True
    # code's text is its source: what must stand in the page must stand in it, and is quicker to look for
    lowered = _lowered(document, node)
    if tokens and node.tag in _CODE_TAGS and not _stand_in(lowered, tokens):
        return False
    patterns = [pattern for pattern in rule.text if _stand_in(lowered, pattern.literals)]
    if not patterns:
        return False
    text = visible_text(node)
    return any(_holds(pattern, text) for pattern in patterns)


def _too_long(rule: Rule, node: Node) -> bool:
    return rule.at_most is not None and is_longer(node, rule.at_most)


def _stand_in(text: str, tokens: Tokens) -> bool:
    return all(any(token in text for token in group) for group in tokens)


def _lowered(document: Document, node: Node) -> str:
    """All text of an element in lower case, shown or not."""
    known = document.lowered.get(node.mem_id)
    if known is None:
        known = document.lowered[node.mem_id] = node.text().lower()
    return known


def _stands_in(node: Node, ids: frozenset[int]) -> bool:
    return bool(ids) and any(above.mem_id in ids for above in ancestors(node))


def _up(document: Document, rule: Rule, node: Node) -> Node | None:
    if rule.up is None:
        return node
    wanted = document.ids(rule.up)
    return next((above for above in ancestors(node) if above.mem_id in wanted), None)


def _holds(pattern: TextPattern, text: str) -> bool:
    if pattern.regex:
        limit, program = compiled(pattern.pattern)
        found = program.search(text)
        return found is not None and (limit is None or found.start() <= limit)
    return pattern.pattern in " ".join(text.split())


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> "tuple[int | None, re2._Regexp[str]]":
    """The RE2 program of a pattern that `check` has accepted, and where a match has to begin at the latest.

    A pattern that begins with 300 of any character or fewer, for what stands near a script's beginning, is
    what follows, found at 300 or before: RE2 then need not count to 300 in its states.
    """
    start = _NEAR_THE_START.match(pattern)
    if start is None or _has_branches(pattern):
        return None, re2.compile(pattern)
    return int(start[1]), re2.compile(pattern[start.end() :])


def _has_branches(pattern: str) -> bool:
    """Whether a `|` stands outside all groups."""
    depth = 0
    for part in _PART.findall(pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            return True
    return False


def _strips(document: Document, rule: Rule, tried: set[str]) -> Iterator[Change]:
    for strip in rule.strips:
        if strip.selector.css not in tried:
            continue
        for node in document.find(strip.selector.css):
            if rule.action is Action.STRIP_ATTRIBUTES:
                present = list(node.attrs.keys())
            else:
                present = (node.attrs.get("class") or "").split()
            names = tuple(dict.fromkeys(name for name in present if is_named(name, strip.names)))
            if names:
                yield Change(rule, rule.action, node, node, names)
