"""Sections by heading: the block that 猜你喜欢 or 精彩推荐 introduces. See rules/README.md, "Sections"."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from filterproxy.rewrite.article import Article
from filterproxy.rewrite.changes import Change
from filterproxy.rewrite.document import STRUCTURE, Node, ancestors, next_element, siblings
from filterproxy.rewrite.headings import HEADINGS, is_heading_like, said_by
from filterproxy.rewrite.measure import Measure, measure
from filterproxy.rewrite.related import is_related
from filterproxy.rewrite.tabs import SHOWS_NOTHING, Tab, tab_of
from filterproxy.ruleset.model import Action, Rule
from filterproxy.ruleset.text import normalise_heading

_NEVER = STRUCTURE | {"main", "article"}
_ENDS_RUN = frozenset({"footer", "nav", "main", "article", "aside", "form"})
_TABLE_PARTS = frozenset({"tbody", "thead", "tfoot", "tr", "td", "th"})
_LEVELS = 6  # a heading's own wrappers, the block, and two to spare
_LINKED = 0.5  # of a list's text: titles are links; sources, dates and counts are not
_PROSE = 200  # characters of unlinked text: a block with more is no list
_MOST = 1500  # of a whole block: more is half a page, whose elements nobody closed
_MARKS = 4  # characters between such a heading and its one link, and behind it
_HEADLINE = 8  # characters of that link: 查看更多 is shorter
_LINES = frozenset({"p", "div", "li", "section", "aside", "dd", "blockquote", "center"})
_REST = 12  # characters: "更多 >", "换一换": not worth keeping a block for

_MORE = re.compile(
    r"\W*(?:查看|阅读|閱讀|浏览|点击|進入|进入)?(?:更多|全部|换一[换批组]|換一[換批組]"
    r"|more|see (?:all|more)|view (?:all|more)|もっと見る|더보기|ещё|mehr|voir plus|ver más)\w{0,6}\W*",
    re.IGNORECASE,
)

_BOXES = frozenset({"div", "section", "aside"})
_ROOMS = "div,ul,ol,dl,section,ins,script,table"
_LOADING = re.compile(
    r"\W*(?:正在|努力|数据)?(?:加载|載入|载入|读取|讀取|読み込み)\w{0,4}\W*(?:请稍[候等])?\W*"
    r"|loading\W*(?:please wait\W*)?",
    re.IGNORECASE,
)
"""What stands in a list's place until a script has filled it."""

_Run = tuple[Node, Node]


def find_sections(headings: Sequence[tuple[Node, Rule]], article: Article | None) -> list[tuple[Change, ...]]:
    """For each of these headings, in their order, the changes that take what it introduces.

    One for a section; two for a tab, itself and its pane; none where a heading heads nothing recognisable:
    it is left alone.
    """
    wanted: dict[bool, set[str]] = {False: set(), True: set()}  # of rules for what is related, and of others
    for node, rule in headings:
        wanted[is_related(rule)].add(normalise_heading(said_by(node)))
    return [
        tuple(
            Change(rule, Action.SECTION, first, last, why=why)
            for first, last, why in _section(node, article, wanted[is_related(rule)])
        )
        for node, rule in headings
    ]


def _section(
    heading: Node, article: Article | None, wanted: AbstractSet[str]
) -> Iterator[tuple[Node, Node, str]]:
    """First and last element of what a heading introduces, and by what it was known."""
    forbidden = frozenset() if article is None else article.above | article.heading
    said = " ".join(said_by(heading).split())
    tab = tab_of(heading)
    if tab is not None:
        others = [label for label in tab.row if normalise_heading(label.text()) not in wanted]
        if others:
            yield from _of_tab(tab, said, forbidden)
            return
        if tab.last is not None and tab.top.mem_id not in forbidden and tab.last.mem_id not in forbidden:
            yield (
                *_with_little_else(tab.top, tab.last, forbidden),
                f"The lists under the tabs “{_labels(tab)}”.",
            )
            return
    block = _block(heading, forbidden)
    if block is None and article is not None and not _stands_in(heading, article):
        block = _one(heading, forbidden) or _box(heading, forbidden)
    if block is not None:
        first, last = block
        if first.mem_id == last.mem_id:
            first = last = _whole_table(first, forbidden)
        yield first, last, f"It stands under the heading “{said}”."


