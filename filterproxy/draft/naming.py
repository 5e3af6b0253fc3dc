"""Selectors that mean the same element tomorrow: by ids and classes that people gave, as short as can be."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from filterproxy.advice.generated import lasting_part
from filterproxy.advice.words import FRAME_NAMES
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors

_PLAIN = re.compile(r"[A-Za-z_\u3400-\u9fff][\w-]*")
_SAFE = re.compile(r"[\w.:/+-]+")  # what stands in a quoted value as it is
_UTILITY = re.compile(
    r"(?:[mp][trblxy]?|w|h|fs|fz|lh|z|gap|col|row|grid|span|t|f)[-_]?\d+(?:[-_]\w*)?|fl|fr|on|cur|active|current|show"
    r"|hide|hidden|block|none|clear(?:fix)?|cf|clr|first|last|odd|even|pull-\w+|text-\w+|left|right|center|bold|red"
    r"|col|row|item|box|list|img|pic|tit|title|more|con|cont|wrap|inner|bd|hd|ft|mod|module|section"
)
"""Class names that say how something looks or which it is of a row, not what it is."""

_ABOVE = 6  # elements looked at for a name, where the element itself has none
_MOST_CLASSES = 6
_PARTS = frozenset({"li", "dt", "dd", "tr", "td", "p", "a", "span"})


class Naming:
    """Finds names on one page. `frames`: such as `#content` will do, too: for what must stay."""

    def __init__(self, document: Document, *, frames: bool = False) -> None:
        self._document = document
        self._frames = frames

    def of(self, node: Node, allowed: frozenset[int]) -> str | None:
        """The shortest lasting selector that means this element and else but `allowed`; None: there is none.

        Args:
            node: the element.
            allowed: `mem_id`s of elements that may be meant too, such as what stands inside it.
        """
        for css in sorted(set(_ways(node, frames=self._frames)), key=_length):
            found = self._document.find(css)
            ids = {one.mem_id for one in found}
            if node.mem_id in ids and ids <= allowed:
                return css
        return None


def inside(nodes: Iterable[Node]) -> frozenset[int]:
    """The `mem_id`s of some elements and of all that stands in them."""
    return frozenset(one.mem_id for node in nodes for one in (node, *node.css("*")))


def _length(css: str) -> tuple[int, int, int, str]:
    """Fewer elements first, then fewer names, then fewer characters."""
    return (
        css.count(" > ") + len(css.split()),
        css.count(".") + css.count("[") + css.count("#"),
        len(css),
        css,
    )


def _ways(node: Node, *, frames: bool) -> Iterator[str]:
    tag = node.tag or ""
    own = list(_own(node, weak=False))
    yield from (one for one in own if frames or one[1:].lower() not in FRAME_NAMES)
    near = [*own, *_own(node, weak=True)]
    above = [one for _, one in zip(range(_ABOVE), ancestors(node), strict=False) if one.tag not in STRUCTURE]
    for level, holder in enumerate(above):
        for name in _own(holder, weak=False):
            yield from (f"{name} {part}" for part in near)
            if level == 0 and _plain(tag) and tag not in _PARTS and name[1:].lower() not in FRAME_NAMES:
                yield f"{name} > {tag}"
            if level == 0:
                yield from (f"{name} > {part}" for part in near)


def _own(node: Node, *, weak: bool) -> Iterator[str]:
    """By its own id and classes. `weak`: names that need one around them to say enough."""
    tag = node.tag or ""
    name = node.id or ""
    if not weak and name:
        yield from _by(name, "id")
    classes = (node.attrs.get("class") or "").split()[:_MOST_CLASSES]
    plain = []
    for word in dict.fromkeys(classes):
        if is_weak(word) is weak:
            yield from _by(word, "class")
        if _plain(word) and lasting_part(word) is None:
            plain.append(word)
    if not weak:
        for one, other in combinations(plain, 2):
            if not (is_weak(one) and is_weak(other)):
                yield f".{one}.{other}"
        if _plain(tag):
            yield from (f"{tag}.{word}" for word in plain if not is_weak(word))


def _by(name: str, attribute: str) -> Iterator[str]:
    part = lasting_part(name)
    if part is None:
        if _plain(name):
            yield f"#{name}" if attribute == "id" else f".{name}"
    elif _SAFE.fullmatch(part) and part.strip("-_").lower() not in FRAME_NAMES:
        yield f"[{attribute}{'^' if attribute == 'id' else '*'}='{part}']"


def is_weak(word: str) -> bool:
    """Whether a class name says too little to be met nowhere else tomorrow."""
    return _UTILITY.fullmatch(word) is not None or word.lower() in FRAME_NAMES or len(word) < 3  # noqa: PLR2004 - ad, fl


def _plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None
