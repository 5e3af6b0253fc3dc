"""How two rule sets differ, rule by rule, as steps that can be taken one by one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from filterproxy.ruleset.model import Exemption, Rule, RuleFile, Ruleset


class Step(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule, file's article selector or exception that is not the same in both sets.

    Attributes:
        name: a rule's full name; `sites/x: article`; `exception: sites/x/*`.
        step: what became of it.
        before: `file:line:column` in the first set; empty: it is not there.
        after: in the second.
        keys: of an edited one, the keys of the rule language that differ.
        key: tells it from every other; for `between`.
    """

    name: str
    step: Step
    before: str
    after: str
    keys: tuple[str, ...]
    key: tuple[object, ...]


def rule_changes(before: Ruleset, after: Ruleset) -> tuple[RuleChange, ...]:
    """What differs, in the order of the files, what was removed before what was added in its place.

    Compiled rules are compared: notes, comments and the lines they stand in do not count.
    """
    old, new = _units(before), _units(after)
    found = []
    for key in _merged(list(old), list(new)):
        one, other = old.get(key), new.get(key)
        if one is None or other is None:
            there = one or other
            assert there is not None  # noqa: S101 - the key is from one of them
            step = Step.ADDED if one is None else Step.REMOVED
            found.append(RuleChange(there.name, step, _place(one), _place(other), (), key))
        elif one.compared != other.compared:
            keys = _keys_of(one, other)
            found.append(RuleChange(other.name, Step.EDITED, one.source, other.source, keys, key))
    return tuple(found)


def between(before: Ruleset, after: Ruleset, taken: Collection[RuleChange]) -> Ruleset:
    """The first rules with some of the changes that lead to the second. Tests are left out."""
    old, new = _units(before), _units(after)
    keys = {change.key for change in taken}
    files: dict[tuple[object, ...], RuleFile] = {}
    exemptions: list[Exemption] = []
    for key in _merged(list(old), list(new)):
        unit = (new if key in keys else old).get(key)
        for part in () if unit is None else unit.parts:
            if isinstance(part, Exemption):
                exemptions.append(part)
                continue
            frame = (part.name, part.path, part.sites, part.pages)
            file = files.get(frame, replace(part, article=None, rules=()))
            files[frame] = replace(
                file, article=part.article or file.article, rules=(*file.rules, *part.rules)
            )
    names = "+".join(sorted(map(str, keys)))
    return Ruleset(tuple(files.values()), tuple(exemptions), f"{before.digest}+{names}")


@dataclass(frozen=True, slots=True)
class _Unit:
    """What changes as one: a rule, wherever it applies.

    Attributes:
        parts: files with this rule alone or this article selector alone, or the exemption.
        compared: of each part, what counts of it by key of the rule language.
    """

    name: str
    source: str
    parts: tuple[RuleFile | Exemption, ...]
    compared: tuple[dict[str, object], ...]


def _units(ruleset: Ruleset) -> dict[tuple[object, ...], _Unit]:
    units: dict[tuple[object, ...], _Unit] = {}
    for key, unit in _each(ruleset):
        if (known := units.get(key)) is not None:  # a rule of a file that was split by its sites
            unit = replace(  # noqa: PLW2901
                known, parts=(*known.parts, *unit.parts), compared=(*known.compared, *unit.compared)
            )
        units[key] = unit
    return units


def _each(ruleset: Ruleset) -> Iterator[tuple[tuple[object, ...], _Unit]]:
    for file in ruleset.files:
        frame = {"site": file.sites, "pages of the file": file.pages}
        bare = replace(file, article=None, rules=(), tests=())
        if file.article is not None:
            part = replace(bare, article=file.article)
            unit = _Unit(
                f"{file.name}: article", f"{file.path}:1:1", (part,), ({"article": file.article, **frame},)
            )
            yield ("article", file.name), unit
        for rule in file.rules:
            part = replace(bare, rules=(rule,))
            unit = _Unit(rule.name, str(rule.source), (part,), ({**_keys(rule), **frame},))
            yield ("rule", rule.name), unit
    for exemption in ruleset.exemptions:
        compared: dict[str, object] = {"until": exemption.until}
        unit = _Unit(f"exception: {exemption.rule}", str(exemption.source), (exemption,), (compared,))
        yield ("exception", exemption.rule, exemption.sites, exemption.pages), unit


def _keys(rule: Rule) -> dict[str, object]:
    """What a rule is, by the keys it is written with."""
    return {
        "category": rule.category,
        "mode": rule.mode,
        "action": rule.action,
        str(rule.action): (
            tuple(selector.css for selector in rule.selectors),
            rule.headings,
            tuple((strip.selector.css, strip.names) for strip in rule.strips),
        ),
        "text": tuple((pattern.pattern, pattern.regex) for pattern in rule.text),
        "named": rule.named,
        "at-most": rule.at_most,
        "within": rule.within,
        "unless": rule.unless,
        "up": rule.up,
        "pages": rule.pages,
        "allow-article": rule.allow_article is not None,
    }


def _keys_of(one: _Unit, other: _Unit) -> tuple[str, ...]:
    """The keys in which two versions differ; `site` where one is split by its sites as the other is not."""
    pairs = zip(one.compared, other.compared, strict=False)
    words = (word for first, second in pairs for word in _differing(first, second))
    return tuple(dict.fromkeys(words)) or ("site",)


def _differing(one: dict[str, object], other: dict[str, object]) -> list[str]:
    keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    return ["action"] if "action" in keys else keys


def _place(unit: _Unit | None) -> str:
    return "" if unit is None else unit.source


def _merged(old: list[tuple[object, ...]], new: list[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    """The keys of both, each once, in an order that is near to that of each."""
    seen: set[tuple[object, ...]] = set()
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        keys = old[start:end] if kind == "equal" else [*old[start:end], *new[new_start:new_end]]
        for key in keys:
            if key not in seen:
                seen.add(key)
                yield key
