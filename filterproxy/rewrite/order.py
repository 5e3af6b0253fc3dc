"""A page's body in document order, walked once for all who ask what stands in which element."""

import bisect
from functools import cache, cached_property
from itertools import accumulate
from operator import attrgetter

from selectolax.lexbor import LexborHTMLParser, LexborNode, create_tag

_TAG = attrgetter("tag_id")
_ID = attrgetter("mem_id")


def _number_of_texts() -> int:
    node = LexborHTMLParser("<p>x").css("p")[0].first_child
    return 0 if node is None else node.tag_id


@cache
def tag_ids(*tags: str) -> frozenset[int]:
    """Lexbor's numbers of these tags: told quicker than their names."""
    return frozenset(create_tag(tag).tag_id for tag in tags)


TEXT = _number_of_texts()
_CODE = tag_ids("script", "style")
_FOREIGN = tag_ids("svg", "math")


UNREAD = frozenset({"noscript", "template", "textarea", "option", "title"})
"""Elements whose own text is not shown where it stands."""


class Order:
    """The elements, comments and texts of a body, each at its place; what is but white space left out.

    Columns, because they are made by C loops: no object is made of a node but lexbor's own. An element and
    all that stands in it are the places from its own up to `end`.

    Attributes:
        nodes: the body first.
        tags: `tag_id` of each.
        places: of each by `mem_id`.
        at: the places of the texts that are no code.
        texts: these, white space at both ends off.
    """

    __slots__ = ("__dict__", "_ends", "at", "nodes", "places", "tags", "texts")

    def __init__(self, body: LexborNode) -> None:
        nodes = self.nodes = list(body.traverse(include_text=True, skip_empty=True))
        tags = self.tags = list(map(_TAG, nodes))
        self.places: dict[int, int] = dict(zip(map(_ID, nodes), range(len(nodes)), strict=True))
        self._ends: list[int] = [0] * len(nodes)
        self._ends[0] = len(nodes)
        foreign = not _FOREIGN.isdisjoint(tags)  # whose scripts and styles may hold elements
        self.at: list[int] = []
        self.texts: list[str] = []
        for place, tag in enumerate(tags):
            if tag == TEXT and (text := (nodes[place].text_content or "").strip()):
                if (foreign or tags[place - 1] in _CODE) and self._is_code(nodes[place]):
                    continue
                self.at.append(place)
                self.texts.append(text)

    def _is_code(self, text: LexborNode) -> bool:
        above = text.parent
        return above is not None and above.tag_id in _CODE

    def end(self, place: int) -> int:
        """The place behind an element and all that stands in it."""
        known = self._ends[place]
        if known:
            return known
        passed = []
        node: LexborNode | None = self.nodes[place]
        after: int | None = None
        while node is not None and not after:
            place = self.places[node.mem_id]
            after = self._ends[place]
            if not after:
                passed.append(place)
                after = self._behind(node)
                node = node.parent
        for place in passed:
            self._ends[place] = after or len(self.nodes)
        return after or len(self.nodes)

    def _behind(self, node: LexborNode) -> int:
        following = node.next
        while following is not None:
            place = self.places.get(following.mem_id)
            if place is not None:
                return place
            following = following.next
        return 0

    def holds(self, place: int) -> tuple[int, int]:
        """Of `texts`, the first that stands in an element, and the first behind it."""
        first = bisect.bisect_left(self.at, place)
        return first, bisect.bisect_left(self.at, self.end(place), first)

    @cached_property
    def unread(self) -> set[int]:
        """Of `texts`, those that are not shown where they stand."""
        return self.own_texts(tag_ids(*UNREAD))

    @cached_property
    def sizes(self) -> list[int]:
        """Characters of `texts` that are shown, summed up: before each, and of all."""
        shown = map(size_of, self.texts)
        unread = self.unread
        return list(accumulate((0 if at in unread else size for at, size in enumerate(shown)), initial=0))

    def of(self, tags: frozenset[int]) -> list[int]:
        """The places of these elements."""
        if tags.isdisjoint(self.tags):
            return []
        return [place for place, tag in enumerate(self.tags) if tag in tags]

    def own_texts(self, tags: frozenset[int]) -> set[int]:
        """Of `texts`, those that stand right in one of these elements."""
        found = set()
        for place in self.of(tags):
            mem_id = self.nodes[place].mem_id
            for index in range(*self.holds(place)):
                above = self.nodes[self.at[index]].parent
                if above is not None and above.mem_id == mem_id:
                    found.add(index)
        return found


def size_of(text: str) -> int:
    """Characters of a text, white space left out."""
    return len(text) - sum(map(text.count, " \n\t\r\xa0\u3000"))
