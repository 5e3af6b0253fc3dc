"""One version of a recorded page, harmless and marked: what goes is outlined and veiled where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from filterproxy.recordings.compare import PageChange
from filterproxy.recordings.compare_page import UNSEEN_BY, Difference, Kind
from filterproxy.rewrite.document import Document, Node, ancestors
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.result import Removal, Veto
from filterproxy.ruleset.model import Action

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What a recorded page may do in a report: look as it looks. It asks the network for nothing."""

_DROPPED = (
    "script,noscript,template,iframe,frame,frameset,object,embed,applet,base,meta,link,title,audio,video,"
    "source,track,svg,math,xmp,plaintext,noembed,noframes,listing,portal,fencedframe,dialog"
)
_UNSEEN = frozenset(_DROPPED.split(",")) | frozenset(
    "style img input br hr wbr col colgroup area param".split()
)
"""Elements that cannot show a mark on themselves."""

_ATTRIBUTES = frozenset(
    "class id style dir lang hidden title colspan rowspan width height align valign bgcolor color face size "
    "cellpadding cellspacing border type start value alt nowrap rows cols open".split()
)
"""All that elements keep: no address, no handler."""

_ADDRESS = re.compile(r"url\((?!\s*['\"]?data:image/)[^)]*\)|@import[^;]*;?", re.IGNORECASE)
_DATA_IMAGE = re.compile(r"\s*data:image/(?:png|gif|jpeg|webp|avif|svg\+xml)[;,]", re.IGNORECASE)
_LABELS = {
    Kind.GOES: "newly goes",
    Kind.COMES_BACK: "comes back",
    Kind.STILL_GOES: "still goes",
    Kind.VETOED: "kept by the guard",
    Kind.NOT_VETOED: "was kept by the guard",
    Kind.OBSERVED: "observed",
    Kind.NOT_OBSERVED: "was observed",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is drawn on elements.

    Attributes:
        told: which elements, by which rule.
        look: `goes`, `comes-back`, …, or `same`: in both versions alike.
        veiled: in this version nothing of it is seen.
        label: what stands at its corner.
        numbers: of the differences it belongs to.
    """

    told: Removal | Veto
    look: str
    veiled: bool
    label: str
    numbers: tuple[int, ...] = ()


def marked_page(change: PageChange, *, second: bool) -> str:
    """A whole HTML document: the recorded page with the marks of one version.

    No script, frame, address or event handler of the page is left in it, and `POLICY` stands before
    everything else; it is to be shown in a sandbox all the same. Elements carry `data-fp` (the look),
    `data-fp-label`, `data-fp-veil` where they go in this version, and `data-fp-n`, the numbers of their
    differences from 0.
    """
    document = Document(change.text)
    in_head: list[str] = []
    taken: set[int] = set()
    located = Located(document)
    marks = [(mark, located.nodes(mark.told)) for mark in _marks(change, second=second)]
    for mark, nodes in marks:  # found first: what is drawn moves the places that paths count
        _draw(document, mark, nodes, taken, in_head)
    styles = [node.text() for node in document.parser.css("head style")]
    _make_harmless(document)
    body = document.parser.body
    if body is None:
        return _whole([], "", "<p>The page has no body to show: it is a set of frames.</p>")
    attributes = "".join(
        f' {name}="{escape(value or "")}"' for name, value in body.attributes.items() if name in _ATTRIBUTES
    )
    return _whole(styles, attributes, "".join(in_head) + (body.inner_html or ""))


def _whole(styles: list[str], attributes: str, body: str) -> str:
    own = "".join(f"<style>{_ADDRESS.sub('none', style)}</style>" for style in styles)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">'
        f"<style>{_asset('side_by_side_base.css')}</style>{own}"
        f"<style>{_asset('side_by_side_marks.css')}</style></head><body{attributes}>{body}</body></html>"
    )


@cache
def _asset(name: str) -> str:
    return (files("filterproxy.recordings") / name).read_text("utf-8")


def _marks(change: PageChange, *, second: bool) -> Iterator[_Mark]:
    """What is to be drawn on one version; of one element the first counts."""
    page = change.after if second else change.before
    of: dict[Removal | Veto, list[tuple[int, Difference]]] = {}
    for number, difference in enumerate(change.differences):
        told = difference.after if second else difference.before
        if told is not None:
            of.setdefault(told, []).append((number, difference))
    newly = Kind.GOES if second else Kind.COMES_BACK
    for removal in page.removals:
        known = sorted(of.get(removal, []), key=lambda each: each[1].kind is not newly)
        kind = known[0][1].kind if known else None
        looks = (newly, Kind.STILL_GOES)
        look = kind if kind in looks else None
        veiled = removal.action in UNSEEN_BY
        yield _Mark(removal, look or "same", veiled, _label(removal, look), tuple(n for n, _ in known))
    elsewhere = Kind.COMES_BACK if second else Kind.GOES  # here it is seen: shown where it stands
    aside = {Kind.VETOED, Kind.OBSERVED} if second else {Kind.NOT_VETOED, Kind.NOT_OBSERVED}
    for number, difference in enumerate(change.differences):
        kind = difference.kind
        if kind is elsewhere or kind in aside:
            yield _Mark(
                difference.told, kind, veiled=False, label=_label(difference.told, kind), numbers=(number,)
            )


def _label(told: Removal | Veto, kind: Kind | None) -> str:
    words = [_LABELS[kind] if kind is not None else "goes in both", told.rule, str(told.category)]
    if isinstance(told, Removal) and told.action is not Action.REMOVE:
        words.append(str(told.action))
    return " · ".join(words)


def _draw(document: Document, mark: _Mark, nodes: list[Node], taken: set[int], in_head: list[str]) -> None:
    for at, node in enumerate(nodes):
        label = mark.label if at == 0 else f"… {mark.told.rule}"
        if node.mem_id in taken:
            known = node.attrs
            if "data-fp-n" in known:
                known["data-fp-n"] = f"{known['data-fp-n']} {' '.join(map(str, mark.numbers))}"
            continue
        taken.add(node.mem_id)
        attributes = {
            "data-fp": str(mark.look),
            "data-fp-label": label,
            "data-fp-n": " ".join(map(str, mark.numbers)),
        }
        if mark.veiled:
            attributes["data-fp-veil"] = ""
        if _in_head(node):
            in_head.append(_stand_in(node, attributes, mark.told.excerpt))
        elif node.tag in _UNSEEN:
            node.insert_before(_made(document, node, attributes, mark.told.excerpt))
        else:
            if not node.text(deep=True).strip() and node.css_first("img") is None:
                attributes["data-fp-label"] += f" · nothing to see in this <{node.tag}>"
            for name, value in attributes.items():
                node.attrs[name] = value


def _in_head(node: Node) -> bool:
    return any(above.tag == "head" for above in (node, *ancestors(node)))


def _stand_in(node: Node, attributes: dict[str, str], excerpt: str) -> str:
    """A block for an element of the head, which shows nothing."""
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<div data-fp-stand-in{written}><code>{escape(_words(node, excerpt))}</code></div>"


def _made(document: Document, node: Node, attributes: dict[str, str], excerpt: str) -> Node:
    """A block to stand before an element that shows nothing."""
    made = document.parser.create_node("div")
    for name, value in {"data-fp-stand-in": "", **attributes}.items():
        made.attrs[name] = value
    code = document.parser.create_node("code")
    code.insert_child(_words(node, excerpt))
    made.insert_child(code)
    return made


def _words(node: Node, excerpt: str) -> str:
    return excerpt if excerpt.startswith("<") else f"<{node.tag}> {excerpt}"


def _make_harmless(document: Document) -> None:
    """Take out of the tree all that could run, load or lead anywhere."""
    parser = document.parser
    for node in {node.mem_id: node for node in parser.css(_DROPPED)}.values():
        node.remove()
    for node in parser.css("style"):
        if (text := node.text()) and _ADDRESS.search(text):
            made = parser.create_node("style")
            made.insert_child(_ADDRESS.sub("none", text))
            node.insert_before(made)
            node.remove()
    for node in parser.css("*"):
        attributes = node.attrs
        for name, value in node.attributes.items():
            if name in _ATTRIBUTES or name.startswith("data-fp"):
                if name == "style" and value and _ADDRESS.search(value):
                    attributes["style"] = _ADDRESS.sub("none", value)
            elif not (name == "src" and node.tag == "img" and _DATA_IMAGE.match(value or "")):
                del attributes[name]
