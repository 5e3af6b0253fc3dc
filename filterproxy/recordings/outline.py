"""A page's text as a reader meets it, one line a block: short enough to compare two versions by eye."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_UNSEEN = frozenset(
    "script style noscript template textarea select title svg math object head audio canvas".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark meter "
    "nobr output picture progress q rb rp rt ruby s samp small source span strike strong sub sup td th time "
    "tt u var wbr".split()
)
"""Elements that end no line. A table's row is one, as far as its cells hold no blocks."""
_CELLS = frozenset({"td", "th"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_START = 60  # characters of a paragraph
_TITLE = 24  # characters of a link's text
_TITLES = 3  # links of a list that are named
_ASIDE = 4  # letters beside the links of a line that is still a list of links: 更多, 1月2日

_MANY_LINES = 2000  # in either outline: beyond, the diff would take longer than the page did


def outline(html: str) -> list[str]:
    """The page's blocks of text in document order, a line each.

    Returns:
        Of a heading `# text`, of a paragraph its first 60 characters and how many it has, of links that
        stand together `[20 links] first · second · third · …`, of a frame `[frame host]`. What the markup
        hides is left out, and pictures are. A change to one part of a page changes no line of another.
    """
    root = LexborHTMLParser(html.removeprefix("\ufeff"), scripting=True).root
    return [] if root is None else list(_lines(_blocks(root)))


def outline_diff(before: list[str], after: list[str], *, context: int = 2, most: int = 14) -> list[str]:
    """What changed between two outlines: `- ` gone, `+ ` new, `  ` lines around it, `…` for what is left out.

    Returns:
        No line where nothing changed; at most `most` lines and one that counts the rest.
    """
    if before == after:
        return []
    if max(len(before), len(after)) > _MANY_LINES:
        before, after = _differing(before, after)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    lines: list[str] = []
    for group in matcher.get_grouped_opcodes(context):
        if group[0][1] > 0:
            lines.append("…")
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                lines += (f"  {line}" for line in before[start:end])
            lines += (f"- {line}" for line in before[start:end] if kind in {"delete", "replace"})
            lines += (f"+ {line}" for line in after[new_start:new_end] if kind in {"insert", "replace"})
        last = group[-1]
    if last[2] < len(before):
        lines.append("…")
    if len(lines) > most + 1:
        return [*lines[:most], f"… {len(lines) - most} more lines"]
    return lines


def _differing(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """The lines between what both begin and what both end with, cut where they are too many."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    start = max(0, start - 2)
    return before[start : start + _MANY_LINES], after[start : start + _MANY_LINES]


@dataclass(frozen=True, slots=True)
class _Above:
    """What is known of an element by those it stands in."""

    block: int  # mem_id of the nearest element that starts a line
    blocks: tuple[int, ...]  # of all such around it, outermost first, itself last
    link: str | None
    heading: bool
    unseen: bool


@dataclass(slots=True)
class _Block:
    """A run of text that no block's edge divides."""

    above: _Above
    texts: list[str] = field(default_factory=list)
    linked: list[tuple[str, list[str]]] = field(default_factory=list)  # address, texts
    aside: int = 0  # letters outside links
    whole: str = ""  # a line of its own

    def add(self, text: str, above: _Above) -> None:
        self.texts.append(text)
        if above.link is None:
            self.aside += sum(map(str.isalpha, text))
        elif self.linked and self.linked[-1][0] == above.link:
            self.linked[-1][1].append(text)
        else:
            self.linked.append((above.link, [text]))

    @property
    def is_list(self) -> bool:
        """Whether it is of links, whatever little stands beside them."""
        if not self.linked or self.above.heading or self.aside > _ASIDE:
            return False
        return self.aside < sum(len(text.strip()) for _, texts in self.linked for text in texts)


_TOP = _Above(0, (0,), None, heading=False, unseen=False)


def _blocks(root: LexborNode) -> Iterator[_Block]:
    known: dict[int, _Above] = {root.mem_id: _TOP}
    block: _Block | None = None
    for node in root.traverse(include_text=True, skip_empty=True):
        if node.is_text_node:
            parent = node.parent
            above = _TOP if parent is None else known.get(parent.mem_id, _TOP)
            text = node.text_content or ""
            if above.unseen or not text.strip():
                continue
            if block is None or block.above.block != above.block:
                yield from filter(None, [block])
                block = _Block(above)
            block.add(text, above)
        elif node.is_element_node:
            above = known[node.mem_id] = _above(node, known)
            if node.tag in _CELLS and block is not None:
                block.texts.append(" ")
            if above.block == node.mem_id and block is not None:  # a block, or a <br>, ends the one before
                yield block
                block = None
            if node.tag == "iframe" and not above.unseen:
                yield _Block(above, whole=_frame(node))
    if block is not None:
        yield block


def _above(node: LexborNode, known: dict[int, _Above]) -> _Above:
    parent, tag = node.parent, node.tag or ""
    around = _TOP if parent is None else known.get(parent.mem_id, _TOP)
    unseen = around.unseen or tag in _UNSEEN or _is_hidden(node)
    if tag in _INLINE:
        link = (node.attrs.get("href") or "") if tag == "a" else around.link
        return _Above(around.block, around.blocks, link, around.heading, unseen)
    blocks = (*around.blocks, node.mem_id)
    return _Above(node.mem_id, blocks, around.link, around.heading or tag in _HEADINGS, unseen)


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attrs
    if "hidden" in attributes:
        return True
    style = attributes.get("style") or ""
    return "display:none" in style.replace(" ", "").lower()


def _frame(node: LexborNode) -> str:
    try:
        host = urlsplit((node.attrs.get("src") or "").strip()).hostname
    except ValueError:
        host = None
    return f"[frame {host}]" if host else "[frame]"


def _lines(blocks: Iterator[_Block]) -> Iterator[str]:
    links: list[_Block] = []  # that no other text divides
    for block in blocks:
        text = block.whole or _folded(block.texts)
        if not text:
            continue
        if block.is_list:
            links.append(block)
            continue
        yield from map(_link_line, _lists(links))
        links = []
        yield f"# {_short(text)}" if block.above.heading else _short(text)
    yield from map(_link_line, _lists(links))


def _lists(blocks: list[_Block]) -> Iterator[list[str]]:
    """The titles of links, those of one list together.

    Two blocks belong to one list where they share as many of the blocks around them as each does with its
    other neighbour. What is far away has no say in it, so that no removal changes lines far from it.
    """
    items: list[tuple[_Above, list[str]]] = []
    last = ""
    for block in blocks:
        titles = []
        for address, texts in block.linked:
            if title := _folded(texts):
                if address != last or not address:  # else its picture's caption: the same link again
                    titles.append(title)
                last = address
        if titles:
            items.append((block.above, titles))
    shared = [_shared(one[0].blocks, other[0].blocks) for one, other in pairwise(items)]
    current: list[str] = []
    for number, (_, titles) in enumerate(items):
        if number and shared[number - 1] < max(shared[max(0, number - 2) : number + 1]):
            yield current
            current = []
        current += titles
    if current:
        yield current


def _link_line(titles: list[str]) -> str:
    named = " · ".join(_cut(title, _TITLE) for title in titles[:_TITLES])
    more = " · …" if len(titles) > _TITLES else ""
    count = "link" if len(titles) == 1 else f"{len(titles)} links"
    return f"[{count}] {named}{more}"


def _folded(texts: list[str]) -> str:
    return " ".join("".join(texts).split())


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _short(text: str) -> str:
    return text if len(text) <= _START + 10 else f"{text[:_START].rstrip()}… ({len(text)} characters)"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
