"""What rules ask for by shape: sections by heading, lists of other stories; and the article they hang on."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import chain, takewhile
from time import perf_counter

from filterproxy.rewrite.article import Article, find_article
from filterproxy.rewrite.changes import Change
from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.guard import are_harmless
from filterproxy.rewrite.headings import find_headings
from filterproxy.rewrite.lists import find_lists
from filterproxy.rewrite.match import Target
from filterproxy.rewrite.related import Related, is_related
from filterproxy.rewrite.sections import find_sections
from filterproxy.rewrite.trace import Tracer
from filterproxy.ruleset.model import Action, Category, Rule, Selection
from filterproxy.settings import Guard

BY_SHAPE = frozenset({Action.SECTION, Action.LISTS})


def match_shapes(
    target: Target, selection: Selection, guard: Guard, changes: Sequence[Change], tracer: Tracer | None
) -> tuple[list[Change], Article | None]:
    """The sections and lists that the rules ask for, and the article where a change could take text of it.

    Args:
        target: the page.
        selection: the rules.
        guard: when a removal counts as taking the article.
        changes: what the other rules ask for.
        tracer: is told how long it took.
    """
    document, began = target.document, perf_counter()
    sections = [rule for rule, _ in selection.rules if rule.action is Action.SECTION]
    lists = [rule for rule, _ in selection.rules if rule.action is Action.LISTS]
    off = [rule for rule, _ in selection.related if rule.action is Action.SECTION]
    headings = list(find_headings(document, off + sections)) if sections or lists else []
    found = [] if lists else find_sections(headings, None)
    headed, article = list(chain.from_iterable(found)), None
    names = [rule.name for rule in sections]
    if tracer is not None:
        tracer.took(names, perf_counter() - began)
    if lists or not all(found) or not are_harmless(document, chain(changes, headed)):
        article, began = find_article(document, selection.article, guard), perf_counter()
        headed = list(chain.from_iterable(find_sections(headings, article)))  # which hang on where it is
        if tracer is not None:
            tracer.took(names, perf_counter() - began)
    if not headed and not lists:
        return [], article
    began = perf_counter()
    related = Related(target, selection.related, [*changes, *headed])
    headed = [one for one in headed if one.rule not in off and not is_for_others(one, related)]
    listed: list[Change] = []
    if article is not None:
        taken = {node.mem_id for one in changes if one.action is Action.REMOVE for node in one.nodes}
        known = no_lists(document, selection, related)
        listed += _untaken(match_lists(document, article, lists, known), taken)
    if tracer is not None:
        tracer.took((rule.name for rule in lists), perf_counter() - began)
    return headed + listed, article


def _untaken(lists: Iterable[Change], taken: AbstractSet[int]) -> Iterator[Change]:
    """The lists that no other rule takes, and of those that one takes the heading it leaves.

    A rule that names an element knows it better than its shape does; a longer run would come before it.
    """
    for change in lists:
        nodes = change.nodes
        if nodes[-1].mem_id not in taken:
            yield change
        elif nodes[0].mem_id not in taken:
            yield replace(change, last=[*takewhile(lambda node: node.mem_id not in taken, nodes)][-1])


def related_on(target: Target, selection: Selection, article: Article | None) -> Related:
    """What rules of `related` take of a page, or would if they were on."""
    chosen = [*selection.related, *(one for one in selection.rules if is_related(one[0]))]
    headings = list(find_headings(target.document, [r for r, _ in chosen if r.action is Action.SECTION]))
    return Related(target, chosen, chain.from_iterable(find_sections(headings, article)))


def no_lists(document: Document, selection: Selection, related: Related) -> list[Node]:
    """What is known to be no list of other stories: what is related, what the site names as its article."""
    return related.nodes + (document.find(selection.article) if selection.article else [])


def is_for_others(change: Change, related: Related) -> bool:
    """Whether a rule of `recommended` asks for what is related."""
    return change.rule.category == Category.RECOMMENDED and related.touches(change)


def match_lists(
    document: Document, article: Article, rules: Sequence[Rule], known: Sequence[Node]
) -> Iterator[Change]:
    """The lists of other stories; each by the first rule that does not except it. `known` are none."""
    for found in find_lists(document, article, known) if rules else ():
        for rule in rules:
            if found.heading not in rule.unless_headings:
                yield Change(rule, Action.LISTS, found.first, found.last, why=found.why)
                break
