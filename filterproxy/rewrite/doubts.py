"""When cutting an element's bytes may change how the rest of the page is parsed.

The tree builder of the HTML standard (WHATWG HTML, 13.2.6) has state that outlives an element: implied
elements, the list of active formatting elements, the form pointer, foster parenting, the insertion mode.
A cut that touches none of it is safe; any other is doubtful and its result has to be proven.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import turbohtml

from filterproxy.rewrite.positions import OPTIONAL_END, TABLE, VOID, Element, Positions

_IN_TABLE = frozenset("caption colgroup col tbody thead tfoot tr td th script style template".split())
_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_STRAY = ("<body", "<html", "<head", "<frameset", "</form", "</body", "</html", "</head")


_Implied = tuple[str, str]
"""What the element implied, in words, and the tag that says so."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """Why a cut wants proof; and the tags one of which may have to stand in its place, likeliest first."""

    reasons: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()


def doubts(first: Element, last: Element, positions: Positions) -> Doubts:
    """What makes the cut from `first` through its sibling `last` doubtful. Nothing: it is safe."""
    reasons = [reason for element in _run(first, last) for reason in _own(element)]
    source = positions.source(first, last)
    reasons += [f"{tag} inside" for tag in _STRAY if tag in source]
    reasons += _place(first)
    implied = [test(first, positions, source) for test in _IMPLIED]
    reasons += [reason for reason, _ in filter(None, implied)]
    mends = [mend for _, mend in filter(None, implied)]
    leaking = "".join(_leaking(element, positions) for element in _run(first, last))
    if leaking:
        mends.append(leaking)
    return Doubts(tuple(reasons), tuple(dict.fromkeys([*mends, "</p>"])) if reasons else ())


def _run(first: Element, last: Element) -> Iterator[Element]:
    node: turbohtml.Node | None = first
    while node is not None:
        if isinstance(node, Element):
            yield node
        if node is last:
            return
        node = node.next_sibling


def _own(element: Element) -> Iterator[str]:
    """What inside the element may leak out of it."""
    if not _closed(element) and element.tag not in OPTIONAL_END:
        yield f"<{element.tag}> has no end tag"
    for inner in element.find_all():
        if inner.source_location is None:
            yield f"<{inner.tag}> was made by the parser"
        elif not _closed(inner) and inner.tag not in OPTIONAL_END:
            yield f"<{inner.tag}> has no end tag"


def _leaking(element: Element, positions: Positions) -> str:
    """Start tags of formatting elements inside that have no end: they go on behind the element.

    See WHATWG HTML, 13.2.4.3, "The list of active formatting elements".
    """
    tags = []
    for inner in (element, *element.find_all()):
        location = inner.source_location
        if location is not None and location.end_tag is None and inner.tag in _FORMATTING:
            tags.append(positions.text(location.start_tag.start_offset, location.start_tag.end_offset))
    return "".join(tags)


def _closed(element: Element) -> bool:
    location = element.source_location
    if location is None:
        return False
    return (
        location.end_tag is not None
        or element.tag in VOID
        or element.namespace is not turbohtml.Namespace.HTML
    )


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


def _implied_head(element: Element, _: Positions, __: str) -> _Implied | None:
    """Whether the element's start tag is what opened `<head>`."""
    parent = element.parent
    if not isinstance(parent, Element) or parent.tag != "head" or parent.source_location is not None:
        return None
    return None if _element_before(element) else ("it implied <head>", "<head>")


def _implied_body(element: Element, positions: Positions, _: str) -> _Implied | None:
    """Whether the element's start tag is what opened `<body>`, or opened it again."""
    parent = element.parent
    if not isinstance(parent, Element) or parent.tag != "body":
        return None
    if positions.after_body(element):
        return "it stands behind </body>", "<body>"
    if _element_before(element) or positions.body_opened_before(element):
        return None
    return "it implied <body>", "<body>"


def _element_before(element: Element) -> bool:
    before = element.previous_sibling
    while before is not None:
        if isinstance(before, Element) or (isinstance(before, turbohtml.Text) and before.text.strip()):
            return True
        before = before.previous_sibling
    return False


def _form_closed_inside(_: Element, __: Positions, source: str) -> _Implied | None:
    """Whether a form that was opened before is closed inside."""
    if source.count("</form") <= source.count("<form"):
        return None
    return "it closed a <form>", "</form>"


def _left_open(element: Element, _: Positions, __: str) -> _Implied | None:
    """Whether the element's start tag closed, by implication, an element that stands before it."""
    before = element.previous_sibling
    while isinstance(before, turbohtml.Text) and not before.text.strip():
        before = before.previous_sibling
    if not isinstance(before, Element) or _closed(before):
        return None
    return f"it closed a <{before.tag}>", f"</{before.tag}>"


_IMPLIED = (_implied_head, _implied_body, _form_closed_inside, _left_open)
