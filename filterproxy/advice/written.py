"""A rule file as its author sees it: each selector with the place of every character of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from filterproxy.errors import Source
from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.css_parser import parse
from filterproxy.ruleset.css_tree import Complex
from filterproxy.ruleset.model import Rule, RuleFile
from filterproxy.ruleset.places import KEY, Way, child, context, place
from filterproxy.ruleset.reader import Mapping, Node, Scalar, Sequence, read_rule_yaml
from filterproxy.ruleset.sources import RuleSource

TAKING = ("remove", "hide", "unwrap")
CONDITIONS = ("within", "unless", "up")


@dataclass(frozen=True, slots=True)
class WrittenSelector:
    """One complex selector of a list.

    Attributes:
        key: under which it stands: `remove`, `within`, `article` …
        css: as written.
        tree: parsed.
        context: what was being read, for messages.
    """

    key: str
    css: str
    tree: Complex
    context: str
    _path: str
    _root: Node
    _way: Way

    @property
    def source(self) -> Source:
        """Where it begins."""
        return self.at(self.tree.at)

    def at(self, offset: int) -> Source:
        """Where a character of the value stands that it was written in; `tree`'s offsets count there."""
        return place(self._path, self._root, self._way, offset)


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule with its selectors by key, in their order; `pages` is where that key's value stands."""

    rule: Rule
    selectors: dict[str, tuple[WrittenSelector, ...]]
    context: str
    pages: Source

    def taking(self) -> tuple[WrittenSelector, ...]:
        """The selectors of its action, where that takes elements."""
        return next((self.selectors[key] for key in TAKING if key in self.selectors), ())


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A rule file: what it was compiled to, the selectors of `article`, the rules."""

    file: RuleFile
    article: tuple[WrittenSelector, ...]
    rules: tuple[WrittenRule, ...]

    def selectors(self) -> Iterator[WrittenSelector]:
        """All of them: the rules', and those of `article`."""
        for rule in self.rules:
            for selectors in rule.selectors.values():
                yield from selectors
        yield from self.article


def written(source: RuleSource) -> WrittenFile | None:
    """The file as it is written; None for exceptions, and for a file that is wrong."""
    file = compile_file(source.data, path=source.path, name=source.name).file
    if file is None:
        return None
    root = read_rule_yaml(source.data, source.path)
    items = child(root, "rules")
    nodes = items.items if isinstance(items, Sequence) else ()
    rules = tuple(
        _rule(rule, source.path, root, ("rules", index))
        for index, (rule, _) in enumerate(zip(file.rules, nodes, strict=True))
    )
    return WrittenFile(file, tuple(_selectors("article", source.path, root, ("article",))), rules)


def _rule(rule: Rule, path: str, root: Node, way: Way) -> WrittenRule:
    keys = [*TAKING, *CONDITIONS]
    found = {key: tuple(_selectors(key, path, root, (*way, key))) for key in keys}
    found["script"] = tuple(_selectors("script", path, root, (*way, "prune", "script")))
    for key in ("strip-attributes", "strip-classes"):
        found[key] = tuple(_keyed(key, path, root, (*way, key)))
    told = {key: selectors for key, selectors in found.items() if selectors}
    return WrittenRule(rule, told, context(root, way), place(path, root, (*way, "pages")))


def _selectors(key: str, path: str, root: Node, way: Way) -> Iterator[WrittenSelector]:
    """Those of a value that is a selector list or a list of such."""
    node = _at(root, way)
    for index, item in enumerate(node.items if isinstance(node, Sequence) else [node]):
        if isinstance(item, Scalar):
            yield from _parsed(key, item.value, path, root, (*way, index))


def _keyed(key: str, path: str, root: Node, way: Way) -> Iterator[WrittenSelector]:
    node = _at(root, way)
    for name, _ in node.entries if isinstance(node, Mapping) else ():
        yield from _parsed(key, name.value, path, root, (*way, name.value, KEY))


def _at(root: Node, way: Way) -> Node | None:
    node: Node | None = root
    for step in way:
        node = None if node is None else child(node, step)
    return node


def _parsed(key: str, text: str, path: str, root: Node, way: Way) -> Iterator[WrittenSelector]:
    for tree in parse(text):
        yield WrittenSelector(key, text[tree.at : tree.end], tree, context(root, way[:-1]), path, root, way)
