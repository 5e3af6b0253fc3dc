"""What shape a list of other stories has: what headlines have of a block, how its items are alike."""

from filterproxy.rewrite import furniture
from filterproxy.rewrite.headings import HEADINGS
from filterproxy.rewrite.prose import begins_line
from filterproxy.rewrite.tally import Block

_OF_LINKS = 0.55  # of the weight of a block's links, what headlines have; menus are links to channels
_OF_TEXT = 0.25  # of the block's text; teasers and counts are the rest
_FEW = 0.3  # two headlines have to be half of a block's text, ten hardly more than `_OF_TEXT`
_ITEMS = 3  # of one shape, each with a headline
_OF_ITEMS = 0.7  # of the block's text, what stands in them
_LEAST = 0.12  # of the text of such items, what headlines have
_ITEM = 400.0  # weight of the longest item: more is a story of its own
_ALMOST_ALL = 0.9  # of the weight of the links of a block of teasers
_REST = 40.0  # weight of what else a list may hold: its heading, tabs, 更多
_OF_REST = 0.15
_REST_LISTED = 0.2  # of what else it holds, what headlines have where that is of the list, too

Shape = tuple[str, str]


def shape_of(block: Block) -> Shape:
    """By what items of one list are alike: the element's name and its first class."""
    classes = (block.node.attrs.get("class") or "").split()
    return block.tag, classes[0] if classes else ""


def is_listed(held: Block) -> bool:
    """Whether headlines make up enough of a block."""
    if held.headline_weight < _OF_LINKS * held.link_weight:
        return in_items(held)
    if furniture.is_menu(held.node):  # names lie, but then the block has to be plainly a list
        least = _OF_TEXT if "foot" in furniture.names(held.node).lower() else 2 * _OF_TEXT
        return held.headlines > _ITEMS and held.share >= least
    return held.share >= _OF_TEXT + _FEW / held.headlines or in_items(held) or in_teasers(held)


def in_items(held: Block) -> bool:
    """Whether it is a row of items of one shape, each with a headline."""
    if furniture.is_menu(held.node):
        return False
    items = _items(held)
    if len(items) < _ITEMS:
        return False
    weights = [item.weight for item in items]
    return (
        sum(weights) >= _OF_ITEMS * held.weight
        and max(weights) <= _ITEM
        and held.headline_weight >= _LEAST * held.weight
    )


def in_teasers(held: Block) -> bool:
    """Whether it is headlines with a few sentences behind each, every one at the beginning of a line."""
    plain = held.headlines >= _ITEMS and held.headline_weight >= _ALMOST_ALL * held.link_weight
    if not plain or held.share < _LEAST or held.weight > _ITEM * held.headlines:
        return False
    return all(map(begins_line, held.node.css("a[href]")))


def is_one(held: Block, inner: list[Block]) -> bool:
    """Whether a list is one with the lists in it, which hold most of it, and no sections of their own."""
    ids = {found.node.mem_id for found in inner}
    listed = False
    for below in held.below:
        listed = listed or below.node.mem_id in ids
        if listed and below.tag in HEADINGS and not below.headlines:
            return False
    rest = held.weight - sum(found.weight for found in inner)
    headlines = held.headline_weight - sum(found.headline_weight for found in inner)
    return rest <= max(_REST, _OF_REST * held.weight) or headlines >= _REST_LISTED * rest


def says_why(held: Block, heading: str) -> str:
    """By what a block is known for a list, in one sentence. `heading`: what stands before it, or nothing."""
    links = f"{held.headlines} links to other stories"
    if held.headlines == 1:
        return "One more item of a list of links to other stories."
    if heading:
        return f"A list of {links} under the heading “{heading}”."
    if held.share >= _OF_TEXT + _FEW / held.headlines:
        return f"A block of {links}: their headlines make up {held.share:.0%} of its text."
    items = len(_items(held))
    if items >= _ITEMS:
        return f"A row of {items} items of one shape, each with a link to another story."
    return f"A block of {links}, each with a few words about it."


def _items(held: Block) -> list[Block]:
    """The most blocks of one shape that each have a headline."""
    shapes: dict[Shape, list[Block]] = {}
    for below in held.below:
        if below.headlines:
            shapes.setdefault(shape_of(below), []).append(below)
    return max(shapes.values(), key=len, default=[])
