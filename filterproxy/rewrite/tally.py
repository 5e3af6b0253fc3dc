"""What every block of a page holds of text and of links, counted without a walk of its own."""

import bisect
import re
from collections.abc import Iterator
from itertools import accumulate

from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.measure import hidden_ids
from filterproxy.rewrite.order import TEXT, Order, tag_ids

HEADLINE = 7.0
"""Weight of the shortest text that is a headline; 食疗养生 names a channel."""

_UNREAD = tag_ids("noscript", "template", "textarea", "option", "title", "iframe", "object")
_WIDE = re.compile("[\u2e80-\U0010ffff]+")  # Chinese, Japanese, Korean: a character is a syllable or a word
_WORD = 2.5  # letters that say as much as one of these
_WORDS = 3  # of a headline in letters
_PICTURE_LINK = 3  # elements from a picture up to its link
_LINK = tag_ids("a")
_IMAGE = tag_ids("img")
_PARTS = 5  # of a weight: sums of whole numbers are exact, whatever their order


class Block:
    """An element and what stands in it. Weights as `weigh` has them.

    Attributes:
        node: the element.
        above: the block it stands in; None of the body.
        depth: elements between it and the body, itself included.
        headlines: how many of the links in it are as long as a headline.
    """

    __slots__ = ("_below", "_first", "_last", "_place", "_sums", "above", "depth", "headlines", "node")

    def __init__(self, sums: "_Sums", place: int, items: tuple[int, int], above: "Block | None") -> None:
        self._sums, self._place = sums, place
        self._first, self._last = items
        self._below: list[Block] | None = None
        self.node = sums.order.nodes[place]
        self.above = above
        self.depth: int = 0 if above is None else above.depth + 1
        self.headlines = sums.headlines[self._last] - sums.headlines[self._first]

    @property
    def tag(self) -> str:
        """The element's name."""
        return self.node.tag or ""

    @property
    def weight(self) -> float:
        """Of all its visible text; of hidden text, of what is linked."""
        return self._sum(self._sums.weights)

    @property
    def link_weight(self) -> float:
        """Of its links' text."""
        return self._sum(self._sums.linked)

    @property
    def headline_weight(self) -> float:
        """Of the text of the links that are as long as a headline."""
        return self._sum(self._sums.headed)

    @property
    def share(self) -> float:
        """Of the block's text, what headlines have."""
        weight = self.weight
        return self.headline_weight / weight if weight else 0.0

    @property
    def is_written(self) -> bool:
        """Whether a text stands in it, not only pictures that say something."""
        return self._sums.written[self._last] > self._sums.written[self._first]

    @property
    def below(self) -> "list[Block]":
        """The blocks in it that hold text, in order; behind them those that hold pictures' texts alone."""
        if self._below is None:
            self._below = self._sums.below(self, self._place, self._first, self._last)
        return self._below

    def _sum(self, sums: list[int]) -> float:
        return (sums[self._last] - sums[self._first]) / _PARTS


def weigh(text: str) -> float:
    """How much a text says: Chinese characters as they are, of letters two and a half for one."""
    if text.isascii():
        return len(text) / _WORD
    narrow = len(_WIDE.sub("", text))
    return len(text) - narrow + narrow / _WORD


def tally(document: Document) -> Block | None:
    """The body as a block, with all that are in it; None where the page has none."""
    order = document.order
    if order is None:
        return None
    sums = _Sums(document, order)
    return Block(sums, 0, (0, len(sums.at)), None)


def _is_name(link: Node) -> bool:
    """Whether a text in letters is a name, however long: Bloomberg Businessweek."""
    text = link.text()
    return _WIDE.search(text) is None and 0 < len(text.split()) < _WORDS