def _stands_in(heading: Node, article: Article) -> bool:
    return any(above.mem_id in article.ids for above in ancestors(heading))


def _of_tab(tab: Tab, said: str, forbidden: AbstractSet[int]) -> Iterator[tuple[Node, Node, str]]:
    if tab.pane is None or tab.pane.mem_id in forbidden or tab.label.mem_id in forbidden:
        return
    yield tab.label, tab.label, f"The tab “{said}”."
    yield tab.pane, tab.pane, f"The list under the tab “{said}”."


def _labels(tab: Tab) -> str:
    return "”, “".join(" ".join(label.text().split()) for label in tab.row)


def _with_little_else(first: Node, last: Node, forbidden: AbstractSet[int]) -> _Run:
    """A run of siblings, or what holds it and hardly anything else."""
    above = first.parent
    if above is None or above.tag in _NEVER or above.mem_id in forbidden:
        return first, last
    taken = sum(measure(part).visible for part in siblings(first, last))
    return (above, above) if measure(above).visible - taken <= _REST else (first, last)


def _whole_table(node: Node, forbidden: AbstractSet[int]) -> Node:
    """The table, where the block is a part of it and nothing else is shown in it."""
    whole = node
    for above in ancestors(node):
        if whole.tag not in _TABLE_PARTS or above.mem_id in forbidden:
            break
        if measure(above).visible > measure(node).visible:
            break
        whole = above
    return whole if whole.tag not in _TABLE_PARTS else node


def _block(heading: Node, forbidden: AbstractSet[int]) -> _Run | None:
    """First and last element of the section, the same one where a single block holds it all."""
    own = measure(heading)
    if own.links >= 2 and heading.mem_id not in forbidden:  # noqa: PLR2004 - bare text heads its own block
        return (heading, heading) if own.linked >= _LINKED * own.visible else None
    node = heading
    for _ in range(_LEVELS):
        parent = node.parent
        if parent is None or parent.tag in _NEVER or parent.mem_id in forbidden:
            break
        around = measure(parent)
        if around.links - own.links >= 2:  # noqa: PLR2004 - "two links or more", rules/README.md
            found = _around_or_beside(node, parent, around, own, forbidden)
            if found is None and (_stands_behind(node) or _is_followed(node)):
                return _empty(heading, forbidden)
            return found
        if around.unlinked - own.unlinked > _PROSE:
            break
        node = parent
    return _beside(heading, node, forbidden) or _empty(heading, forbidden)


def _one(heading: Node, forbidden: AbstractSet[int]) -> _Run | None:
    """A line that holds the heading and one link to a story, and nothing else."""
    own, block = measure(heading), heading
    if own.links == 1:  # bare text before the link
        said = "".join(heading.text(deep=False).split())
        alone = own.unlinked <= len(said) + _MARKS and heading.tag in _LINES
        return (heading, heading) if alone and own.linked >= _HEADLINE else None
    for _ in range(_LEVELS):
        if block.tag in HEADINGS or block.parent is None:
            return None
        block = block.parent
        if block.tag in _NEVER or block.mem_id in forbidden:
            return None
        around = measure(block)
        if around.visible > own.visible:
            break
    headline = around.linked - own.linked
    alone = around.links - own.links == 1 and around.visible - own.visible - headline <= _MARKS
    line = block.tag in _LINES and block.css_first("ul,ol,table") is None
    return (block, block) if alone and headline >= _HEADLINE and line else None


def _around_or_beside(
    node: Node, parent: Node, around: Measure, own: Measure, forbidden: AbstractSet[int]
) -> _Run | None:
    """The block `parent`, or of its children only the run that begins with `node`."""
    run = _run(node, forbidden)
    if run is not None:
        return _with_little_else(*run, forbidden)
    if _stands_behind(node) or _is_followed(node):
        return None
    linked = around.linked - own.linked >= _LINKED * (around.visible - own.visible)
    return (parent, parent) if linked and around.unlinked <= _MOST else None


def _is_followed(node: Node) -> bool:
    """Whether another heading stands behind it in its block."""
    after = next_element(node)
    while after is not None:
        if is_heading_like(after, node):
            return True
        after = next_element(after)
    return False


