"""A list's filter of elements in our own language: selectors, a text, a step up. Or why there is none."""

import re
from dataclasses import dataclass
from itertools import pairwise

from filterproxy.lists.lines import Cosmetic
from filterproxy.lists.procedures import ENDING, TEXT, UPWARD, Step, in_css, steps, top_level
from filterproxy.lists.reasons import NotUsableError, Unused
from filterproxy.ruleset.css_tokens import SelectorTextError
from filterproxy.ruleset.model import TextPattern
from filterproxy.ruleset.selectors import ParsedSelector, parse_selectors
from filterproxy.ruleset.values import ValueFault, text_pattern

_HIDDEN = re.compile(r"\s*display\s*:\s*none\s*(?:!\s*important)?\s*;?\s*", re.IGNORECASE)
_BLOCK = re.compile(r"(.+?)\s*\{([^{}]*)\}\s*")
_QUOTED = re.compile(r"(['\"])(.*)\1", re.DOTALL)
_CONTENT = re.compile(
    r"""\[(tag-content|wildcard|min-length|max-length|parent-elements|parent-search-level)="((?:[^"]|"")*)"\]"""
)
_MOST_LEVELS = 20  # an ancestor further up is the page


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be removed: as a rule's `remove`, `text` and `up`."""

    selectors: tuple[ParsedSelector, ...]
    text: TextPattern | None = None
    up: str | None = None


def translate(filter_: Cosmetic) -> list[Wanted]:
    """What a filter removes; several where its selectors need different conditions.

    Raises:
        NotUsableError: with the reason.
    """
    return _of_list(selector_of(filter_))


def selector_of(filter_: Cosmetic) -> str:
    """The filter's selector, with its steps, from whichever way it is written in.

    Raises:
        NotUsableError: it is no selector, or does something else with what it matches than hide it.
    """
    body = filter_.body
    if filter_.mark == "#%#" or body.startswith(("+js(", "script:inject(")):
        raise NotUsableError(Unused.SCRIPTLET)
    if filter_.mark.startswith("#$") or (body.endswith("}") and _BLOCK.fullmatch(body)):
        return _of_style(body)
    if filter_.mark == "$$":
        return _of_html(body)
    if body.startswith("^responseheader("):
        raise NotUsableError(Unused.HEADER)
    return body.removeprefix("^").strip()


def _of_style(body: str) -> str:
    block = _BLOCK.fullmatch(body)
    if block is None:
        raise NotUsableError(Unused.SCRIPTLET)
    if not _HIDDEN.fullmatch(block[2]) and not re.fullmatch(r"\s*remove\s*:\s*true\s*;?\s*", block[2]):
        raise NotUsableError(Unused.STYLE)
    return block[1]


def _of_html(body: str) -> str:
    """AdGuard's: special attributes say what must stand in the element."""
    texts = []
    for name, value in _CONTENT.findall(body):
        if name != "tag-content":
            raise NotUsableError(Unused.PROCEDURE, f"[{name}]")
        texts.append(value.replace('""', '"'))
    plain = _CONTENT.sub("", body).replace('""', '"')
    return plain + "".join(f":has-text({_escaped(text)})" for text in texts)


def _escaped(text: str) -> str:
    return f"/{re.escape(text)}/" if "(" in text or ")" in text else text


def _of_list(selector: str) -> list[Wanted]:
    selector = in_css(selector)
    if not steps(selector):
        return [Wanted(_parsed(selector))]
    commas = [-1, *top_level(selector, ","), len(selector)]
    parts = [selector[a + 1 : b].strip() for a, b in pairwise(commas)]
    return [_of_one(part) for part in parts]


