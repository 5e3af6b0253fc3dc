"""A rule file's bytes to compiled rules, or to every problem it has."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from pydantic import ValidationError

from filterproxy.errors import RuleFileError, RuleSyntaxError
from filterproxy.ruleset.combinations import combination_problems
from filterproxy.ruleset.link_tokens import LINKS, link_tokens
from filterproxy.ruleset.messages import MOST_PROBLEMS, problems
from filterproxy.ruleset.model import (
    Action,
    Exemption,
    Filter,
    PageTest,
    Prune,
    Rule,
    RuleFile,
    Selector,
    Strip,
)
from filterproxy.ruleset.page_tokens import heading_tokens, name_tokens, text_tokens
from filterproxy.ruleset.places import KEY, child, place, plain
from filterproxy.ruleset.reader import Node, read_rule_yaml
from filterproxy.ruleset.schema import ExceptionFileModel, FileModel, PageTestModel, PruneModel, RuleModel
from filterproxy.ruleset.selector_tokens import plain_run
from filterproxy.ruleset.selectors import ParsedSelector
from filterproxy.ruleset.text import normalise_heading
from filterproxy.ruleset.text_literals import text_literals, with_literals
from filterproxy.settings import Limits

Lists = Iterable[tuple[ParsedSelector, ...]]
_SELECTED: dict[Action, tuple[str, ...]] = {Action.PRUNE: ("prune", "script")}
"""Where a rule's selectors stand, where it is not right under the action's key."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one file gave: a rule file or exemptions, or problems and neither."""

    file: RuleFile | None = None
    exemptions: tuple[Exemption, ...] = ()
    problems: tuple[RuleFileError, ...] = ()


def compile_file(data: bytes, *, path: str, name: str, limits: Limits | None = None) -> Compiled:
    """Read, check and compile one file; never raises for what stands in it.

    Args:
        data: the file's bytes.
        path: the file as the user named it, for messages.
        name: its path below its rule directory without suffix, for rules' full names.
        limits: of the reader.
    """
    try:
        root = read_rule_yaml(data, path, limits)
    except RuleSyntaxError as error:
        return Compiled(problems=(error,))
    if child(root, "exceptions") is not None:
        return _exceptions(root, path)
    found = list(islice(combination_problems(root, path), MOST_PROBLEMS))
    try:
        model = FileModel.model_validate(plain(root))
    except ValidationError as error:
        found += problems(error, root, path)
        return Compiled(problems=tuple(found))
    if found:
        return Compiled(problems=tuple(found))
    return Compiled(file=_FileCompiler(root, path, name).file(model))


def _exceptions(root: Node, path: str) -> Compiled:
    try:
        model = ExceptionFileModel.model_validate(plain(root))
    except ValidationError as error:
        return Compiled(problems=tuple(problems(error, root, path)))
    exemptions = (
        Exemption(
            rule=item.rule,
            sites=tuple(dict.fromkeys(item.site or ("*",))),
            pages=tuple(item.pages or ()),
            reason=item.reason,
            until=item.until,
            source=place(path, root, ("exceptions", index, "rule")),
        )
        for index, item in enumerate(model.exceptions)
    )
    return Compiled(exemptions=tuple(exemptions))


