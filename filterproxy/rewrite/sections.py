"""Sections by heading: the block that 猜你喜欢 or 精彩推荐 introduces. See rules/README.md, "Sections"."""

from collections.abc import Iterable, Iterator

from filterproxy.rewrite.article import Article
from filterproxy.rewrite.changes import Change
from filterproxy.rewrite.document import STRUCTURE, Node, ancestors, next_element, siblings
from filterproxy.rewrite.headings import HEADINGS, is_heading_like
from filterproxy.rewrite.measure import Measure, measure
from filterproxy.ruleset.model import Action, Rule

_NEVER = STRUCTURE | {"main", "article"}
_ENDS_RUN = frozenset({"footer", "nav", "main", "article", "aside", "form"})
_SHOWS_NOTHING = frozenset({"script", "style", "noscript", "template", "link", "meta", "br", "hr"})
_TABLE_PARTS = frozenset({"tbody", "thead", "tfoot", "tr", "td", "th"})
_LEVELS = 6  # a heading's own wrappers, the block, and two to spare
_LINKED = 0.5  # of a list's text: titles are links; sources, dates and counts are not
_PROSE = 200  # characters of unlinked text: a block with more is no list
_REST = 12  # characters: "更多 >", "换一换": not worth keeping a block for


def find_sections(headings: Iterable[tuple[Node, Rule]], article: Article | None) -> Iterator[Change]:
    """A change for each section that one of these headings introduces, in their order.

    Headings that head nothing recognisable are left alone.
    """
    for heading, rule in headings:
        forbidden = _forbidden(article)
        block = _block(heading, forbidden)
        if block is not None:
            first, last = block
            if first.mem_id == last.mem_id:
                first = last = _whole_table(first, forbidden)
            yield Change(rule, Action.SECTION, first, last)


def _forbidden(article: Article | None) -> frozenset[int]:
    return frozenset() if article is None else article.above | article.heading


def _whole_table(node: Node, forbidden: frozenset[int]) -> Node:
    """The table, where the block is a part of it and nothing else is shown in it."""
    whole = node
    for above in ancestors(node):
        if whole.tag not in _TABLE_PARTS or above.mem_id in forbidden:
            break
        if measure(above).visible > measure(node).visible:
            break
        whole = above
    return whole if whole.tag not in _TABLE_PARTS else node


def _block(heading: Node, forbidden: frozenset[int]) -> tuple[Node, Node] | None:
    """First and last element of the section, the same one where a single block holds it all."""
    own = measure(heading)
    if own.links >= 2 and heading.mem_id not in forbidden:  # noqa: PLR2004 - bare text heads its own block
        return (heading, heading) if own.linked >= _LINKED * own.visible else None
    node = heading
    for _ in range(_LEVELS):
        parent = node.parent
        if parent is None or parent.tag in _NEVER or parent.mem_id in forbidden:
            break
        around = measure(parent)
        if around.links - own.links >= 2:  # noqa: PLR2004 - "two links or more", rules/README.md
            return _around_or_beside(node, parent, around, own, forbidden)
        if around.unlinked - own.unlinked > _PROSE:
            break
        node = parent
    return _beside(heading, node, forbidden) or _empty(heading, forbidden)


def _around_or_beside(
    node: Node, parent: Node, around: Measure, own: Measure, forbidden: frozenset[int]
) -> tuple[Node, Node] | None:
    """The block `parent`, or of its children only the run that begins with `node`."""
    run = _run(node, forbidden)
    if run is not None:
        taken = sum(measure(part).visible for part in siblings(*run))
        if around.visible - taken > _REST:
            return run
        return parent, parent
    if around.linked - own.linked >= _LINKED * (around.visible - own.visible):
        return parent, parent
    return None


def _beside(heading: Node, top: Node, forbidden: frozenset[int]) -> tuple[Node, Node] | None:
    """The list stands beside the heading, or beside one of the blocks that hold nothing but it."""
    node = heading
    while True:
        run = _run(node, forbidden)
        if run is not None:
            return run
        if node.mem_id == top.mem_id or node.parent is None:
            return None
        node = node.parent


def _run(node: Node, forbidden: frozenset[int]) -> tuple[Node, Node] | None:
    """`node` and the siblings behind it that are its list: up to another heading or another shape."""
    first = last = None
    links = 0
    sibling = next_element(node)
    while sibling is not None and sibling.mem_id not in forbidden and sibling.tag not in _ENDS_RUN:
        if is_heading_like(sibling, node):
            break
        if sibling.tag in _SHOWS_NOTHING:
            sibling = next_element(sibling)
            continue
        size = measure(sibling)
        listed = size.links >= 1 and size.linked >= _LINKED * size.visible
        if first is None and not size.visible and not size.links:
            sibling = next_element(sibling)
            continue
        if not listed or (first is not None and _shape(sibling) != _shape(first)):
            break
        first, last = first or sibling, sibling
        links += size.links
        sibling = next_element(sibling)
    if last is None or links < 2:  # noqa: PLR2004 - "two links or more"
        return None
    return node, last


def _shape(node: Node) -> tuple[str | None, str | None]:
    classes = (node.attrs.get("class") or "").split()
    return node.tag, classes[0] if classes else None


def _empty(heading: Node, forbidden: frozenset[int]) -> tuple[Node, Node] | None:
    """The list is filled in by a script: the heading and its empty container."""
    own = measure(heading)
    node = heading
    for above in ancestors(heading):
        if above.tag in _NEVER or above.mem_id in forbidden or _shows_more(above, own):
            break
        node = above
    following = next_element(node)
    while following is not None and following.tag in _SHOWS_NOTHING - {"script"}:
        following = next_element(following)
    if following is not None and following.mem_id not in forbidden and _is_vacant(following):
        return node, following
    return (node, node) if _has_room(node) else None


def _shows_more(node: Node, own: Measure) -> bool:
    around = measure(node)
    if around.visible - own.visible > _REST or around.links > own.links:
        return True
    return node.css_first("img,iframe,video,input,object,embed") is not None


def _is_vacant(node: Node) -> bool:
    if node.tag in HEADINGS:
        return False
    if node.tag == "script":
        return True
    size = measure(node)
    return not size.visible and not size.links and node.css_first("img,video,input,iframe,object") is None


def _has_room(node: Node) -> bool:
    """Whether a container holds an empty element, in which the list would stand."""
    return any(
        child.mem_id != node.mem_id and not child.text().strip()
        for child in node.css("div,ul,ol,dl,section,ins,script,table")
    )
