"""The article guard: a removal that would take the article is refused, that one alone."""

from collections import defaultdict

from filterproxy.errors import VetoReason
from filterproxy.rewrite.article import Article
from filterproxy.rewrite.changes import TAKING, Change
from filterproxy.rewrite.document import STRUCTURE, Node, ancestors
from filterproxy.rewrite.measure import sentences
from filterproxy.ruleset.model import Action
from filterproxy.settings import Guard

Verdict = tuple[VetoReason, float]

_GUARDED = TAKING | {Action.HIDE}
_TEXTLESS = frozenset("script style link meta iframe ins img noscript embed object input base".split())


def is_harmless(change: Change) -> bool:
    """Whether a change can't take text, so that the article need not be looked for."""
    if change.action not in _GUARDED:
        return change.node.tag not in STRUCTURE or change.action is not Action.UNWRAP
    if change.node.tag in STRUCTURE:
        return False
    return change.node.mem_id == change.last.mem_id and change.node.tag in _TEXTLESS


def judge(changes: list[Change], article: Article | None, guard: Guard) -> list[Verdict | None]:
    """A verdict for each change: None, or why it is refused and the share of the article's text it takes.

    One rule's removals inside the article are weighed together: fifty paragraphs go no more than the block
    that holds them.
    """
    verdicts: list[Verdict | None] = []
    shares: dict[int, float] = {}
    by_rule: dict[str, list[int]] = defaultdict(list)
    for index, change in enumerate(changes):
        verdicts.append(_alone(change, article))
        if verdicts[-1] is None and article is not None and change.action in _GUARDED:
            share = sum(_share(node, article) for node in change.nodes)
            if share and not change.rule.allow_article:
                shares[index] = share
                by_rule[change.rule.name].append(index)
    for indexes in by_rule.values():
        small = [index for index in indexes if shares[index] <= guard.text_share]
        too_many = sum(shares[index] for index in small) > guard.text_share
        for index in indexes:
            if too_many or shares[index] > guard.text_share:
                verdicts[index] = (VetoReason.ARTICLE_TEXT, round(shares[index], 4))
    return verdicts


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
    if not article.size or node.tag in _TEXTLESS:
        return 0.0
    if not any(above.mem_id in article.ids for above in ancestors(node)):
        return 0.0
    return sentences(node) / article.size
