"""The strongest check of a rewritten page, made without the engine's own code.

The original is parsed, every change is found by its path and made in the tree, and what is left is compared
with the parse of the result, element by element; and the result's bytes are the original's with pieces left
out, but for a tag that a cut element had implied.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from filterproxy.rewrite.charset import Charset, as_written, sniff
from filterproxy.rewrite.result import Page, Removal
from filterproxy.ruleset.model import Action

MENDS = re.compile(
    rb"(?:</p>|</form>|<head>|<body>|</[a-z][a-z0-9]*>|<(?:a|b|big|code|em|font|i|nobr|s|small|strike"
    rb"|strong|tt|u)\b[^>]*>)",
    re.IGNORECASE,
)
"""A tag that may stand in the place of a cut element: what it had implied, closed or left open."""


def parse(body: bytes, charset: Charset) -> LexborHTMLParser:
    return LexborHTMLParser(charset.decode(body), scripting=True, options=LexborDocumentOptions.WO_EVENTS)


def charset_of(body: bytes, content_type: str | None) -> Charset:
    found = sniff(body, content_type).charset
    assert found is not None
    return as_written(body, found)


def proven(original: bytes, page: Page, content_type: str | None) -> bool:
    """Whether the result is read as the original's tree with the changes made: cuts, unwraps and hides."""
    charset = charset_of(original, content_type)
    tree = parse(original, charset)
    for removal, nodes in [(removal, _nodes(tree, removal)) for removal in page.removals]:
        for node in nodes:
            _change(node, removal)
    return same_tree(tree, parse(page.body, charset))


def same_tree(one: LexborHTMLParser, other: LexborHTMLParser) -> bool:
    """Whether two trees are alike. Two that are not may still be written out alike, so both are compared."""
    return one.html == other.html and _outline(one) == _outline(other)


def _outline(tree: LexborHTMLParser) -> list[tuple[str | None, str | None]]:
    return [(node.tag, node.parent.tag if node.parent else None) for node in tree.css("*")]


def _change(node: LexborNode, removal: Removal) -> None:
    if removal.action in {Action.REMOVE, Action.SECTION, Action.LISTS}:
        node.remove()
    elif removal.action is Action.UNWRAP:
        node.unwrap()
    else:
        assert removal.action is Action.HIDE, "what a strip took, the account does not say"
        node.attrs["hidden"] = node.attrs.get("hidden") or ""
        node.attrs["style"] = "display:none!important;" + (node.attrs.get("style") or "")


def _nodes(tree: LexborHTMLParser, removal: Removal) -> list[LexborNode]:
    """The element, or the run of siblings, texts and comments between them included."""
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

    Equal bytes are walked over; where they differ the next piece was, and in its place may stand a tag. All
    ways to read it so are followed together.
    """
    spare = len(page.body) - len(original) + sum(removal.size for removal in page.removals)
    ways = {(0, 0, 0)}  # the result's byte `at` is the original's byte `at + shift`; bytes of tags put in
    for removal in page.removals:
        following = set()
        for before, shift, added in ways:
            at = _first_difference(original, page.body, before, shift)
            following.add((at, shift + removal.size, added))
            for start, end in _tags_at(page.body, at) if spare > added else ():
                if end - start <= spare - added:
                    following.add((end, shift + removal.size - end + start, added + end - start))
        ways = following
    return any(page.body[at:] == original[at + shift :] for at, shift, added in ways if added == spare)


def is_mended(original: bytes, page: Page) -> bool:
    """Whether a tag that a cut element had implied stands in its place: the result is longer for it."""
    return len(page.body) > len(original) - sum(removal.size for removal in page.removals)


def _tags_at(result: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Where a tag may stand that begins at a byte or before it, as the tags that are cut may begin alike."""
    for start in range(max(0, at - 16), at + 1):
        end = start
        while (found := MENDS.match(result, end)) is not None:  # several: they, and what stayed behind them
            end = found.end()
            yield start, end


def _first_difference(original: bytes, result: bytes, at: int, shift: int) -> int:
    """The first byte of the result, from `at` on, that the original has not at its place."""
    step = 64
    while step:
        if result[at : at + step] == original[at + shift : at + shift + step] and at + step <= len(result):
            at, step = at + step, step * 2
        else:
            step //= 2
    return at
