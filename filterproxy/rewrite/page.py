"""One page's rewriting, in order: parse, match, guard, cut, prove. All is decided, then applied once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filterproxy.rewrite.article import Article, find_article
from filterproxy.rewrite.changes import Change, apply_to_tree, outermost
from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.guard import Verdict, is_harmless, judge
from filterproxy.rewrite.match import match
from filterproxy.rewrite.measure import visible_text
from filterproxy.rewrite.policy import allows_inline_style
from filterproxy.rewrite.positions import Positions, Unplaced
from filterproxy.rewrite.prove import prove
from filterproxy.rewrite.result import Page, Removal, Veto
from filterproxy.rewrite.sections import find_sections
from filterproxy.rewrite.serialise import serialise
from filterproxy.rewrite.splice import plan, splice
from filterproxy.ruleset.model import Action, Mode, Selection
from filterproxy.settings import Guard

_EXCERPT = 80  # characters


@dataclass(frozen=True, slots=True)
class _Account:
    """What is said of a change, taken before the tree is edited."""

    path: str
    through: str | None
    excerpt: str
    markup: int


def rewrite(
    body: bytes, charset: Charset, selection: Selection, guard: Guard, *, inline_style: bool = True
) -> Page:
    """Apply the selected rules to one page.

    Args:
        body: the page's bytes, decoded of their content coding.
        charset: what they are encoded in.
        selection: the rules worth trying on it.
        guard: when a removal counts as taking the article.
        inline_style: whether the page's policy (CSP) lets an inline style hide an element.

    Returns:
        The page; `page.body is body` where nothing was changed.
    """
    document = Document(charset.decode(body))
    if inline_style:
        metas = document.find("meta[http-equiv='content-security-policy' i]")
        inline_style = allows_inline_style(meta.attrs.get("content") or "" for meta in metas)
    changes, article = _decide(document, selection, guard, inline_style=inline_style)
    if not changes:
        return Page(body, charset=charset.name)
    verdicts = judge(changes, article, guard)
    vetoes = tuple(_veto(document, change, v) for change, v in zip(changes, verdicts, strict=True) if v)
    allowed = [change for change, verdict in zip(changes, verdicts, strict=True) if verdict is None]
    enforced = outermost([change for change in allowed if change.rule.mode is Mode.ENFORCE])
    watched = outermost([change for change in allowed if change.rule.mode is Mode.OBSERVE])
    observed = tuple(_removal(c, a, a.markup) for c in watched for a in [_account(document, c, charset)])
    if not enforced:
        return Page(body, vetoes=vetoes, observed=observed, charset=charset.name)
    accounts = [_account(document, change, charset) for change in enforced]
    new, sizes, why = _carry_out(document, body, charset, enforced, accounts)
    removals = tuple(map(_removal, enforced, accounts, sizes))
    exact = why is None
    return Page(new, removals, vetoes, exact=exact, observed=observed, charset=charset.name, detail=why or "")


def _decide(
    document: Document, selection: Selection, guard: Guard, *, inline_style: bool
) -> tuple[list[Change], Article | None]:
    """Every change the rules ask for, and the article where one of them could take text of it."""
    changes = [
        change
        for rule, selectors in selection.rules
        if rule.action is not Action.SECTION
        for change in match(document, rule, selectors, inline_style=inline_style)
    ]
    sections = [rule for rule, _ in selection.rules if rule.action is Action.SECTION]
    if not sections and all(map(is_harmless, changes)):
        return changes, None
    article = find_article(document, selection.article, guard)
    if sections:
        changes.extend(find_sections(document, sections, article))
    return changes, article


def _carry_out(
    document: Document, body: bytes, charset: Charset, changes: list[Change], accounts: Sequence[_Account]
) -> tuple[bytes, list[int], str | None]:
    """The new bytes, what each change took, and why they are not exact (None: they are)."""
    try:
        cut = plan(changes, Positions(document, body, charset))
    except Unplaced as reason:
        apply_to_tree(document, changes)
        return serialise(document, charset), [account.markup for account in accounts], str(reason)
    new, sizes = splice(body, cut), cut.sizes(changes)
    if not cut.doubts:
        return new, sizes, None
    apply_to_tree(document, changes)
    proven = prove(body, cut, charset, document.parser.html or "")
    if proven is not None:
        return proven, sizes, None
    return serialise(document, charset), sizes, "; ".join(dict.fromkeys(cut.doubts))


def _account(document: Document, change: Change, charset: Charset) -> _Account:
    nodes = change.nodes
    markup = sum(len(charset.encode(node.html or "")) - len(charset.bom) for node in nodes)
    through = None if len(nodes) == 1 else document.path(change.last)
    return _Account(document.path(change.node), through, _excerpt(change), markup)


def _excerpt(change: Change) -> str:
    node = change.node
    text = " ".join(visible_text(node)[: 8 * _EXCERPT].split())
    if not text or node.tag in {"script", "style"}:
        markup = re.sub(r"\s+", " ", (node.html or "")[: 2 * _EXCERPT])
        text = markup if not text or "src=" in markup.partition(">")[0] else text
    return text[:_EXCERPT]


def _removal(change: Change, account: _Account, size: int) -> Removal:
    rule = change.rule
    return Removal(
        rule.name, rule.category, str(rule.source), account.path, account.excerpt, size, change.action,
        account.through,
    )  # fmt: skip


def _veto(document: Document, change: Change, verdict: Verdict) -> Veto:
    rule = change.rule
    reason, share = verdict
    path = document.path(change.node)
    return Veto(rule.name, rule.category, str(rule.source), path, _excerpt(change), reason, share)
