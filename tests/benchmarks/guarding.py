"""What the article guard does on real pages whose article is known: found, refused, let through."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from filterproxy.engine import Engine
from filterproxy.errors import VetoReason
from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.guard import judge
from filterproxy.rewrite.match import Target
from filterproxy.rewrite.names import Names
from filterproxy.rewrite.page import _decide
from filterproxy.rewrite.seeds import Seeds
from filterproxy.ruleset.model import Action, Selection
from filterproxy.settings import Guard
from tests.support.exactness import charset_of
from tests.support.known_articles import Known

FOUND = 0.8  # of the article inside what was found, and of what was found article
HARMED = 0.002

HARSH: Mapping[str, str] = {
    ".content": "remove: .content",
    "#main": "remove: '#main, .main'",
    "div:has(.ad)": "remove: 'div:has(.ad), div:has(> ins)'",
    "[class*=ad]": "remove: '[class*=ad]'",
    "[class*=news]": "remove: '[class*=news]'",
    "[class*=list]": "remove: '[class*=list]'",
    "[class*=box]": "remove: '[class*=box]'",
    "[class*=share]": "remove: '[class*=share], [id*=share]'",
    "ul": "remove: ul",
    "table": "remove: table",
    "p:has(a)": "remove: 'p:has(a)'",
    "p": "remove: p",
    "h1, h2": "remove: 'h1, h2'",
    "text: 广告": "remove: div, text: [广告, advertisement]",
    "text: 推荐, up": "remove: a, text: [推荐, more, 更多], up: div",
    "div:nth-child(2)": "remove: 'div:nth-child(2)'",
    "aside, .right": "remove: 'aside, .right, .sidebar, [class*=side]'",
    "hide .article": "hide: '.article, article, #article'",
    "section: its headline": "section: [{headline}]",
}
"""A writer's typical mistakes. `{headline}`: that of the page's article."""


@dataclass(slots=True)
class Tally:
    """What rules did on some pages.

    Attributes:
        pages: on how many they asked for something.
        taken: changes that were let through.
        right: refused, of what holds article text.
        heading: refused as the article's heading, of what holds no other article text.
        wrong: refused, of what holds none.
        harmed: pages that lost article text, and how much of it.
        refused: the wrong ones: page, path, reason, share.
    """

    pages: int = 0
    taken: int = 0
    right: int = 0
    heading: int = 0
    wrong: int = 0
    harmed: list[tuple[str, float]] = field(default_factory=list)
    refused: list[tuple[str, str, str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Finding:
    """How what was found compares with the article.

    Attributes:
        known: the page.
        inside: of the article's text, what stands inside what was found.
        pure: of the sentences that are guarded there, what is the article's.
    """

    known: Known
    inside: float
    pure: float

    @property
    def found(self) -> bool:
        return self.inside >= FOUND and (self.pure >= FOUND or not self.known.whole)


def finding(known: Known, selector: str | None) -> Finding:
    """Find the article and compare."""
    article = find_article(known.document, selector, Guard())
    if article is None:
        return Finding(known, 0.0, 0.0)
    blocks = [node for node in known.document.parser.css("*") if node.mem_id in article.ids]
    found = set[int]().union(*map(known.within, blocks))
    guarded = {
        node.mem_id
        for node, _ in known.document.text_nodes()
        if node.mem_id in found and node.parent is not None and node.parent.mem_id in article.held
    }
    inside = known.size(found & known.article) / known.size(known.article)
    return Finding(known, inside, known.size(guarded & known.article) / max(1, known.size(guarded)))


def add(tally: Tally, known: Known, engine: Engine) -> None:
    """Let an engine's rules loose on a page and count."""
    page = known.page
    charset = charset_of(page.body, page.content_type)
    selection = engine.decider.select(
        page.url, page.body, charset.python, ascii_compatible=charset.ascii_compatible
    )
    changes, verdicts = _judged(known, selection)
    tally.pages += bool(changes)
    gone: set[int] = set()
    for change, verdict in zip(changes, verdicts, strict=True):
        holds = set[int]().union(*map(known.within, change.nodes))
        if verdict is None:
            tally.taken += 1
            gone |= holds
        elif holds & known.article:
            tally.right += 1
        elif verdict[0] in {VetoReason.HOLDS_HEADING, VetoReason.STRUCTURE}:
            tally.heading += 1
        else:
            tally.wrong += 1
            path = known.document.path(change.node)
            tally.refused.append((page.path, path, str(verdict[0]), verdict[1]))
    lost = known.lost(gone) if gone & known.article else 0.0
    if lost > HARMED:
        tally.harmed.append((page.path, lost))


def _judged(known: Known, selection: Selection) -> tuple[list[Change], list[tuple[VetoReason, float] | None]]:
    document = known.document
    target = Target(document, Seeds(document), Names(document), selection.texts, url=known.page.url)
    changes, article = _decide(target, selection, Guard(), None)
    taking = [change for change in changes if change.action in TAKING | {Action.HIDE}]
    return taking, judge(taking, article, Guard())
