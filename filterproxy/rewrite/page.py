"""One page's rewriting, in order: parse, match, guard, cut, prove. All is decided, then applied once."""

from collections import Counter
from dataclasses import replace
from itertools import chain
from time import perf_counter

from filterproxy.errors import SkipReason
from filterproxy.rewrite.account import markup, removals, veto
from filterproxy.rewrite.article import Article
from filterproxy.rewrite.changes import Change, apply_to_tree, in_order, outermost
from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.guard import judge
from filterproxy.rewrite.match import TOGETHER, Target, match, match_together
from filterproxy.rewrite.names import Names
from filterproxy.rewrite.offsets import Unplaced
from filterproxy.rewrite.policy import allows_inline_style
from filterproxy.rewrite.positions import Positions
from filterproxy.rewrite.prove import prove
from filterproxy.rewrite.result import Page, Removal
from filterproxy.rewrite.seeds import Seeds
from filterproxy.rewrite.serialise import serialise
from filterproxy.rewrite.shapes import BY_SHAPE, match_shapes
from filterproxy.rewrite.splice import plan, splice
from filterproxy.rewrite.trace import Tracer
from filterproxy.ruleset.model import Action, Mode, Selection
from filterproxy.settings import Guard

_MADE = frozenset(
    "html head body p br tbody tr colgroup a b big code em font i nobr s small strike strong tt u".split()
)


def rewrite(  # noqa: PLR0913 - a page, its rules, and how
    body: bytes,
    charset: Charset,
    selection: Selection,
    guard: Guard,
    *,
    url: str = "",
    inline_style: bool = True,
    tracer: Tracer | None = None,
) -> Page:
    """Apply the selected rules to one page.

    Args:
        body: the page's bytes, decoded of their content coding.
        charset: what they are encoded in.
        selection: the rules worth trying on it.
        guard: when a removal counts as taking the article.
        url: the page's, for links that are relative.
        inline_style: whether the page's policy (CSP) lets an inline style hide an element.
        tracer: is told what each rule took and who came first.

    Returns:
        The page; `page.body is body` where nothing was changed.
    """
    document = Document(charset.decode(body))
    if inline_style and any(rule.action is Action.HIDE for rule, _ in selection.rules):
        metas = document.find("meta[http-equiv='content-security-policy' i]")
        inline_style = allows_inline_style(meta.attrs.get("content") or "" for meta in metas)
    target = Target(document, Seeds(document), Names(document), selection.texts, inline_style, url)
    changes, article = _decide(target, selection, guard, tracer)
    if not changes:
        return Page(body, charset=charset.name)
    verdicts = judge(changes, article, guard)
    vetoes = tuple(veto(document, change, v) for change, v in zip(changes, verdicts, strict=True) if v)
    allowed = [change for change, verdict in zip(changes, verdicts, strict=True) if verdict is None]
    enforced = outermost([change for change in allowed if change.rule.mode is Mode.ENFORCE])
    watched = outermost([change for change in allowed if change.rule.mode is Mode.OBSERVE])
    observed = tuple(chain.from_iterable(removals(document, c, markup(c, charset)) for c in watched))
    if tracer is not None:
        tracer.chose([change for change in allowed if change.rule.mode is Mode.ENFORCE], enforced)
    if not enforced:
        return Page(body, vetoes=vetoes, observed=observed, charset=charset.name)
    done = _carry_out(document, body, charset, enforced)
    return replace(done, vetoes=vetoes, observed=observed, charset=charset.name)


def _decide(
    target: Target, selection: Selection, guard: Guard, tracer: Tracer | None
) -> tuple[list[Change], Article | None]:
    """Every change the rules ask for, and the article where one of them could take text of it."""
    changes: list[Change] = []
    for rule, selectors in selection.rules:
        if rule.action not in BY_SHAPE and rule.action not in TOGETHER:
            began = perf_counter()
            changes += match(target, rule, selectors)
            if tracer is not None:
                tracer.took([rule.name], perf_counter() - began)
    together = [(rule, selectors) for rule, selectors in selection.rules if rule.action in TOGETHER]
    began = perf_counter()
    changes += match_together(target, together)
    if tracer is not None:
        tracer.took((rule.name for rule, _ in together), perf_counter() - began)
    shaped, article = match_shapes(target, selection, guard, changes, tracer)
    return changes + shaped, article


def _carry_out(document: Document, body: bytes, charset: Charset, changes: list[Change]) -> Page:
    """The new bytes, with an account of what each change took; exact where that can be had."""
    try:
        tags = {node.tag or "" for change in changes for node in change.nodes}
        cut = plan(changes, Positions(document, body, charset, tags))
    except Unplaced as reason:
        ordered = in_order(document, changes)
        told = tuple(chain.from_iterable(removals(document, c, markup(c, charset)) for c in ordered))
        apply_to_tree(document, changes)
        return _written_out(document, body, charset, told, str(reason))
    # accounted for before the tree is edited
    sizes, starts = cut.sizes(changes), cut.starts(body, changes)
    plain = replace(charset, bom=b"")
    told = tuple(
        entry
        for i in cut.order(changes)
        for entry in removals(document, changes[i], sizes[i], plain.decode(starts[i]))
    )
    if not cut.doubts:
        return Page(splice(body, cut), told)
    apply_to_tree(document, changes)
    proven = prove(body, cut, charset, document.parser.html or "")
    if proven is not None:
        return Page(proven, told)
    why = "; ".join(dict.fromkeys(cut.doubts))
    return _written_out(document, body, charset, told, why)


def _written_out(
    document: Document, body: bytes, charset: Charset, told: tuple[Removal, ...], why: str
) -> Page:
    """The fallback; the page as it came where, written out, it would hold an element that it had not.

    Text of SVG's or MathML's `style`, `xmp` or `iframe` may become markup so (mutation XSS).
    """
    had = _elements(document)
    new = serialise(document, charset)
    if _elements(Document(charset.decode(new))) - had:
        return Page(body, skipped=SkipReason.NOT_WRITABLE, detail=why)
    return Page(new, told, exact=False, detail=why)


def _elements(document: Document) -> Counter[str]:
    """How many elements of each tag there are, but for those that a parser makes or doubles unasked."""
    return Counter(node.tag or "" for node in document.parser.css("*") if node.tag not in _MADE)
