"""Where an element stands in the page's bytes.

lexbor decides what goes but keeps no positions; turbohtml keeps them. Both build the tree of the HTML
standard, so the n-th `div` of one is the n-th `div` of the other; counts that differ are a refusal.
"""

import re
from dataclasses import dataclass, replace

import turbohtml

from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.offsets import Unplaced, offsets_of

VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source "
    "track wbr".split()
)
"""Elements without an end tag (WHATWG HTML, 13.3)."""

OPTIONAL_END = frozenset(
    "p li dt dd option optgroup tr td th tbody thead tfoot colgroup caption rp rt rb rtc html body "
    "head".split()
)
"""Elements whose end tag may be left out without anything leaking past their parent's end."""

TABLE = frozenset({"table", "tbody", "thead", "tfoot", "tr", "colgroup"})
"""Elements that hold rows and cells alone; anything else is moved out or ends at once."""

_SPACE = " \t\n\f\r"
_UNFINISHED = re.compile(r"(?:<|&#?[0-9A-Za-z]*|\r)\Z")
_RUN = 64  # bytes looked at: a character has four at most
Element = turbohtml.Element


@dataclass(frozen=True, slots=True)
class Placed:
    """An element with its place.

    Attributes:
        element: in turbohtml's tree.
        start: offset of its start tag, in turbohtml's characters.
        end: offset behind its end tag, or behind what ends it without one.
        whole: it has both its tags, or is one that never has an end tag.
    """

    element: Element
    start: int
    end: int
    whole: bool


