"""JSON that stands in a page's scripts (`__NEXT_DATA__` and its like): what prune rules take out of it."""

from collections.abc import Iterable, Iterator

from filterproxy.rewrite.changes import Change, raw_text
from filterproxy.rewrite.document import Document, Node
from filterproxy.rewrite.json_cut import JsonCut, NotJsonError, json_cuts
from filterproxy.ruleset.model import Rule, Selector


def match_scripts(document: Document, rules: Iterable[tuple[Rule, tuple[Selector, ...]]]) -> Iterator[Change]:
    """The changes that prune rules ask for together: of each script one a rule that takes something.

    `rules`: each with those of its selectors that are worth trying, in the order in which they count. What is
    no `<script>`, or holds no JSON, is left alone.
    """
    nodes: dict[int, tuple[Node, list[Rule]]] = {}
    for rule, selectors in rules:
        for node in _scripts(document, selectors):
            nodes.setdefault(node.mem_id, (node, []))[1].append(rule)
    for node, own in nodes.values():
        yield from _of_script(node, own)


def _scripts(document: Document, selectors: Iterable[Selector]) -> Iterable[Node]:
    found = (node for selector in selectors for node in document.find(selector.css) if node.tag == "script")
    return {node.mem_id: node for node in found}.values()


def _of_script(node: Node, rules: list[Rule]) -> Iterator[Change]:
    queries: dict[str, Rule] = {}
    for rule in rules:
        for query in rule.prune.remove if rule.prune is not None else ():
            queries.setdefault(query, rule)
    try:
        cuts = json_cuts(raw_text(node), queries)
    except (NotJsonError, RecursionError):
        return
    by_rule: dict[str, list[JsonCut]] = {}
    for cut in cuts:
        by_rule.setdefault(queries[cut.query].name, []).append(cut)
    for rule in rules:
        if own := by_rule.get(rule.name):
            yield Change(rule, rule.action, node, node, (rule.name,), cuts=tuple(own))