class _Sums:
    """Weights of texts and links, summed up from the body's beginning: a block's is the difference of two.

    Items are the texts and, at their own places, the links that hold one, or a picture that says something.

    Attributes:
        order: the page's nodes.
        at: the items' places.
        written: which of them are texts, as a sum.
        weights, linked, headed: in fifths, of all, of what is linked, and of headlines.
        headlines: how many.
    """

    __slots__ = ("at", "headed", "headlines", "linked", "order", "weights", "written")

    def __init__(self, document: Document, order: Order) -> None:
        self.order = order
        links = [(place, *order.holds(place)) for place in order.of(_LINK)]
        weights = _weights(order.texts)
        for index in self._unread(document, links):
            weights[index] = 0
        items = [(place, weight, 0, 0) for place, weight in zip(order.at, weights, strict=True)]
        items += self._links(links, _sums(weights))
        items.sort()
        self.at = [item[0] for item in items]
        self.weights = _sums([item[1] for item in items])
        self.linked = _sums([item[2] for item in items])
        self.headed = _sums([item[2] * item[3] for item in items])
        self.headlines = _sums([item[3] for item in items])
        self.written = _sums([order.tags[place] == TEXT for place in self.at])

    def _unread(self, document: Document, links: list[tuple[int, int, int]]) -> set[int]:
        """The texts that nobody reads, nor clicks."""
        order = self.order
        unread = order.own_texts(_UNREAD)
        places = (order.places.get(mem_id) for mem_id in document.once(hidden_ids))
        hidden = {index for place in places if place is not None for index in range(*order.holds(place))}
        if hidden:
            hidden.difference_update(*(range(first, last) for _, first, last in links))
        return unread | hidden

    def _links(
        self, links: list[tuple[int, int, int]], sums: list[int]
    ) -> Iterator[tuple[int, int, int, int]]:
        """Of each link its place, what its picture says where it holds no text, and both; 1 for a headline.

        A link in a link is a part of it.
        """
        nodes, pictures, done = self.order.nodes, self._pictures(), 0
        for place, first, last in links:
            picture = pictures.get(place, 0) if first == last else 0
            weight = sums[last] - sums[first] + picture
            if first == last and place not in pictures:
                continue
            if place < done or "href" not in nodes[place].attrs:
                yield place, picture, 0, 0
                continue
            done = self.order.end(place)
            headline = weight >= HEADLINE * _PARTS and not _is_name(nodes[place])
            yield place, picture, weight, int(headline)

    def _pictures(self) -> dict[int, int]:
        """Of links around a picture, by their places, what its `alt` or a `title` says."""
        order = self.order
        found: dict[int, int] = {}
        for place in order.of(_IMAGE):
            image = order.nodes[place]
            link = image.parent
            for _ in range(_PICTURE_LINK):
                if link is None or link.tag_id in _LINK:
                    break
                link = link.parent
            at = None if link is None or link.tag_id not in _LINK else order.places.get(link.mem_id)
            if link is not None and at is not None and at not in found:
                text = image.attrs.get("alt") or link.attrs.get("title") or ""
                found[at] = _weights([text.strip()])[0]
        return found

    def below(self, block: Block, place: int, first: int, last: int) -> list[Block]:
        """The blocks right below one that hold an item."""
        order, at = self.order, self.at
        found: list[Block] = []
        end, inner = order.end(place), place + 1
        first += at[first] == place
        while first < last and inner < end:
            if order.tags[inner] == TEXT:
                first += first < last and at[first] == inner
                inner += 1
                continue
            behind = order.end(inner)
            until = bisect.bisect_left(at, behind, first)
            if until > first:
                found.append(Block(self, inner, (first, until), block))
            first, inner = until, behind
        found.sort(key=lambda below: not below.is_written)
        return found


def _weights(texts: list[str]) -> list[int]:
    """What `weigh` says of each, white space in it folded, in fifths."""
    folded = [" ".join(text.split()) if "\n" in text or "  " in text else text for text in texts]
    narrow = _WIDE.sub("", "\n".join(folded)).split("\n")
    return [_PARTS * len(text) - 3 * len(rest) for text, rest in zip(folded, narrow, strict=True)]


def _sums(values: "list[int] | list[bool]") -> list[int]:
    return list(accumulate(values, initial=0))
