"""When cutting an element's bytes may change how the rest of the page is parsed.

The tree builder of the HTML standard (WHATWG HTML, 13.2.6) has state that outlives an element: implied
elements, the list of active formatting elements, the form pointer, foster parenting, the insertion mode.
A cut that touches none of it is safe; any other is doubtful and its result has to be proven.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import turbohtml
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from filterproxy.rewrite.changes import Change
from filterproxy.rewrite.document import Node
from filterproxy.rewrite.positions import OPTIONAL_END, TABLE, VOID, Element, Placed, Positions

_IN_TABLE = frozenset("caption colgroup col tbody thead tfoot tr td th script style template".split())
_CONTEXTS = frozenset("body p li dd dt td th caption button a span section article form ul ol dl".split())
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_RAW_TEXT = frozenset("script style iframe noscript textarea title noembed noframes xmp".split())
_STRAY = re.compile(rb"<(?:body|html|head|frameset|form|/form|/body|/html|/head)\b", re.IGNORECASE)
"""Tags that reach beyond the element they stand in: they add attributes, close a form or the body."""


_Implied = tuple[str, str]
"""What the element implied, in words, and the tag that says so."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """Why a cut wants proof; and the tags one of which may have to stand in its place, likeliest first."""

    reasons: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()


def doubts(change: Change, run: list[Placed], positions: Positions) -> Doubts:
    """What makes cutting a run of siblings doubtful. Nothing: it is safe."""
    first = run[0]
    reasons, mends = [*_place(first.element)], []
    for test in _IMPLIED:
        if (implied := test(first, positions)) is not None:
            reasons.append(implied[0])
            mends.append(implied[1])
    if positions.joins_behind(first.start):
        reasons.append("what stands before it may join what stands behind it")
    if positions.has_shift_states:
        reasons.append("its charset has shift states")
    if positions.frameset_behind(first.start):
        reasons.append("a <frameset> stands behind it")
    parent = first.element.parent
    if (
        isinstance(parent, Element)
        and parent.tag in TABLE
        and positions.text_beside(first.start, run[-1].end)
    ):
        reasons.append("text stands beside it in a table")
    if positions.breaks_before(first.start):
        reasons.append("a broken character stands before it")
    for node, placed in zip(change.nodes, run, strict=True):
        if not _is_whole(node, placed, positions):
            inside = _Inside.of(placed, positions)
            reasons += inside.reasons
            mends += inside.mends
    return Doubts(tuple(reasons), tuple(dict.fromkeys([*mends, "</p>"])) if reasons else ())


def _is_whole(node: Node, placed: Placed, positions: Positions) -> bool:
    """Whether an element's bytes are it and nothing more, so that nothing in them reaches beyond it.

    So it is with an element without markup inside, with one whose serialisation is what was written, and
    with one that, parsed alone with something behind it, comes out the same and leaves that as it is.
    """
    if not placed.whole:
        return False
    if placed.element.tag in VOID | _RAW_TEXT and placed.element.namespace is turbohtml.Namespace.HTML:
        return True
    html, written = node.html or "", positions.written(placed)
    if positions.as_bytes(html) == written:
        return True
    parent = placed.element.parent
    if not isinstance(parent, Element) or parent.tag in TABLE or _STRAY.search(positions.markup(placed)):
        return False
    # an element that is not the standard's own (a custom one, SVG's) is parsed as in a div
    context = parent.tag if parent.tag in _CONTEXTS else "div"
    alone = LexborHTMLParser(
        positions.as_text(written) + "<wbr>",
        is_fragment=True,
        fragment_tag=context,
        scripting=True,
        options=LexborDocumentOptions.WO_EVENTS,
    )
    return alone.html == html + "<wbr>"


@dataclass(frozen=True, slots=True)
class _Inside:
    """What inside an element may leak out of it, and the tags that would have to stay for it."""

    reasons: tuple[str, ...]
    mends: tuple[str, ...]

    @classmethod
    def of(cls, placed: Placed, positions: Positions) -> "_Inside":
        reasons: list[str] = []
        leaking = ""
        for element in (placed.element, *placed.element.find_all()):
            location = element.source_location
            if location is None:
                reasons.append(f"<{element.tag}> was made by the parser")
            elif not _closed(element, positions) and not _needs_no_end(element):
                reasons.append(f"<{element.tag}> has no end tag")
                if element.tag in _FORMATTING:
                    tag = location.start_tag
                    leaking += positions.text(tag.start_offset, tag.end_offset)
        source = positions.markup(placed).lower()
        strays = dict.fromkeys(match[0].decode() for match in _STRAY.finditer(source))
        reasons += [f"{stray} inside" for stray in strays]
        mends = [leaking] if leaking else []
        if source.count(b"</form") > source.count(b"<form"):
            mends.append("</form>")
        return cls(tuple(reasons) or ("its markup is not whole",), tuple(mends))


def _needs_no_end(element: Element) -> bool:
    return element.tag in VOID or element.tag in OPTIONAL_END


def _closed(element: Element, positions: Positions) -> bool:
    """Whether it has its end tag, needs none, or closes itself as SVG's and MathML's may."""
    location = element.source_location
    if element.namespace is not turbohtml.Namespace.HTML and location is not None:
        tag = location.start_tag
        return location.end_tag is not None or positions.text(tag.start_offset, tag.end_offset)[-2:] == "/>"
    return element.tag in VOID or (location is not None and location.end_tag is not None)


def _place(element: Element) -> Iterator[str]:
    """What about the place it stands in."""
    parent = element.parent
    if not isinstance(parent, Element):
        yield "it has no parent"
        return
    tag = parent.tag
    if parent.source_location is None and tag not in {"html", "head", "body"}:
        yield f"its <{tag}> was made by the parser"
    if tag in TABLE and element.tag not in _IN_TABLE:
        yield f"a <{element.tag}> in a <{tag}>"
    if tag in {"pre", "textarea", "listing", "select"}:
        yield f"it stands in a <{tag}>"
    if tag in {"html", "frameset"}:
        yield f"it stands in <{tag}>"
    following = element.next_sibling
    if isinstance(following, Element) and following.source_location is None:
        yield f"a <{following.tag}> made by the parser follows"


def _implied_head(placed: Placed, _: Positions) -> _Implied | None:
    """Whether the element's start tag is what opened `<head>`."""
    element = placed.element
    parent = element.parent
    if not isinstance(parent, Element) or parent.tag != "head" or parent.source_location is not None:
        return None
    return None if _element_before(element) else ("it implied <head>", "<head>")


def _implied_body(placed: Placed, positions: Positions) -> _Implied | None:
    """Whether the element's start tag is what opened `<body>`, or opened it again."""
    element = placed.element
    parent = element.parent
    if not isinstance(parent, Element) or parent.tag != "body":
        return None
    if positions.after_body(placed.start):
        return "it stands behind </body>", "<body>"
    if _element_before(element) or positions.body_opened_before(placed.start):
        return None
    return "it implied <body>", "<body>"


def _element_before(element: Element) -> bool:
    before = element.previous_sibling
    while before is not None:
        if isinstance(before, Element) or (isinstance(before, turbohtml.Text) and before.text.strip()):
            return True
        before = before.previous_sibling
    return False


def _left_open(placed: Placed, positions: Positions) -> _Implied | None:
    """Whether the element's start tag closed, by implication, an element that stands before it."""
    before = placed.element.previous_sibling
    while isinstance(before, turbohtml.Text) and not before.text.strip():
        before = before.previous_sibling
    if not isinstance(before, Element) or _closed(before, positions):
        return None
    return f"it closed a <{before.tag}>", f"</{before.tag}>" if before.tag.isascii() else "</p>"


_IMPLIED = (_implied_head, _implied_body, _left_open)
