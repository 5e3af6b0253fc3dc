"""Selectors as a rule author writes them, checked: dialect, length, what they would take, cost.

Every selector is parsed by our own parser, which is stricter than lexbor and knows the column, and
at last by lexbor itself.
"""

from dataclasses import dataclass
from functools import cache

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from filterproxy.ruleset.css_parser import parse
from filterproxy.ruleset.css_tokens import SelectorTextError
from filterproxy.ruleset.css_tree import Complex, Compound, Pseudo
from filterproxy.ruleset.model import Tokens
from filterproxy.ruleset.selector_cost import LIMIT, cost
from filterproxy.ruleset.selector_tokens import selector_tokens
from filterproxy.settings import Limits

ROOTS = frozenset({"html", "head", "body"})


@dataclass(frozen=True, slots=True)
class ParsedSelector:
    """One complex selector: its text, its tokens, and its offset in the value it stood in."""

    css: str
    tokens: Tokens
    at: int


def parse_selectors(
    text: str, *, structure: bool = False, limits: Limits | None = None
) -> tuple[ParsedSelector, ...]:
    """The complex selectors of a selector list.

    Args:
        text: as the rule has it.
        structure: whether `html`, `head`, `body`, `:root` and `*` may be selected themselves: so
            for conditions and for stripping, not for taking away.
        limits: `selector` and `selector_list` are honoured.

    Raises:
        SelectorTextError: with the offset of what is wrong.
    """
    limits = limits or Limits()
    if len(text) > limits.selector * 8:
        raise SelectorTextError(f"longer than {limits.selector * 8:,} characters; split it into a list")
    if not text.strip():
        raise SelectorTextError("the selector is empty; quote one that begins with #, which starts a comment")
    found = parse(text)
    if len(found) > limits.selector_list:
        raise SelectorTextError(f"more than {limits.selector_list} selectors")
    parsed = []
    for selector in found:
        css = text[selector.at : selector.end]
        if len(css) > limits.selector:
            raise SelectorTextError(f"longer than {limits.selector:,} characters", selector.at)
        if not structure:
            _refuse_structure(selector)
        _refuse_cost(selector)
        _refuse_by_lexbor(css, selector.at)
        parsed.append(ParsedSelector(css, selector_tokens(selector), selector.at))
    return tuple(parsed)


def _refuse_structure(selector: Complex) -> None:
    subject = selector.compounds[-1]
    if name := _structure(subject, alone=len(selector.compounds) == 1):
        raise SelectorTextError(f'"{name}" would take the page itself', subject.at)


def _structure(compound: Compound, *, alone: bool) -> str:
    """Which part of the page's frame this would take, or nothing."""
    if compound.tag in ROOTS:
        return compound.tag
    if any(pseudo.name == "root" for pseudo in compound.pseudos):
        return ":root"
    if compound.tag or compound.ids or compound.classes or compound.attributes:
        return ""
    for pseudo in compound.pseudos:
        if pseudo.name in ("is", "where"):
            named = (
                _structure(s.compounds[-1], alone=alone and len(s.compounds) == 1) for s in pseudo.selectors
            )
            return next(filter(None, named), "")
        if _is_telling(pseudo):
            return ""
    return "*" if alone else ""


def _is_telling(pseudo: Pseudo) -> bool:
    """Whether it says enough of an element not to mean the page's root too."""
    if pseudo.name == "has":
        return all(selector.combinators[0] for selector in pseudo.selectors)
    return pseudo.name.startswith("nth") and bool(pseudo.selectors)


def _refuse_cost(selector: Complex) -> None:
    steps = cost(selector)
    if steps > LIMIT:
        raise SelectorTextError(
            f"too costly: {steps / 1e6:,.1f} million steps on a large page, {LIMIT // 10**6} are allowed; "
            'give an element in the middle its class or id, or join with ">" or "+"',
            selector.at,
        )


@cache
def _empty_page() -> LexborHTMLParser:
    return LexborHTMLParser("")


def _refuse_by_lexbor(css: str, at: int) -> None:
    try:
        _empty_page().css(css)
    except (SelectolaxError, ValueError) as error:
        raise SelectorTextError("lexbor does not take this selector", at) from error
