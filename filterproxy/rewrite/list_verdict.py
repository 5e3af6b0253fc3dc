"""Why the search for lists of other stories took an element, or passed it over: for `explain`."""

from collections.abc import Iterable

from filterproxy.rewrite import furniture
from filterproxy.rewrite.article import Article
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors, siblings
from filterproxy.rewrite.list_shapes import is_listed
from filterproxy.rewrite.lists import HEADLINES, find_lists, is_front_page
from filterproxy.rewrite.story_links import lead_to_stories
from filterproxy.rewrite.tally import Block, tally


def list_verdict(document: Document, node: Node, article: Article | None, kept: Iterable[Node] = ()) -> str:
    """In words, for an element of the page.

    Args:
        document: the page as it came.
        node: the element.
        article: the page's story, or None.
        kept: what is known to be about the story (`related`), as for `find_lists`.
    """
    if article is None:
        return "no lists are looked for: the page has no story that they would stand around"
    kept = tuple(kept)
    above = {one.mem_id: one for one in (node, *ancestors(node))}
    inside = {one.mem_id for one in node.css("*")}
    found = list(find_lists(document, article, kept))
    for listing in found:
        ids = {one.mem_id for one in siblings(listing.first, listing.last)}
        if not ids.isdisjoint(above):
            what = "it is one" if node.mem_id in ids else "it stands in one"
            return f"{what}. {listing.why}"
    held = sum(1 for listing in found if listing.first.mem_id in inside)
    why = _why_not(document, node, article, {one.mem_id for one in kept})
    return f"it holds {held}, and is none itself: {why}" if held else f"it is none: {why}"


def _why_not(document: Document, node: Node, article: Article, kept: set[int]) -> str:
    root = tally(document)
    block = None if root is None else _block(root, node)
    place = _by_place(node, article, kept)
    if place or root is None or block is None or block.headlines < HEADLINES:
        count = 0 if block is None else block.headlines
        return place or f"a list has two links as long as a headline, and it has {count or 'none'}"
    if is_front_page(root, article):
        return f"a front page: {root.headlines} headlines, and {article.size:,} characters of story"
    around = any(one.mem_id in article.ids for one in ancestors(node))
    usual = "it stands in the story, where a list has to be plain" if around else ""
    return _by_shape(block) or usual or "it would be one, but for what it stands in or what stands in it"


def _by_place(node: Node, article: Article, kept: set[int]) -> str:
    if node.tag in STRUCTURE or node.mem_id in article.above:
        return "it holds the story"
    if node.mem_id in article.heading:
        return "it is the story's heading, or holds it"
    if any(one.mem_id in kept for one in (node, *ancestors(node))):
        return "a rule of the category related names it"
    return ""


def _by_shape(block: Block) -> str:
    """What of a block's links, text and names speaks against it, or nothing."""
    node = block.node
    if block.tag in furniture.MENU_TAGS:
        return f"a <{block.tag}> is a menu"
    if not is_listed(block):
        named = ", and by its name it is a menu" if furniture.is_menu(node) else ""
        links = block.headline_weight / block.link_weight if block.link_weight else 0.0
        return f"headlines make up {block.share:.0%} of its text and {links:.0%} of its links' text{named}"
    if not lead_to_stories(block):
        return "its links are short, and lead where no stories are"
    if furniture.is_furniture(node, block.headlines):
        return "it looks like comments, a footer, paging or a byline"
    return ""


def _block(root: Block, node: Node) -> Block | None:
    blocks = [root]
    while blocks:
        block = blocks.pop()
        if block.node.mem_id == node.mem_id:
            return block
        blocks += block.below
    return None