def _stands_behind(node: Node) -> bool:
    """Whether more than a few words stand before a heading in its block: then it doesn't head it all."""
    size, before = 0, node.prev
    while before is not None:
        if before.is_element_node:
            ahead = measure(before)
            size += ahead.visible
            if ahead.links:
                return True
        elif before.is_text_node:
            size += len((before.text_content or "").strip())
        before = before.prev
    return size > _REST


def _beside(heading: Node, top: Node, forbidden: AbstractSet[int]) -> _Run | None:
    """The list stands beside the heading, or beside one of the blocks that hold nothing but it."""
    node = heading
    while True:
        run = _run(node, forbidden)
        if run is not None:
            return run
        if node.mem_id == top.mem_id or node.parent is None:
            return None
        node = node.parent


def _run(node: Node, forbidden: AbstractSet[int]) -> _Run | None:
    """`node` and the siblings behind it that are its list: up to another heading or another shape."""
    first = last = None
    links = 0
    sibling = next_element(node)
    while sibling is not None and sibling.mem_id not in forbidden and sibling.tag not in _ENDS_RUN:
        if is_heading_like(sibling, node):
            break
        if sibling.tag in SHOWS_NOTHING:
            sibling = next_element(sibling)
            continue
        size = measure(sibling)
        listed = size.links >= 1 and size.linked >= _LINKED * size.visible
        if first is None and not size.links and size.visible <= _REST:  # 更多, 换一换, a count
            sibling = next_element(sibling)
            continue
        if not listed or (first is not None and _shape(sibling) != _shape(first)):
            break
        first, last = first or sibling, sibling
        links += size.links
        sibling = next_element(sibling)
    if last is None or links < 2:  # noqa: PLR2004 - "two links or more"
        return None
    return node, _with_more(last, forbidden)


def _with_more(last: Node, forbidden: AbstractSet[int]) -> Node:
    """The end of a list, or the 更多 behind it."""
    after = next_element(last)
    if after is None or after.mem_id in forbidden or after.tag in _ENDS_RUN:
        return last
    return after if _MORE.fullmatch(after.text().strip()) is not None else last


def _shape(node: Node) -> tuple[str | None, str | None]:
    classes = (node.attrs.get("class") or "").split()
    return node.tag, classes[0] if classes else None


def _empty(heading: Node, forbidden: AbstractSet[int]) -> _Run | None:
    """The list is filled in by a script: the heading and its empty container."""
    own, pictures = measure(heading), _pictures(heading)
    node = heading
    for above in ancestors(heading):
        if above.tag in _NEVER or above.mem_id in forbidden or _shows_more(above, own, pictures):
            break
        node = above
    following = next_element(node)
    while following is not None and following.tag in SHOWS_NOTHING - {"script"}:
        following = next_element(following)
    if following is not None and following.mem_id not in forbidden and _is_vacant(following):
        return node, following
    return (node, node) if _has_room(node) else None


def _shows_more(node: Node, own: Measure, pictures: int) -> bool:
    around = measure(node)
    if around.visible - own.visible > _REST or around.links > own.links:
        return True
    return _pictures(node) > pictures


def _pictures(node: Node) -> int:
    return len(node.css("img,iframe,video,input,object,embed"))


def _is_vacant(node: Node) -> bool:
    if node.tag in HEADINGS:
        return False
    if node.tag == "script":
        return True
    size = measure(node)
    if size.links or (size.visible and _LOADING.fullmatch(node.text().strip()) is None):
        return False
    return node.css_first("img,video,input,iframe,object") is None


def _is_room(node: Node) -> bool:
    text = node.text().strip()
    return node.tag == "script" or not text or _LOADING.fullmatch(text) is not None


def _has_room(node: Node) -> bool:
    """Whether a container holds an empty element or a script, where the list would stand."""
    return any(child.mem_id != node.mem_id and _is_room(child) for child in node.css(_ROOMS))


def _box(heading: Node, forbidden: AbstractSet[int]) -> _Run | None:
    """A block that holds nothing but the heading, with an id, by which a script would fill it."""
    own = measure(heading)
    for above in (heading, *ancestors(heading)):
        if above.tag in _NEVER or above.mem_id in forbidden or measure(above).visible > own.visible:
            break
        if above.id and above.tag in _BOXES and above.css_first("a,img,iframe,video,input") is None:
            return above, above
    return None
