"""Headings: short elements that start a block and whose whole text is one of the wanted ones."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors, next_element, previous_element
from filterproxy.ruleset.model import Rule, Tokens
from filterproxy.ruleset.text import normalise_heading

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "legend", "caption"})

_BLOCKS = HEADINGS | frozenset(
    "address article aside blockquote body center dd div dl fieldset figcaption figure footer form header hr "
    "li main menu nav ol p pre section table tbody td tfoot th thead tr ul details summary".split()
)
_LONGEST = 40  # characters of a heading with what stands beside it
_COUNT = 12  # characters that may stand around a heading's text: （12）, 》》, 【】
_ORNAMENTS = " \t\n\r\xa0\u3000·•|>»▶►◆■□●【「『《[(（<“\"'#-—_~*✦★☆"
_HEADLINE = 8  # characters: longer than a section's name
_ENTRY = 12  # characters of a menu's entry
_WRAPPERS = 4  # elements around a heading that hold nothing else


def find_headings(document: Document, rules: Iterable[Rule]) -> Iterator[tuple[Node, Rule]]:
    """Each heading that one of the rules names, with the first such rule, in document order.

    Given is the outermost element of that text. Where the heading stands as bare text in the block of its
    list, that block is given.
    """
    rules = tuple(rules)
    openings = _openings(tuple(rule.heading_tokens for rule in rules))
    wanted: dict[str, Rule] = {}
    for rule in reversed(rules):
        wanted.update(dict.fromkeys(rule.headings, rule))
    longest = max(map(len, wanted), default=0) + _COUNT
    seen: set[int] = set()
    for node, text in document.text_nodes():
        if len(text) > longest or text.lstrip(_ORNAMENTS)[:2].lower() not in openings:
            continue
        found = _widest(node, wanted, longest)
        if found is None or found[0].mem_id in seen:
            continue
        seen.add(found[0].mem_id)
        if _starts_block(found[0]) and not _in_menu(found[0]):
            yield found


@lru_cache(maxsize=256)
def _openings(headings: tuple[tuple[Tokens, ...], ...]) -> frozenset[str]:
    """The first two characters, and the first alone, with which the headings may begin on a page.

    A heading's first group of tokens is what it begins with, in either script (ruleset.page_tokens). The
    first alone: 猜<em>你喜欢</em>.
    """
    firsts = {t[:2] for alternatives in headings for tokens in alternatives for t in tokens[0]}
    return frozenset(firsts | {first[:1] for first in firsts})


def is_heading_like(node: Node, heading: Node) -> bool:
    """Whether `node`, a sibling, introduces a section of its own."""
    if node.tag in HEADINGS:
        return True
    if node.tag == heading.tag and _classes(node) == _classes(heading) and len(node.text()) <= _LONGEST:
        return True
    child = node.first_child
    while child is not None and not child.is_element_node:
        if child.is_text_node and (child.text_content or "").strip():
            return False
        child = child.next
    if child is None:
        return False
    if child.tag in HEADINGS:  # unless it is the list's first headline
        return not any(len(link.text().strip()) >= _HEADLINE for link in child.css("a"))
    return (
        child.tag not in {"li", "a", "p"}
        and child.tag == heading.tag
        and _classes(child) == _classes(heading)
    )


def _classes(node: Node) -> str | None:
    return node.attrs.get("class")


def _widest(text: Node, wanted: Mapping[str, Rule], longest: int) -> tuple[Node, Rule] | None:
    found = None
    node = text.parent
    for _ in range(_WRAPPERS + 1):
        if node is None or node.tag in STRUCTURE or node.tag in {"script", "style", "title", "option"}:
            break
        content = node.text().strip()
        if len(content) > 2 * longest:  # white space inside and all
            break
        rule = wanted.get(normalise_heading(content))
        if rule is not None:
            found = node, rule
        elif found is not None:
            break
        node = node.parent
    return found or _bare(text, wanted)


def _bare(text: Node, wanted: Mapping[str, Rule]) -> tuple[Node, Rule] | None:
    """The block whose own text, apart from its elements', is a heading that stands before all else."""
    block, before = text.parent, text.prev
    if block is None or block.tag not in _BLOCKS - STRUCTURE:
        return None
    while before is not None:
        if before.text().strip():
            return None
        before = before.prev
    rule = wanted.get(normalise_heading(block.text(deep=False)))
    return None if rule is None else (block, rule)


def _starts_block(node: Node) -> bool:
    """Whether nothing stands before the element in its block, nor prose behind it."""
    if node.tag in HEADINGS:
        return True
    if node.tag not in _BLOCKS and _prose_follows(node):
        return False
    current = node
    while current.tag not in _BLOCKS:
        before = current.prev
        while before is not None:
            if before.is_text_node and (before.text_content or "").strip():
                return False
            if before.is_element_node and before.text().strip():
                return before.tag in _BLOCKS
            before = before.prev
        above = current.parent
        if above is None:
            return False
        current = above
    return True


def _prose_follows(node: Node) -> bool:
    after = node.next
    while after is not None and not after.is_element_node:
        if after.is_text_node and (after.text_content or "").strip(" \n\t\r:：>»·|.…\u3000\xa0"):
            return True
        after = after.next
    return False


def _in_menu(node: Node) -> bool:
    """Whether it is one entry of a menu: a link among links, not a heading over them."""
    around = [node, *(above for _, above in zip(range(_WRAPPERS), ancestors(node), strict=False))]
    if any(above.tag in HEADINGS for above in around):
        return False
    for above in around:
        if above.tag == "nav":
            return True
        if above.tag == "li" or (above.tag == "a" and "href" in above.attrs):
            for neighbour in (previous_element(above), next_element(above)):
                if neighbour is not None and neighbour.tag == above.tag and _is_entry(neighbour):
                    return True
    return False


def _is_entry(node: Node) -> bool:
    return 0 < len(node.text().strip()) <= _ENTRY
