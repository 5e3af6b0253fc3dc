"""The article guard: a removal that would take the article is refused, that one alone."""

from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from filterproxy.errors import VetoReason
from filterproxy.rewrite.article import Article, may_head_article
from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.document import STRUCTURE, Document, Node, ancestors
from filterproxy.rewrite.measure import measure
from filterproxy.rewrite.prose import prose_of
from filterproxy.ruleset.model import Action
from filterproxy.settings import Guard

Verdict = tuple[VetoReason, float]

_LITTLE = 60  # characters of all that goes: more may be verses, which are no sentences
_LINES = frozenset("p h1 h2 h3 h4 h5 h6 b strong li dt dd blockquote figcaption pre".split())
_SHORTEST = 4  # characters of a subheading; less is a label
_GUARDED = TAKING | {Action.HIDE}
TEXTLESS = frozenset("script style link meta iframe ins img noscript embed object input base".split())


def are_harmless(document: Document, changes: Iterable[Change]) -> bool:
    """Whether changes can't take the article, so that it need not be looked for.

    They take little text together, no sentence of it, and no heading that could be the article's.
    """
    left = _LITTLE
    for change in changes:
        if change.action not in _GUARDED:
            continue
        for node in change.nodes:
            if node.tag in TEXTLESS and node.tag != "ins":  # which marks what was added to a story, too
                continue
            left -= measure(node).visible
            if left < 0 or _may_hold_article(document, node):
                return False
    return True


def _may_hold_article(document: Document, node: Node) -> bool:
    if node.tag in STRUCTURE or prose_of(node).held:
        return True
    return any(map(partial(may_head_article, document), node.css("h1,h2,h3")))


def judge(changes: list[Change], article: Article | None, guard: Guard) -> list[Verdict | None]:
    """A verdict for each change: None, or why it is refused and the share of the article's text it takes.

    One rule's removals inside the article are weighed together: fifty paragraphs go no more than the block
    that holds them. With them, or with two long ones, stays what else the rule would take there of text: a
    subheading, a verse.
    """
    verdicts: list[Verdict | None] = []
    shares: dict[int, float] = {}
    by_rule: dict[str, list[int]] = defaultdict(list)
    for index, change in enumerate(changes):
        verdicts.append(_alone(change, article))
        if verdicts[-1] is None and article is not None and _is_weighed(change, article):
            shares[index] = sum(_share(node, article) for node in change.nodes)
            by_rule[change.rule.name].append(index)
    for indexes in by_rule.values():
        small = [index for index in indexes if shares[index] <= guard.text_share]
        long = len(indexes) - len(small)
        too_many = long > 1 or sum(shares[index] for index in small) > guard.text_share
        for index in indexes:
            if too_many or shares[index] > guard.text_share:
                verdicts[index] = (VetoReason.ARTICLE_TEXT, round(shares[index], 4))
    return verdicts


def _is_weighed(change: Change, article: Article) -> bool:
    """Whether it takes something inside the article that a reader may read there."""
    if change.action not in _GUARDED or change.rule.allow_article:
        return False
    nodes = (node for node in change.nodes if any(above.mem_id in article.ids for above in ancestors(node)))
    return any(
        node.mem_id in article.held or (node.tag in _LINES and measure(node).visible >= _SHORTEST)
        for node in nodes
    )


def _alone(change: Change, article: Article | None) -> Verdict | None:
    nodes = change.nodes
    if any(node.tag in STRUCTURE for node in nodes) and change.action in _GUARDED | {Action.UNWRAP}:
        return VetoReason.STRUCTURE, 1.0
    if article is None or change.action not in _GUARDED or change.rule.allow_article:
        return None
    if any(node.mem_id in article.above for node in nodes):
        return VetoReason.HOLDS_ARTICLE, 1.0
    if any(node.mem_id in article.heading for node in nodes):
        return VetoReason.HOLDS_HEADING, 0.0
    return None


def _share(node: Node, article: Article) -> float:
    """Of the article's text, how much an element inside it takes."""
    held = article.held.get(node.mem_id, 0)
    return held / article.size if held else 0.0
