"""Headings: short elements that start a block and whose whole text is one of the wanted ones."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors, next_element, previous_element
from filterproxy.rewrite.tabs import CONTROL, stands_in_row
from filterproxy.ruleset.model import Rule
from filterproxy.ruleset.text import normalise_heading, written_as

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "legend", "caption"})

_BLOCKS = HEADINGS | frozenset(
    "address article aside blockquote body center dd div dl fieldset figcaption figure footer form header hr "
    "li main menu nav ol p pre section table tbody td tfoot th thead tr ul details summary".split()
)
_LONGEST = 40  # characters of a heading with what stands beside it
_WIDER = 0xFEE0  # from ASCII to its full-width forms
_COUNT = 12  # characters that may stand around a heading's text: （12）, 》》, 【】
_ORNAMENTS = " \t\n\r\xa0\u3000·•|>»▶►◆■□●【「『《[(（<“\"'#-—_~*✦★☆▎▍▌▏┃│丨∷※◇○◎☞→➤➜✔✿❤🔥📌👉"
_HEADLINE = 8  # characters: longer than a section's name
_ENTRY = 12  # characters of a menu's entry; in letters, two and a half times as many
_WRAPPERS = 4  # elements around a heading that hold nothing else

_TITLED = ":is(h1, h2, h3, h4, h5, h6, dt, div, span, p, a, i, b, strong)"
_PICTURED = {"img[alt]": "alt", f"{_TITLED}[aria-label]": "aria-label", f"{_TITLED}[title]:empty": "title"}
"""Elements that may be headings without a text, with the attribute that says what they are."""


def find_headings(document: Document, rules: Iterable[Rule]) -> Iterator[tuple[Node, Rule]]:
    """Each heading that one of the rules names, with the first such rule: texts, then pictures and labels.

    Given is the outermost element of that text. Where the heading stands as bare text in the block of its
    list, that block is given.
    """
    rules = tuple(rules)
    known = _Known.of(tuple(rule.headings for rule in rules))
    wanted: dict[str, Rule] = {}
    for rule in reversed(rules):
        wanted.update(dict.fromkeys(rule.headings, rule))
    seen: set[int] = set()
    for node, text in document.text_nodes():
        if len(text) > known.longest or not known.may_begin(text):
            continue
        found = _widest(node, wanted, known.longest)
        if found is None or found[0].mem_id in seen:
            continue
        seen.add(found[0].mem_id)
        if (_starts_block(found[0]) and not _in_menu(found[0])) or stands_in_row(found[0]):
            yield found
    yield from _pictured(document, known, wanted)


def _pictured(document: Document, known: "_Known", wanted: Mapping[str, Rule]) -> Iterator[tuple[Node, Rule]]:
    """Headings that have no text: a picture, or a box with a picture behind it."""
    seen: set[int] = set()
    for css, name in _PICTURED.items():
        for node in document.find(css):
            text = (node.attrs.get(name) or "").strip()
            if not 0 < len(text) <= known.longest or not known.may_begin(text):
                continue
            rule = wanted.get(normalise_heading(text))
            top = None if rule is None else _alone(node)
            if rule is not None and top is not None and top.mem_id not in seen:
                seen.add(top.mem_id)
                yield top, rule


def said_by(node: Node) -> str:
    """A heading's text; of one that has none, what its picture's `alt`, its label or its title says."""
    text = node.text().strip()
    if text:
        return text
    for one in (node, *node.css("img[alt],[aria-label],[title]")):
        attributes = one.attrs
        for name in ("alt", "aria-label", "title"):
            said = (attributes.get(name) or "").strip()
            if said:
                return said
    return ""


def _alone(node: Node) -> Node | None:
    """The outermost element that shows nothing but a picture or label; None where it is one of several."""
    if node.text().strip():
        return None
    for _ in range(_WRAPPERS):
        around = [previous_element(node), next_element(node)]
        if any(one is not None and one.tag == node.tag and not one.text().strip() for one in around):
            return None  # pictures in a row, icons
        above = node.parent
        if above is None or above.tag in STRUCTURE or above.text().strip() or len(above.css("img")) > 1:
            break
        node = above
    return node if _starts_block(node) and not _in_menu(node) else None


@dataclass(frozen=True, slots=True)
class _Known:
    """What tells most texts of a page from the start of a heading, quickly.

    Attributes:
        openings: the first two characters with which a heading may begin on a page, in lower case and in
            either script, and the first alone.
        beginnings: every beginning of a heading, normalised: its first text node may end anywhere
            (猜<em>你喜欢</em>).
        longest: characters of a text node that may begin one.
    """

    openings: frozenset[str]
    beginnings: frozenset[str]
    longest: int

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, headings: tuple[frozenset[str], ...]) -> "_Known":
        """Of the headings of some rules."""
        texts = frozenset().union(*headings)
        openings: set[str] = set()
        for text in texts:
            pairs = set(map("".join, product(*map(_spellings, text[:2]))))
            openings |= pairs | {pair[0] for pair in pairs}
        beginnings = {text[:end].strip() for text in texts for end in range(1, len(text) + 1)}
        longest = max(map(len, texts), default=0) + _COUNT
        return cls(frozenset(openings), frozenset(beginnings), longest)

    def may_begin(self, text: str) -> bool:
        """Whether a text may be a heading or its beginning."""
        if text[:2].lower() not in self.openings:
            if text[0] not in _ORNAMENTS and len(text) > 1:
                return False
            if text.lstrip(_ORNAMENTS)[:2].lower() not in self.openings:
                return False
        return normalise_heading(text) in self.beginnings


def _spellings(character: str) -> str:
    wide = chr(ord(character) + _WIDER).lower() if "!" <= character <= "~" else ""
    return written_as().get(character, character) + wide


def is_heading_like(node: Node, heading: Node) -> bool:
    """Whether `node`, a sibling, introduces a section of its own."""
    if node.tag in HEADINGS:
        return True
    if node.tag == heading.tag and _classes(node) == _classes(heading):
        text = node.text().strip()
        if 0 < len(text) <= _LONGEST:
            return not _has_headline(node)
    child = node.first_child
    while child is not None and not child.is_element_node:
        if child.is_text_node and (child.text_content or "").strip():
            return False
        child = child.next
    if child is None:
        return False
    if child.tag in HEADINGS:  # unless it is the list's first headline
        return not _has_headline(child)
    return (
        child.tag not in {"li", "a", "p"}
        and child.tag == heading.tag
        and _classes(child) == _classes(heading)
    )


def _has_headline(node: Node) -> bool:
    return any(len(link.text().strip()) >= _HEADLINE for link in node.css("a[href]"))


def _classes(node: Node) -> str | None:
    return node.attrs.get("class")


def _widest(text: Node, wanted: Mapping[str, Rule], longest: int) -> tuple[Node, Rule] | None:
    found = None
    node = text.parent
    for _ in range(_WRAPPERS + 1):
        if (
            node is None
            or node.tag in STRUCTURE
            or node.tag in {"main", "article", "script", "style", "title", "option"}
        ):
            break
        content = node.text().strip()
        if len(content) > 2 * longest:  # white space inside and all
            break
        rule = wanted.get(normalise_heading(content))
        if rule is None and found is None:
            rule = wanted.get(_less_controls(node, content))
        if rule is not None:
            found = node, rule
        elif found is not None:
            break
        node = node.parent
    return found or _bare(text, wanted)


def _less_controls(node: Node, content: str) -> str:
    """An element's text without a link or a button at its end, 更多 or 换一换; empty where there is none."""
    last = node.last_child
    if last is None or not last.is_element_node:
        return ""
    said = last.text().strip()
    return normalise_heading(content.removesuffix(said)) if CONTROL.fullmatch(said) is not None else ""


