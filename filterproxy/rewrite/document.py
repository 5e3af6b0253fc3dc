"""One parsed page: queries with a memory, and the few things the tree does not tell by itself."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode, SelectolaxError

from filterproxy.rewrite.order import Order

Node = LexborNode

_BY_ADDRESS = re.compile(
    r"""(?P<tag>script|iframe|img|a|link)\[(?P<name>src|href)\*=(?P<quote>['"])(?P<part>[!-&(-\[\]-~]+)(?P=quote)"""
    r"(?P<any_case> i)?\]"
)
"""The selectors that rules have by the dozen: of one page's addresses they are read together."""

STRUCTURE = frozenset({"html", "head", "body"})
"""What is never removed, whatever a rule says."""

CODE = frozenset({"script", "style"})
"""Elements whose text is for the browser alone."""


class Document:
    """A page's tree, as a browser with scripting builds it (WHATWG HTML, 13.2).

    `scripting=True` keeps `<noscript>` in the head one text, `WO_EVENTS` keeps the tree as written.
    Nodes are told apart by `mem_id`, which holds as long as the document lives and nothing is removed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.parser = LexborHTMLParser(text, scripting=True, options=LexborDocumentOptions.WO_EVENTS)
        self._made: dict[object, Any] = {}
        self._text_nodes: list[tuple[Node, str]] | None = None
        self._order: Order | None = None
        self._found: dict[str, list[Node]] = {}
        self._addresses: dict[tuple[str, str], list[tuple[Node, str, str]]] = {}
        self._ordinals: dict[str, dict[int, int]] = {}
        self._paths: dict[int, str] = {}
        self._places: dict[int, int] = {}
        self._unique: dict[int, str] | None = None

    def find(self, css: str) -> list[Node]:
        """Elements that match, in document order, each once; asked twice, searched once.

        A selector that lexbor refuses (a rule file's are checked at load) matches nothing.
        """
        found = self._found.get(css)
        if found is None:
            if (address := _BY_ADDRESS.fullmatch(css)) is not None:
                found = self._with_address(address)
            else:
                try:
                    found = self.parser.css(css)
                except SelectolaxError:
                    found = []
            if "," in css:  # lexbor gives a node once for each selector of a list
                found = list({node.mem_id: node for node in found}.values())
            self._found[css] = found
        return found

    def has_found(self, css: str) -> bool:
        """Whether a selector was searched for already."""
        return css in self._found

    def is_meant(self, node: Node, css: str) -> bool:
        """Whether a selector of one compound means an element: asked of it alone, not of the whole page."""
        known = self._found.get(css)
        found = node.css_first(css) if known is None else None
        if known is None:
            return found is not None and found.mem_id == node.mem_id
        return any(one.mem_id == node.mem_id for one in known)

    def _with_address(self, selector: re.Match[str]) -> list[Node]:
        """What a selector like `script[src*='x' i]` matches, of addresses that are read once."""
        key = selector["tag"], selector["name"]
        known = self._addresses.get(key)
        if known is None:
            nodes = self.parser.tags(key[0])
            written = ((node, node.attrs.get(key[1])) for node in nodes)
            known = self._addresses[key] = [(node, text, text.lower()) for node, text in written if text]
        part = selector["part"]
        if selector["any_case"]:
            part = part.lower()
            return [node for node, _, lowered in known if part in lowered]
        return [node for node, text, _ in known if part in text]

    def once[T](self, make: "Callable[[Document], T]") -> T:
        """What is made of the page, made when it is first asked for and kept as long as the tree stays."""
        made: T | None = self._made.get(make)
        if made is None:
            made = self._made[make] = make(self)
        return made

    @property
    def order(self) -> Order | None:
        """The body's nodes in document order; None where the page has no body."""
        if self._order is None and (body := self.parser.body) is not None:
            self._order = Order(body)
        return self._order

    def text_nodes(self) -> list[tuple[Node, str]]:
        """The text nodes of the body that hold more than white space, with their text, in order."""
        if self._text_nodes is None:
            order = self.order
            nodes = [] if order is None else map(order.nodes.__getitem__, order.at)
            self._text_nodes = [] if order is None else list(zip(nodes, order.texts, strict=True))
        return self._text_nodes

    def ids(self, css: str) -> frozenset[int]:
        """The `mem_id`s of what matches."""
        return frozenset(node.mem_id for node in self.find(css))

    def number(self, tags: set[str]) -> None:
        """Number the elements of these tags, in one walk."""
        self._ordinals = {tag: {} for tag in tags}
        plain = [tag for tag in tags if _plain(tag)]
        for found in self.parser.css(",".join(plain)) if plain else ():
            ordinals = self._ordinals.get(found.tag or "")
            if ordinals is not None:
                ordinals[found.mem_id] = len(ordinals)

    def ordinal(self, node: Node) -> int | None:
        """Which of the document's elements of its tag it is, from 0; None: not numbered.

        A tag that CSS can't name, or an element that is not in the tree proper, has no number.
        """
        return self._ordinals[node.tag or ""].get(node.mem_id)

    def count(self, tag: str) -> int:
        """How many elements of a tag there are. Only for tags that were numbered."""
        return len(self._ordinals[tag])

    def path(self, node: Node) -> str:
        """A CSS path that selects this element alone: from `html`, or from the nearest unique id."""
        if self._unique is None:
            self._unique = self._unique_ids()
        mem_id = node.mem_id
        known = self._paths.get(mem_id)
        if known is not None:
            return known
        tag, parent = node.tag or "*", node.parent
        if not _plain(tag):
            tag = _escaped(tag)
        if mem_id in self._unique:
            path = f"{tag}#{self._unique[mem_id]}"
        elif parent is None or tag == "html":
            path = tag
        elif tag in STRUCTURE:
            path = f"html > {tag}"
        else:
            path = f"{self.path(parent)} > {tag}:nth-of-type({self._place(mem_id, parent)})"
        self._paths[mem_id] = path
        return path

    def forget(self) -> None:
        """Drop what was remembered: the tree has changed."""
        self._made.clear()
        self._order = None
        self._text_nodes = None
        self._found.clear()
        self._addresses.clear()
        self._ordinals.clear()
        self._paths.clear()
        self._places.clear()
        self._unique = None

    def _unique_ids(self) -> dict[int, str]:
        """The ids that one element alone has, in any case, and that need no escaping, by `mem_id`."""
        named = [(node.mem_id, node.id or "") for node in self.parser.css("[id]")]
        counts = Counter(name.lower() for _, name in named)
        return {mem_id: name for mem_id, name in named if counts[name.lower()] == 1 and name and _plain(name)}

    def _place(self, mem_id: int, parent: Node) -> int:
        """Which of its parent's elements of its tag a node is, from 1."""
        places = self._places
        if mem_id not in places:
            seen: dict[str, int] = {}
            for child in parent.iter():
                tag = child.tag or ""
                seen[tag] = seen.get(tag, 0) + 1
                places[child.mem_id] = seen[tag]
        return places.get(mem_id, 1)


def texts_in(root: Node) -> Iterator[tuple[Node, str]]:
    """The text nodes of a subtree that hold more than white space and no code, white space stripped."""
    for node in root.traverse(include_text=True, skip_empty=True):
        if node.is_text_node and (text := (node.text_content or "").strip()):
            above = node.parent
            if above is None or above.tag not in CODE:
                yield node, text


def children(node: Node) -> Iterator[Node]:
    """The element children, in order."""
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def ancestors(node: Node) -> Iterator[Node]:
    """The elements above a node, nearest first."""
    above = node.parent
    while above is not None and above.is_element_node:
        yield above
        above = above.parent


def next_element(node: Node) -> Node | None:
    """The next sibling that is an element."""
    after = node.next
    while after is not None and not after.is_element_node:
        after = after.next
    return after


def previous_element(node: Node) -> Node | None:
    """The sibling before that is an element."""
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before


def siblings(first: Node, last: Node) -> list[Node]:
    """The elements from one through a later sibling of it."""
    run, node = [first], first
    while node.mem_id != last.mem_id and (after := next_element(node)) is not None:
        run.append(after)
        node = after
    return run


@lru_cache(maxsize=4096)
def _plain(name: str) -> bool:
    """Whether a name needs no escaping in CSS."""
    return name.isascii() and name[0] not in "-0123456789" and name.replace("-", "_").isidentifier()


def _escaped(tag: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else f"\\{c}" for c in tag)
