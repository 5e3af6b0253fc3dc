"""What every block of a page holds of text and of links, counted in one walk over its text nodes."""

import re
from dataclasses import dataclass, field

from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.measure import is_hidden

HEADLINE = 7.0
"""Weight of the shortest text that is a headline; 食疗养生 names a channel."""

_UNREAD = frozenset({"noscript", "template", "textarea", "option", "title", "iframe", "object"})
_WIDE = re.compile("[\u2e80-\U0010ffff]+")  # Chinese, Japanese, Korean: a character is a syllable or a word
_WORD = 2.5  # letters that say as much as one of these
_WORDS = 3  # of a headline in letters
_PICTURE_LINK = 3  # elements from a picture up to its link


@dataclass(slots=True)
class Block:
    """An element and what stands in it. Weights as `weigh` has them.

    Attributes:
        node: the element.
        tag: its name.
        weight: of all its visible text; of hidden text, of what is linked.
        link_weight: of its links' text.
        headlines: how many of the links are as long as a headline.
        headline_weight: of their text.
        above: the block it stands in; None of the body.
        depth: elements between it and the body, itself included.
        below: the blocks in it that hold text.
    """

    node: Node
    tag: str
    above: "Block | None" = None
    hidden: bool = False
    linked: bool = False
    weight: float = 0.0
    link_weight: float = 0.0
    headlines: int = 0
    headline_weight: float = 0.0
    depth: int = 0
    below: "list[Block]" = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the block's text, what headlines have."""
        return self.headline_weight / self.weight if self.weight else 0.0


def weigh(text: str) -> float:
    """How much a text says: Chinese characters as they are, of letters two and a half for one."""
    if text.isascii():
        return len(text) / _WORD
    narrow = len(_WIDE.sub("", text))
    return len(text) - narrow + narrow / _WORD


def tally(document: Document) -> Block | None:
    """The body as a block, with all that are in it; None where the page has none."""
    body = document.parser.body
    if body is None:
        return None
    blocks = _Blocks(document, body)
    for node, text in document.text_nodes():
        block = blocks.at(node.parent)
        if block is not None and block.tag not in _UNREAD and (block.linked or not block.hidden):
            folded = " ".join(text.split()) if "\n" in text or "  " in text else text
            block.weight += weigh(folded)
    blocks.add_pictures(document)
    blocks.add_up()
    return blocks.order[0]


def _is_name(link: Node) -> bool:
    """Whether a text in letters is a name, however long: Bloomberg Businessweek."""
    text = link.text()
    return _WIDE.search(text) is None and 0 < len(text.split()) < _WORDS


class _Blocks:
    """The blocks of a page by `mem_id`, made as they are met: parents before what stands in them."""

    def __init__(self, document: Document, body: Node) -> None:
        self.order = [Block(body, "body")]
        self._known = {body.mem_id: self.order[0]}
        styled = document.find("[hidden],[style*='display' i]")
        self._hidden = {node.mem_id for node in styled if is_hidden(node)}

    def at(self, node: Node | None) -> Block | None:
        """An element's block; None where it does not stand in the body."""
        path: list[tuple[int, Node]] = []
        block = None
        while node is not None:
            mem_id = node.mem_id
            block = self._known.get(mem_id)
            if block is not None:
                break
            path.append((mem_id, node))
            node = node.parent
        if block is None:
            return None
        for mem_id, step in reversed(path):
            tag, above = step.tag or "", block
            hidden = above.hidden or mem_id in self._hidden
            block = Block(step, tag, above, hidden, above.linked or tag == "a", depth=above.depth + 1)
            self._known[mem_id] = block
            above.below.append(block)
            self.order.append(block)
        return block

    def add_pictures(self, document: Document) -> None:
        """Of links that hold nothing but a picture, what its `alt` or a `title` says."""
        for image in document.find("a img"):
            link = image.parent
            for _ in range(_PICTURE_LINK):
                if link is None or link.tag == "a":
                    break
                link = link.parent
            if link is None or link.tag != "a" or link.mem_id in self._known:
                continue
            text = image.attrs.get("alt") or link.attrs.get("title") or ""
            block = self.at(link)
            if block is not None:
                block.weight += weigh(text.strip())

    def add_up(self) -> None:
        """Let each block hold what those in it do."""
        for block in reversed(self.order):
            if block.tag == "a" and "href" in block.node.attrs:
                block.link_weight = block.weight
                if block.weight >= HEADLINE and not _is_name(block.node):
                    block.headlines, block.headline_weight = 1, block.weight
            above = block.above
            if above is not None:
                above.weight += block.weight
                above.link_weight += block.link_weight
                above.headlines += block.headlines
                above.headline_weight += block.headline_weight
