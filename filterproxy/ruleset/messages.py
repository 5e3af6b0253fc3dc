"""Pydantic's findings, told to the author of a rule file: the place, what was read, what to write."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from filterproxy.errors import RuleFileError, RuleSchemaError, SelectorError
from filterproxy.ruleset.model import Category, Mode
from filterproxy.ruleset.places import KEY, Way, child, context, place, value_at
from filterproxy.ruleset.reader import Node, Scalar
from filterproxy.ruleset.schema import (
    ExceptionFileModel,
    ExemptionModel,
    FileModel,
    PageTestModel,
    PruneModel,
    RuleModel,
)

MOST_PROBLEMS = 500  # of a file: nobody reads more, and each costs a search through it
_ONLY = {
    "version": "this version of filterproxy reads version 1 of the language",
    "lists": 'the lists that can be found are "recommended"',
}
WORDS = {"category": Category, "mode": Mode}
ITEMS: dict[str, type[BaseModel]] = {"rules": RuleModel, "tests": PageTestModel, "exceptions": ExemptionModel}


def problems(error: ValidationError, node: Node, path: str) -> list[RuleFileError]:
    """Each finding as an error with its place in the file."""
    findings = error.errors(include_url=False, include_input=False)
    told = [_problem(finding, node, path) for finding in findings[:MOST_PROBLEMS]]
    if len(findings) > MOST_PROBLEMS:
        told.append(
            schema_error(path, node, (), f"{len(findings) - MOST_PROBLEMS:,} more mistakes in this file")
        )
    return told


def schema_error(path: str, node: Node, way: Way, problem: str) -> RuleSchemaError:
    """The error of one value, or with `KEY` at the end of the way, of one key."""
    return RuleSchemaError(place(path, node, way), context(node, _without_mark(way)), problem)


def _problem(finding: Any, node: Node, path: str) -> RuleFileError:
    way: tuple[str | int, ...] = finding["loc"]
    details = finding.get("ctx", {})
    kind = finding["type"]
    if kind in ("selector", "value"):
        error = SelectorError if kind == "selector" else RuleSchemaError
        source = place(path, node, way, details.get("at", 0))
        return error(source, context(node, _without_mark(way)), details.get("problem", finding["msg"]))
    if kind == "extra_forbidden":
        return schema_error(path, node, (*way, KEY), _unknown_key(way, node))
    if kind == "missing":
        return schema_error(path, node, way[:-1], f'key "{way[-1]}" is missing')
    if kind == "enum":
        return schema_error(path, node, way, _unknown_word(str(way[-1]), value_at(node, way)))
    if kind == "literal_error":
        return schema_error(path, node, way, _ONLY.get(str(way[-1]), finding["msg"]))
    return schema_error(path, node, way, _shape(kind, way, finding["msg"]))


def _shape(kind: str, way: Way, message: str) -> str:
    if kind == "list_type":
        return "expected a list: lines that start with a dash"
    if kind in ("model_type", "dict_type"):
        return (
            "expected a mapping: lines of key, colon, value"
            if way
            else "expected keys such as site and rules"
        )
    return message


def _without_mark(way: Way) -> Way:
    return way[:-1] if way and way[-1] == KEY else way


def _unknown_key(way: Way, root: Node) -> str:
    key = str(way[-1])
    known = keys_of(_model(way, root))
    elsewhere = [name for name, model in ITEMS.items() if key in keys_of(model)]
    close = nearest(key, known)
    if not close and elsewhere and len(way) == 1:
        return f'key "{key}" belongs into an item of "{elsewhere[0]}", not at the top of the file'
    return f'key "{key}" is not known{close or f"; the keys here are {_or(known)}"}'


def _model(way: Way, root: Node) -> type[BaseModel]:
    if len(way) > 3 and way[2] == "prune":  # noqa: PLR2004 - rules, a rule's number, prune, a key
        return PruneModel
    if len(way) > 1:
        return ITEMS[str(way[0])]
    return FileModel if child(root, "exceptions") is None else ExceptionFileModel


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys as a file has them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _unknown_word(key: str, node: Node) -> str:
    known = [str(word) for word in WORDS[key]]
    if not isinstance(node, Scalar):
        return f"expected one of {_or(known)}"
    return f'{key} "{node.value[:80]}" is not known{nearest(node.value, known) or f"; one of {_or(known)}"}'


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "remove"?`, or nothing where no valid word is near."""
    near = list(islice(known, MOST_PROBLEMS))
    close = get_close_matches(word[:80].lower().replace("_", "-"), near, 1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""


def _or(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
