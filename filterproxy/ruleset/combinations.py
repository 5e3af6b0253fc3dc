"""What no single value shows: one action a rule, conditions where they apply, ids once, tests that fit."""

from collections.abc import Iterator

from filterproxy.errors import RuleFileError
from filterproxy.ruleset.messages import keys_of, nearest, schema_error
from filterproxy.ruleset.model import EXCHANGE_ACTIONS
from filterproxy.ruleset.places import KEY, child, value_at
from filterproxy.ruleset.reader import Mapping, Node, Scalar, Sequence
from filterproxy.ruleset.schema import ACTION_KEYS, CONDITION_KEYS, TAKES_CONDITIONS, RuleModel

EXCHANGE_KEYS = frozenset(action.value for action in EXCHANGE_ACTIONS)


def combination_problems(root: Node, path: str) -> Iterator[RuleFileError]:
    """Everything wrong with how a rule file's keys stand together. Works on files with other faults too."""
    rules = child(root, "rules")
    for index, rule in enumerate(rules.items if isinstance(rules, Sequence) else ()):
        if isinstance(rule, Mapping):
            yield from _of_rule(root, path, ("rules", index), rule)
    yield from _doubled_ids(root, path)
    yield from _of_tests(root, path)
    sites = child(root, "site")
    names = (
        [site.value for site in sites.items if isinstance(site, Scalar)]
        if isinstance(sites, Sequence)
        else []
    )
    if "*" in names and len(names) > 1:
        yield schema_error(path, root, ("site", names.index("*")), '"*" is every site: it stands alone')
    if isinstance(root, Mapping) and not any(child(root, key) for key in ("rules", "article")):
        yield schema_error(path, root, (), 'neither "rules" nor "article": the file does nothing')


def _of_rule(root: Node, path: str, way: tuple[str | int, ...], rule: Mapping) -> Iterator[RuleFileError]:
    keys = [key.value for key, _ in rule.entries]
    actions = [key for key in keys if key in ACTION_KEYS]
    misspelt = any(nearest(key, ACTION_KEYS) for key in keys if key not in keys_of(RuleModel))
    if not actions and not misspelt:
        yield schema_error(path, root, way, f"no action: the rule needs one of {', '.join(ACTION_KEYS)}")
    for second in actions[1:]:
        problem = f'a second action beside "{actions[0]}"; write it as a rule of its own'
        yield schema_error(path, root, (*way, second, KEY), problem)
    if actions and actions[0] not in TAKES_CONDITIONS:
        for condition in (key for key in keys if key in CONDITION_KEYS):
            problem = f'"{condition}" goes with remove, hide and unwrap, not with {actions[0]}'
            yield schema_error(path, root, (*way, condition, KEY), problem)
    yield from _of_exchange_rule(root, path, way, actions[0] if actions else "", keys)


def _of_exchange_rule(
    root: Node, path: str, way: tuple[str | int, ...], action: str, keys: list[str]
) -> Iterator[RuleFileError]:
    """What goes with some of the actions on requests and data alone."""
    if "unless-heading" in keys and action and action != "lists":
        yield schema_error(path, root, (*way, "unless-heading", KEY), '"unless-heading" goes with lists')
    if "redirects" in keys and action and action != "strip-params":
        yield schema_error(path, root, (*way, "redirects", KEY), '"redirects" goes with strip-params')
    if action == "block" and "pages" in keys:
        problem = "a request does not say which page it is of, only which site; leave pages out"
        yield schema_error(path, root, (*way, "pages", KEY), problem)
    if action in EXCHANGE_KEYS and "allow-article" in keys:
        problem = f"{action} takes nothing of the article; leave allow-article out"
        yield schema_error(path, root, (*way, "allow-article", KEY), problem)
    prune = child(value_at(root, way), "prune")
    if isinstance(prune, Mapping) and not any(child(prune, key) for key in ("url", "script")):
        problem = 'neither "url" nor "script": it is not said where the JSON is'
        yield schema_error(path, root, (*way, "prune"), problem)


def _ids(root: Node) -> list[tuple[int, Scalar]]:
    rules = child(root, "rules")
    items = rules.items if isinstance(rules, Sequence) else ()
    found = ((index, child(rule, "id")) for index, rule in enumerate(items) if isinstance(rule, Mapping))
    return [(index, name) for index, name in found if isinstance(name, Scalar)]


def _doubled_ids(root: Node, path: str) -> Iterator[RuleFileError]:
    seen: dict[str, int] = {}
    for index, name in _ids(root):
        if name.value in seen:
            problem = f'the id "{name.value}" is taken, by the rule on line {seen[name.value]}'
            yield schema_error(path, root, ("rules", index, "id"), problem)
        seen.setdefault(name.value, name.line)


def _of_tests(root: Node, path: str) -> Iterator[RuleFileError]:
    """A test that names a rule which this file does not have. Full names are other files' rules."""
    known = [name.value for _, name in _ids(root)]
    tests = child(root, "tests")
    for index, test in enumerate(tests.items if isinstance(tests, Sequence) else ()):
        for key in ("removes", "removes-nothing", "count"):
            for step, name in _named(child(test, key)):
                if "/" not in name and name not in known:
                    problem = f'no rule "{name}" in this file{nearest(name, known)}'
                    yield schema_error(path, root, ("tests", index, key, *step), problem)


def _named(node: Node | None) -> list[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, Scalar):
        return [((), node.value)]
    if isinstance(node, Sequence):
        return [((i,), item.value) for i, item in enumerate(node.items) if isinstance(item, Scalar)]
    if isinstance(node, Mapping):
        return [((key.value, KEY), key.value) for key, _ in node.entries]
    return []