class Positions:
    """The source positions of one page's elements. Parses the page once more, when made."""

    def __init__(self, document: Document, body: bytes, charset: Charset, tags: set[str]) -> None:
        """Of the elements with these tags."""
        document.number(tags)
        self._document = document
        self._body = body
        self._charset = replace(charset, bom=b"")  # pieces of a page carry no mark
        self._offsets = offsets_of(body, document.text, charset)
        self._tree = turbohtml.parse(self._offsets.source, source_locations=True, scripting=True)
        self._by_tag: dict[str, list[Element]] = {tag: [] for tag in tags}
        for element in self._tree.iter_elements(tags):
            if element.tag in self._by_tag:
                self._by_tag[element.tag].append(element)
        self._body_end: int | None = None
        self._looking = False
        self._frameset: int | None = None
        self._strays: dict[Element, tuple[int, int]] = {}
        opened = self._tree.find("body")
        self._body_location = None if opened is None else opened.source_location

    def element(self, node: Node) -> Element:
        """The same element in the tree that knows its place.

        Raises:
            Unplaced: where the two trees don't agree on that tag.
        """
        tag, ordinal = node.tag or "", self._document.ordinal(node)
        if ordinal is None:
            raise Unplaced(f"<{tag}> is not in the tree")
        found = self._by_tag[tag]
        if len(found) != self._document.count(tag):
            found = self._by_tag[tag] = self._outside_templates(found)
        if len(found) != self._document.count(tag):
            raise Unplaced(f"{self._document.count(tag)} <{tag}> in one tree, {len(found)} in the other")
        return found[ordinal]

    def _outside_templates(self, found: list[Element]) -> list[Element]:
        """Those that stand in no `<template>`: lexbor's queries don't enter it."""
        templates = self._tree.find_all("template")
        inside = {inner.position for template in templates for inner in template.find_all()}
        return [element for element in found if element.position not in inside]

    def place(self, element: Element) -> Placed:
        """An element with its place.

        Raises:
            Unplaced: where the end is implied by something without a place.
        """
        location = element.source_location
        if location is None:
            start, end = self._stray(element)
            return Placed(element, start, end, whole=False)
        start = location.start_tag.start_offset
        if location.end_tag is not None and element.tag != "form":
            return Placed(element, start, location.end_tag.end_offset, whole=True)
        if _is_void(element):
            return Placed(element, start, location.start_tag.end_offset, whole=True)
        return Placed(element, start, self.end(element), whole=location.end_tag is not None)

    def _stray(self, element: Element) -> tuple[int, int]:
        """Where the end tag stands that made an empty element: `</p>` and `</br>` do, with nothing open.

        It is looked for between the elements with places on either side; there must be as many such end tags
        as elements made of them.
        """
        if (known := self._strays.get(element)) is not None:
            return known
        tag, parent = element.tag, element.parent
        if self._looking or tag not in {"p", "br"} or element.children or not isinstance(parent, Element):
            raise Unplaced(f"<{tag}> has no start tag of its own")
        made = [element]
        while (before := _placed_or_made(made[-1], forward=False)) is not None and not before.source_location:
            made.append(before)
        made.reverse()
        while (after := _placed_or_made(made[-1], forward=True)) is not None and not after.source_location:
            made.append(after)
        self._looking = True  # where its neighbours stand must not depend on where it stands
        try:
            start = self.end(before) if before is not None else self._inside(parent)
            end = self.start(after) if after is not None else self._content_end(parent)
        finally:
            self._looking = False
        found = list(re.finditer(rf"</{tag}[^>]*>", self.text(start, end), re.IGNORECASE))
        if len(made) != len(found):
            raise Unplaced(f"<{tag}> has no start tag of its own")
        for one, own in zip(made, found, strict=True):
            self._strays[one] = start + own.start(), start + own.end()
        return self._strays[element]

    def _inside(self, element: Element) -> int:
        """Offset of the first character inside an element."""
        location = element.source_location
        if location is None:
            raise Unplaced(f"<{element.tag}> has no start tag of its own")
        return location.start_tag.end_offset

    def _content_end(self, element: Element) -> int:
        """Offset behind the last character inside an element."""
        location = element.source_location
        if location is not None and location.end_tag is not None:
            return location.end_tag.start_offset
        return self._implied_end(element)

    def tags(self, element: Element) -> list[tuple[int, int]]:
        """The byte ranges of the element's own tags: what unwrapping takes."""
        location = element.source_location
        if location is None:
            raise Unplaced(f"<{element.tag}> has no start tag of its own")
        spans = [location.start_tag] + ([location.end_tag] if location.end_tag is not None else [])
        return [(self.at(span.start_offset), self.at(span.end_offset)) for span in spans]

    def start(self, element: Element) -> int:
        """Offset of the start tag, in turbohtml's characters."""
        location = element.source_location
        return self._stray(element)[0] if location is None else location.start_tag.start_offset

    def end(self, element: Element) -> int:
        """Offset behind the element: of its end tag, or of what ends it without one."""
        location = element.source_location
        if location is None:
            return self._stray(element)[1]
        if element.tag == "form" and element.children:
            return self._form_end(element)
        if location.end_tag is not None:
            return location.end_tag.end_offset
        if _is_void(element) or self._ends_at_once(element, location.start_tag.end_offset):
            return location.start_tag.end_offset
        return self._implied_end(element)

    def _form_end(self, form: Element) -> int:
        """Offset behind a form, whose end tag may stand inside one of its children, or behind it.

        See WHATWG HTML, 13.2.6.4.7, 'An end tag whose tag name is "form"': it takes the form off the stack
        of open elements wherever that is, and what is open inside stays open.
        """
        own = form.source_location
        end = own.end_tag.end_offset if own is not None and own.end_tag is not None else 0
        for inner in form.find_all():
            location = inner.source_location
            if location is not None:
                end = max(end, (location.end_tag or location.start_tag).end_offset)
        above = form.parent
        outer = above.source_location if isinstance(above, Element) else None
        if outer is not None and outer.end_tag is not None and outer.end_tag.start_offset < end:
            return self._implied_end(form)
        return end if own is not None and own.end_tag is not None else self._implied_or(form, end)

    def _implied_or(self, form: Element, end: int) -> int:
        return end if isinstance(form.next_sibling, turbohtml.Text) else self._implied_end(form)

    def _ends_at_once(self, element: Element, end: int) -> bool:
        """Whether its start tag is all of it: `<path/>` in SVG or MathML, a form right in a table."""
        if element.tag == "form":
            parent = element.parent
            return not element.children and isinstance(parent, Element) and parent.tag in TABLE
        return self.text(end - 2, end) == "/>" and not element.children

    def _implied_end(self, element: Element) -> int:
        following = element.next_sibling
        if isinstance(following, Element):
            return self.start(following)
        if following is not None:
            raise Unplaced(f"<{element.tag}> has no end tag and text or a comment follows it")
        parent = element.parent
        return self._content_end(parent) if isinstance(parent, Element) else len(self._offsets.source)

    def text(self, start: int, end: int) -> str:
        """The source between two of turbohtml's offsets, as it stands in the page."""
        return self._offsets.written(start, end)

    def written(self, placed: Placed) -> bytes:
        """The bytes of an element."""
        return self._body[self.at(placed.start) : self.at(placed.end)]

    def between(self, start: int, end: int) -> bytes:
        """The page's bytes from one byte offset up to another."""
        return self._body[start:end]

    def breaks_before(self, offset: int) -> bool:
        """Whether the text just before an offset ends in a broken character.

        What is joined to it by a cut could complete it.
        """
        end = self.at(offset)
        if not self._charset.ascii_compatible or not end or self._body[end - 1] < 0x80:  # noqa: PLR2004 - ASCII is whole
            return False
        run = self._body[max(0, end - _RUN) : end]
        starts = [i + 1 for i, byte in enumerate(run) if byte < 0x30]  # noqa: PLR2004 - never a trail byte
        return "\ufffd" in self._charset.decode(run[starts[-1] :] if starts else run)

    def joins_behind(self, offset: int) -> bool:
        """Whether what stands before an offset may be read together with what a cut puts behind it.

        A `<` alone would open a tag, a reference without its end would go on, a CR would be one with a LF.
        """
        return _UNFINISHED.search(self.text(max(0, offset - _RUN), offset)) is not None

    def text_beside(self, start: int, end: int) -> bool:
        """Whether text stands directly before or behind: in a table it is judged together."""
        before = self.text(max(0, start - _RUN), start).rstrip(_SPACE)
        behind = self.text(end, end + _RUN).lstrip(_SPACE)
        return not before.endswith(">") or not behind.startswith("<")

    @property
    def has_shift_states(self) -> bool:
        """Whether a character's bytes mean something else behind others: ISO-2022-JP's do."""
        return self._charset.python.startswith("iso2022")

    def frameset_behind(self, offset: int) -> bool:
        """Whether a `<frameset>` stands behind: it replaces a body in which nothing stands yet."""
        if self._frameset is None:
            self._frameset = self._body.lower().rfind(self._charset.encode("<frameset"))
        return self._frameset >= self.at(offset)

    def as_bytes(self, text: str) -> bytes:
        """A text in the page's charset."""
        return self._charset.encode(text)

    def as_text(self, written: bytes) -> str:
        """Bytes of the page as its text."""
        return self._charset.decode(written)

    def markup(self, placed: Placed) -> bytes:
        """The element's markup with ASCII standing for itself, whatever the page's charset."""
        written = self.written(placed)
        return written if self._charset.ascii_compatible else self.as_text(written).encode()

    def as_source(self, text: str) -> str:
        """A text as it looks in the source that was handed to turbohtml."""
        return self._charset.encode(text).decode("latin-1") if self._charset.ascii_compatible else text

    def encode(self, source: str) -> bytes:
        """The page's bytes for a piece of source text."""
        return source.encode("latin-1") if self._charset.ascii_compatible else self._charset.encode(source)

    def body_opened_before(self, offset: int) -> bool:
        """Whether a `<body>` start tag stands before an offset."""
        location = self._body_location
        return location is not None and location.start_tag.start_offset < offset

    def after_body(self, offset: int) -> bool:
        """Whether an offset stands behind what looks like the first `</body>`."""
        if self._body_end is None:
            found = re.search("</body", self._offsets.source, re.IGNORECASE)
            self._body_end = len(self._offsets.source) if found is None else found.start()
        return self._body_end <= offset

    def at(self, offset: int) -> int:
        """The byte offset of one of turbohtml's character offsets."""
        return self._offsets.byte(offset)


def _is_void(element: Element) -> bool:
    """Whether it never has an end tag: in SVG and MathML such a name says nothing."""
    return element.tag in VOID and element.namespace is turbohtml.Namespace.HTML


def _placed_or_made(element: Element, *, forward: bool) -> Element | None:
    """The next sibling element in a direction."""
    node = element.next_sibling if forward else element.previous_sibling
    while node is not None and not isinstance(node, Element):
        node = node.next_sibling if forward else node.previous_sibling
    return node