def _of_one(selector: str) -> Wanted:
    """One complex selector with its steps: a text, then a climb, then what to do."""
    found = steps(selector)
    if not found:
        return Wanted(_parsed(selector))
    found, selector = _ended(found, selector)
    nested = [step for step in found if _is_nested(selector, step)]
    if nested:
        return _of_nested(selector, found)
    climbs = [step for step in found if step.name in UPWARD]
    texts = [step for step in found if step.name in TEXT]
    if len(texts) > 1:
        raise NotUsableError(Unused.TEXT, "two texts")
    if len(climbs) > 1 or (climbs and climbs[0].end != len(selector)):
        raise NotUsableError(Unused.PROCEDURE, "something follows a climb")
    if climbs:
        selector = selector[: climbs[0].at]
    text = None
    if texts:
        rest = selector[texts[0].end :]
        if rest[:1] not in ("", ".", "[", "#", ":") or top_level(rest, " >+~"):
            raise NotUsableError(Unused.TEXT, "of an element above")
        text = _pattern(texts[0].argument)
        selector = _any(selector[: texts[0].at]) + rest
    return _climbed(selector, text, climbs[0].argument if climbs else None)


def _any(selector: str) -> str:
    """The selector, with `*` for its last element where that has no name."""
    return f"{selector} *" if selector.rstrip()[-1:] in ("", ">", "+", "~") else selector


def _ended(found: list[Step], selector: str) -> tuple[list[Step], str]:
    """Without `:remove()` or a `:style()` that hides at the end: removing is what we do."""
    last = found[-1]
    if any(step.name in ENDING for step in found[:-1]):
        raise NotUsableError(Unused.PROCEDURE, "something follows what is to be done")
    if last.name not in ENDING:
        return found, selector
    if last.name == "style" and not _HIDDEN.fullmatch(last.argument):
        raise NotUsableError(Unused.STYLE)
    if last.end != len(selector):
        raise NotUsableError(Unused.PROCEDURE, "something follows what is to be done")
    return found[:-1], selector[: last.at]


def _is_nested(selector: str, step: Step) -> bool:
    return step.at not in top_level(selector, ":")


def _of_nested(selector: str, found: list[Step]) -> Wanted:
    """`X:has(Y:has-text(t))` as `X Y` with that text, and up to the closest X."""
    has = re.search(r":has\(", selector)
    step = found[0]
    if len(found) > 1 or step.name not in TEXT or has is None or has.start() > step.at:
        raise NotUsableError(Unused.TEXT, "within another condition")
    if not selector.startswith("))", step.end - 1) or step.end + 1 != len(selector):
        raise NotUsableError(Unused.TEXT, "something follows it")
    above, inner = selector[: has.start()], selector[has.end() : step.at].strip()
    if (
        not above
        or top_level(above, " >+~")
        or ":has(" in inner
        or top_level(inner, ",")
        or inner[:1] in "+~"
    ):
        raise NotUsableError(Unused.TEXT, "within another condition")
    _parsed(above)
    return Wanted(_parsed(f"{above} {_any(inner)}"), _pattern(step.argument), above)


def _climbed(selector: str, text: TextPattern | None, climb: str | None) -> Wanted:
    if climb is None:
        return Wanted(_parsed(selector), text)
    if not climb.strip().isdigit():
        up = climb.strip()
        _parsed(up)
        return Wanted(_parsed(selector), text, up)
    levels = int(climb)
    if not 0 < levels <= _MOST_LEVELS or top_level(selector, " +~>"):
        raise NotUsableError(Unused.PROCEDURE, "a climb of so many levels")
    above = f":has(> {'* > ' * (levels - 1)}{selector})"
    if text is None:
        return Wanted(_parsed(above))
    _parsed(above)
    return Wanted(_parsed(selector), text, above)


def _pattern(argument: str) -> TextPattern:
    quoted = _QUOTED.fullmatch(argument.strip())
    try:
        return text_pattern(quoted[2] if quoted else argument.strip())
    except ValueFault as fault:
        raise NotUsableError(Unused.PATTERN, fault.problem) from fault


def _parsed(selector: str) -> tuple[ParsedSelector, ...]:
    try:
        return parse_selectors(selector)
    except SelectorTextError as error:
        reason = Unused.SELECTOR
        if error.problem.startswith("too costly"):
            reason = Unused.COST
        elif error.problem.endswith("would take the page itself"):
            reason = Unused.STRUCTURE
        raise NotUsableError(reason, error.problem) from error
