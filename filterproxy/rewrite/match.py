"""Which elements of a page the selected rules mean. Sections by heading are in `sections`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from filterproxy.rewrite.around import Around
from filterproxy.rewrite.changes import HIDDEN_STYLE, Change
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors
from filterproxy.rewrite.links import match_links
from filterproxy.rewrite.names import Names
from filterproxy.rewrite.params import is_named
from filterproxy.rewrite.scripts import match_scripts
from filterproxy.rewrite.seeds import Seeds
from filterproxy.rewrite.texts import Texts
from filterproxy.ruleset.css_parser import parse
from filterproxy.ruleset.css_tokens import SelectorTextError
from filterproxy.ruleset.model import Action, Mode, Rule, Selector, Wanted

_CODE_TAGS = frozenset({"script", "style", "noscript", "title"})
"""Elements whose text is code, or that stand in the head: `Seeds` knows nothing of them."""

_TYPES = re.compile(r"[a-z0-9]+|:is\([a-z0-9]+(?:, [a-z0-9]+)*\)")
"""The types with which a selector may begin: told by an element's tag, without a search."""

_CODE = re.compile(r"(?:^|[\s>+~,(])(?:script|style|noscript|title)(?![\w-])", re.IGNORECASE)
"""Selectors that may mean such elements."""

_FEW = 12  # elements of which each is asked whether a selector means it, sooner than all of the page


@dataclass(frozen=True, slots=True)
class Target:
    """What rules are matched on.

    Attributes:
        document: the page.
        seeds: where its texts stand.
        names: what its elements are called.
        wanted: `Selection.texts`.
        inline_style: whether the page's policy lets an inline style hide an element.
        url: the page's, for links that are relative.
    """

    document: Document
    seeds: Seeds
    names: Names
    wanted: Mapping[str, Wanted] = field(default_factory=dict)
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
    seen: set[int] = set()
    for found, wanted in _found(page, rule, selectors):
        if _meets(page, rule, found, wanted):
            node = _up(document, rule, found)
            if node is not None and node.mem_id not in seen and not (rule.up and _too_long(page, rule, node)):
                seen.add(node.mem_id)
                yield from _change(rule, node, inline_style=page.inline_style)


def _found(page: Target, rule: Rule, selectors: Iterable[Selector]) -> Iterator[tuple[Node, Wanted]]:
    """What the selectors match, less what can't be named, hold a text, or be as short as the rule wants.

    Each with what of the rule's texts it may hold.
    """
    some: dict[int, Node] | None = None
    if rule.named is not None:
        some = page.names.holders(rule.named)
        if not some:
            return
    code = [_is_code(selector.css) for selector in rule.selectors]
    if rule.text and all(_is_only_code(selector.css) for selector in rule.selectors):
        yield from _code(page, rule, selectors, some)
        return
    wanted = tuple((pattern, pattern.literals) for pattern in rule.text)
    holders = None if all(code) or not rule.text_literals else _holders(page.seeds, rule)
    if holders is not None and not holders and not any(code):
        return
    if holders is not None and not any(code):
        some, holders = _both(some, page.document, holders), None
    for selector in selectors:
        for found in _matched(page, rule, selector.css, some):
            if holders is not None and found.mem_id not in holders and found.tag not in _CODE_TAGS:
                continue
            if rule.up is not None or not _too_long(page, rule, found):
                yield found, wanted


def _code(
    page: Target, rule: Rule, selectors: Iterable[Selector], some: dict[int, Node] | None
) -> Iterator[tuple[Node, Wanted]]:
    """What selectors match of code. Its text is its source: what must stand in the page must stand in it."""
    texts = page.document.once(Texts)
    wanted = page.wanted.get(rule.name)
    if wanted is None:
        wanted = tuple((pattern, pattern.literals) for pattern in rule.text)
    for selector in selectors:
        if may_hold := texts.may_hold(selector.css, wanted):
            for found in _matched(page, rule, selector.css, some):
                if rule.up is not None or not _too_long(page, rule, found):
                    yield found, may_hold


def _both(
    some: dict[int, Node] | None, document: Document, holders: frozenset[int]
) -> dict[int, Node] | None:
    """Of some elements those that may hold the text; of all, those in the body."""
    if some is not None:
        return {mem_id: node for mem_id, node in some.items() if mem_id in holders}
    order = document.order
    if order is None:
        return None
    places = sorted(place for place in map(order.places.get, holders) if place is not None)
    return {order.nodes[place].mem_id: order.nodes[place] for place in places}


def _matched(page: Target, rule: Rule, css: str, some: Mapping[int, Node] | None) -> Iterable[Node]:
    """What a selector matches of some elements, or of all."""
    document = page.document
    if some is None:
        return document.find(css)
    shape = _shape(css)
    if shape is None:
        return [node for node in document.find(css) if node.mem_id in some]
    tags, whole = shape
    nodes = [node for node in some.values() if node.tag in tags]
    if whole:
        return nodes
    if rule.up is None:
        nodes = [node for node in nodes if not _too_long(page, rule, node)]
    if len(nodes) > _FEW and not document.has_found(css):
        return [node for node in document.find(css) if node.mem_id in some]
    return [node for node in nodes if document.is_meant(node, css)]


@lru_cache(maxsize=1024)
def _is_code(css: str) -> bool:
    return _CODE.search(css) is not None


@lru_cache(maxsize=1024)
def _is_only_code(css: str) -> bool:
    shape = _shape(css)
    return shape is not None and shape[0] <= _CODE_TAGS


@lru_cache(maxsize=1024)
def _shape(css: str) -> tuple[frozenset[str], bool] | None:
    """The types of what a selector means, and whether it asks for nothing else.

    None where it names none, or where more than the element itself and what it holds has to be looked at.
    """
    types = _TYPES.match(css)
    if types is None:
        return None
    tags = frozenset(types[0].removeprefix(":is(").removesuffix(")").split(", "))
    if types.end() == len(css):
        return tags, True
    try:
        parsed = parse(css)
    except SelectorTextError:
        return None
    alone = len(parsed) == 1 and len(parsed[0].compounds) == 1 and not tags & STRUCTURE
    return (tags, False) if alone else None


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


def _meets(page: Target, rule: Rule, node: Node, wanted: Wanted) -> bool:
    if rule.text and not page.document.once(Texts).hold(node, wanted):
        return False
    if rule.within is None and rule.unless is None:
        return True
    around = page.document.once(Around)
    if rule.within is not None and not around.stands_in(node, rule.within):
        return False
    return rule.unless is None or not around.is_or_stands_in(node, rule.unless)


def _too_long(page: Target, rule: Rule, node: Node) -> bool:
    return rule.at_most is not None and page.document.once(Texts).is_longer(node, rule.at_most)


def _up(document: Document, rule: Rule, node: Node) -> Node | None:
    if rule.up is None:
        return node
    wanted = document.ids(rule.up)
    return next((above for above in ancestors(node) if above.mem_id in wanted), None)


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
