"""The strongest check of a cut page, made without the engine's own code.

The original is parsed, every removal is found by its path and taken out of the tree, and what is left is
compared with the parse of the result; and the result's bytes are the original's with pieces left out.
"""

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from filterproxy.rewrite.charset import Charset, as_written, sniff
from filterproxy.rewrite.result import Page, Removal
from filterproxy.ruleset.model import Action


def parse(body: bytes, charset: Charset) -> LexborHTMLParser:
    return LexborHTMLParser(charset.decode(body), scripting=True, options=LexborDocumentOptions.WO_EVENTS)


def charset_of(body: bytes, content_type: str | None) -> Charset:
    found = sniff(body, content_type).charset
    assert found is not None
    return as_written(body, found)


def proven(original: bytes, page: Page, content_type: str | None) -> bool:
    """Whether the result is read as the original's tree without the removed elements."""
    charset = charset_of(original, content_type)
    tree = parse(original, charset)
    for nodes in [_nodes(tree, removal) for removal in page.removals]:
        for node in nodes:
            node.remove()
    return tree.html == parse(page.body, charset).html


def _nodes(tree: LexborHTMLParser, removal: Removal) -> list[LexborNode]:
    """The removed element, or the run of siblings, texts and comments between them included."""
    assert removal.action in {Action.REMOVE, Action.SECTION}
    first = _only(tree, removal.path)
    if removal.through is None:
        return [first]
    last = _only(tree, removal.through)
    run = [first]
    while run[-1].mem_id != last.mem_id:
        following = run[-1].next
        assert following is not None, removal
        run.append(following)
    return run


def _only(tree: LexborHTMLParser, path: str) -> LexborNode:
    found = tree.css(path)
    assert len(found) == 1, path
    return found[0]


def is_cut_out(original: bytes, page: Page) -> bool:
    """Whether the result is the original with pieces of the removals' sizes, in their order, left out.

    Equal bytes are walked over; where they differ the next piece was.
    """
    at = taken = 0
    for removal in page.removals:
        at = _first_difference(original, page.body, at, taken)
        taken += removal.size
    return page.body[at:] == original[at + taken :]


def is_mended(original: bytes, page: Page) -> bool:
    """Whether a tag that a cut element had implied stands in its place: the result is longer for it."""
    return len(page.body) > len(original) - sum(removal.size for removal in page.removals)


def _first_difference(original: bytes, result: bytes, at: int, shift: int) -> int:
    low, high = 0, min(len(result) - at, len(original) - at - shift)
    while low < high:
        middle = (low + high + 1) // 2
        if result[at : at + middle] == original[at + shift : at + shift + middle]:
            low = middle
        else:
            high = middle - 1
    return at + low