@dataclass(frozen=True, slots=True)
class _FileCompiler:
    root: Node
    path: str
    name: str

    def file(self, model: FileModel) -> RuleFile:
        return RuleFile(
            name=self.name,
            path=self.path,
            sites=tuple(dict.fromkeys(model.site)),
            pages=tuple(model.pages or ()),
            article=_css(model.article),
            rules=tuple(self.rule(rule, ("rules", index)) for index, rule in enumerate(model.rules)),
            tests=tuple(self.test(test, ("tests", index)) for index, test in enumerate(model.tests)),
        )

    def test(self, model: PageTestModel, way: tuple[str | int, ...]) -> PageTest:
        return PageTest(
            source=place(self.path, self.root, way),
            file=self.name,
            recording=model.recording,
            url=model.url,
            removes=tuple(model.removes or ()),
            removes_nothing=tuple(model.removes_nothing or ()),
            keeps=tuple(model.keeps or ()),
            count=tuple((model.count or {}).items()),
        )

    def rule(self, model: RuleModel, way: tuple[str | int, ...]) -> Rule:
        action, lists = _action(model)
        return Rule(
            name=f"{self.name}/{model.id}",
            id=model.id,
            source=place(self.path, self.root, (*way, "id")),
            category=model.category,
            action=action,
            mode=model.mode,
            selectors=self.selectors(lists, (*way, *_SELECTED.get(action, (action.value,))))
            or self.links(model, (*way, action.value)),
            headings=frozenset(map(normalise_heading, model.section or ())),
            unless_headings=frozenset(map(normalise_heading, model.unless_heading or ())),
            heading_tokens=_alternatives(model.section or ()),
            strips=self.strips(model, (*way, action.value)),
            text=tuple(map(with_literals, model.text or ())),
            text_tokens=text_tokens(model.text or ()),
            text_literals=text_literals(model.text or ()),
            within=_css(model.within),
            unless=_css(model.unless),
            up=_css(model.up),
            named=_either(model.named),
            name_tokens=name_tokens(_either(model.named)),
            at_most=model.at_most,
            pages=tuple(model.pages or ()),
            allow_article=model.allow_article,
            note=model.note,
            filters=self.filters(model.block or (), (*way, "block")),
            names=_names(model),
            redirects=tuple((model.redirects or {}).items()),
            prune=_prune(model.prune),
        )

    def filters(self, texts: Iterable[str], way: tuple[str | int, ...]) -> tuple[Filter, ...]:
        return tuple(
            Filter(text, place(self.path, self.root, (*way, index))) for index, text in enumerate(texts)
        )

    def selectors(self, lists: Lists, way: tuple[str | int, ...]) -> tuple[Selector, ...]:
        found = (
            self.selector(selector, (*way, index)) for index, item in enumerate(lists) for selector in item
        )
        return tuple({selector.css: selector for selector in found}.values())

    def selector(self, parsed: ParsedSelector, way: tuple[str | int, ...]) -> Selector:
        return Selector(parsed.css, parsed.tokens, place(self.path, self.root, way, parsed.at))

    def links(self, model: RuleModel, way: tuple[str | int, ...]) -> tuple[Selector, ...]:
        """What strip-params looks at in a page, where one of the names stands in it."""
        if model.strip_params is None:
            return ()
        tokens = link_tokens(model.strip_params, (model.redirects or {}).items())
        source = place(self.path, self.root, way)
        return tuple(Selector(css, tokens, source) for css in LINKS)

    def strips(self, model: RuleModel, way: tuple[str | int, ...]) -> tuple[Strip, ...]:
        stripped = model.strip_attributes or model.strip_classes or {}
        return tuple(
            Strip(_with_names(self.selector(selector, (*way, key, KEY)), names), tuple(dict.fromkeys(names)))
            for (key, selectors), names in stripped.items()
            for selector in selectors
        )


def _with_names(selector: Selector, names: Iterable[str]) -> Selector:
    """The selector, tried only where one of the names to strip stands in the page."""
    tokens = [plain_run(name, 2) for name in names]
    if not all(tokens):
        return selector
    return replace(selector, tokens=(frozenset(tokens), *selector.tokens))


def _action(model: RuleModel) -> tuple[Action, Lists]:
    for action in Action:
        value = getattr(model, action.value.replace("-", "_"))
        if isinstance(value, PruneModel):
            return action, value.script or ()
        if value is not None:
            return action, value if action in (Action.REMOVE, Action.HIDE, Action.UNWRAP) else ()
    raise AssertionError("combination_problems let a rule without an action pass")


def _names(model: RuleModel) -> tuple[str, ...]:
    return tuple(dict.fromkeys(model.strip_params or model.strip_cookies or model.strip_headers or ()))


def _prune(model: PruneModel | None) -> Prune | None:
    if model is None:
        return None
    return Prune(tuple(model.url or ()), tuple(dict.fromkeys(model.remove)))


def _alternatives(headings: Iterable[str]) -> tuple[tuple[frozenset[str], ...], ...]:
    found = (tokens for heading in headings for tokens in heading_tokens(heading))
    return tuple(dict.fromkeys(found))


def _either(patterns: list[str] | None) -> str | None:
    return "|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns)) if patterns else None


def _css(lists: Lists | None) -> str | None:
    if lists is None:
        return None
    return ", ".join(dict.fromkeys(selector.css for item in lists for selector in item))