def _bare(text: Node, wanted: Mapping[str, Rule]) -> tuple[Node, Rule] | None:
    """The block whose own text, apart from its elements', is a heading that stands before all else."""
    block, before = text.parent, text.prev
    if block is None or block.tag not in _BLOCKS - STRUCTURE:
        return None
    while before is not None:
        if before.text().strip():
            return None
        before = before.prev
    rule = wanted.get(normalise_heading(block.text(deep=False)))
    return None if rule is None else (block, rule)


def _starts_block(node: Node) -> bool:
    """Whether nothing stands before the element in its block, nor prose behind it."""
    if node.tag in HEADINGS:
        return True
    if node.tag not in _BLOCKS and _prose_follows(node):
        return False
    current = node
    while current.tag not in _BLOCKS:
        before = current.prev
        while before is not None:
            if before.is_text_node and (before.text_content or "").strip():
                return False
            if before.is_element_node and before.text().strip():
                return before.tag in _BLOCKS
            before = before.prev
        above = current.parent
        if above is None:
            return False
        current = above
    return True


def _prose_follows(node: Node) -> bool:
    after = node.next
    while after is not None and not after.is_element_node:
        if after.is_text_node and (after.text_content or "").strip(" \n\t\r:：>»·|.…\u3000\xa0"):
            return True
        after = after.next
    return False


def _in_menu(node: Node) -> bool:
    """Whether it is one entry of a menu: a link among links, not a heading over them."""
    around = [node, *(above for _, above in zip(range(_WRAPPERS), ancestors(node), strict=False))]
    if any(above.tag in HEADINGS for above in around):
        return False
    for above in around:
        if above.tag == "nav":
            return True
        if above.tag in {"li", "dd"} or (above.tag in {"a", "p"} and _is_link(above)):
            for neighbour in (previous_element(above), next_element(above)):
                if neighbour is not None and neighbour.tag == above.tag and _is_entry(neighbour):
                    return True
    return False


def _is_link(node: Node) -> bool:
    """Whether an element is a link, or holds nothing but one."""
    link = node if node.tag == "a" else node.css_first("a")
    return link is not None and "href" in link.attrs and link.text().strip() == node.text().strip()


def _is_entry(node: Node) -> bool:
    text = node.text().strip()
    return 0 < len(text) <= (5 * _ENTRY // 2 if text.isascii() else _ENTRY) and (
        node.tag != "p" or _is_link(node)
    )
