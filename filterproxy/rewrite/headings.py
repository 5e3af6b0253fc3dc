"""Headings: short elements that start a block and whose whole text is one of the wanted ones."""

from collections.abc import Iterator, Mapping

from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors, next_element, previous_element
from filterproxy.ruleset.model import Rule
from filterproxy.ruleset.text import normalise_heading

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "legend", "caption"})

_BLOCKS = HEADINGS | frozenset(
    "address article aside blockquote body center dd div dl fieldset figcaption figure footer form header hr "
    "li main menu nav ol p pre section table tbody td tfoot th thead tr ul details summary".split()
)
_LONGEST = 40  # characters of a heading with what stands beside it
_ENTRY = 12  # characters of a menu's entry
_WRAPPERS = 4  # elements around a heading that hold nothing else


def find_headings(document: Document, wanted: Mapping[str, Rule]) -> Iterator[tuple[Node, Rule]]:
    """Each heading whose normalised text is wanted, with its rule; the outermost element of that text.

    Where the heading stands as bare text in the block of its list, that block is given.
    """
    firsts = _first_characters(wanted)
    root = document.parser.root
    if root is None or not firsts:
        return
    seen: set[int] = set()
    for text in root.traverse(include_text=True):
        if not text.is_text_node:
            continue
        content = (text.text_content or "").strip()
        if not content or len(content) > _LONGEST or firsts.isdisjoint(content[:3]):
            continue
        found = _widest(text, wanted)
        if found is None or found[0].mem_id in seen:
            continue
        seen.add(found[0].mem_id)
        if _starts_block(found[0]) and not _in_menu(found[0]):
            yield found


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
    return child.tag in HEADINGS or (
        child.tag not in {"li", "a", "p"}
        and child.tag == heading.tag
        and _classes(child) == _classes(heading)
    )


def _classes(node: Node) -> str | None:
    return node.attrs.get("class")


def _first_characters(wanted: Mapping[str, Rule]) -> set[str]:
    """With what the wanted headings may begin, in either script and case."""
    firsts: set[str] = set()
    for rule in {rule.name: rule for rule in wanted.values()}.values():
        for alternative in rule.heading_tokens:
            for token in alternative[0] if alternative else ():
                firsts.update((token[0], token[0].upper()))
    return firsts or {heading[0] for heading in wanted}


def _widest(text: Node, wanted: Mapping[str, Rule]) -> tuple[Node, Rule] | None:
    found = None
    node = text.parent
    for _ in range(_WRAPPERS + 1):
        if node is None or node.tag in STRUCTURE or node.tag in {"script", "style", "title", "option"}:
            break
        content = node.text()
        if len(content) > 4 * _LONGEST or len(content.split(None, 20)) > 20:  # noqa: PLR2004 - words
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
