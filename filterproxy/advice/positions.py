"""Selectors that find an element by where it stands: the next advert above it, and they mean another."""

from collections.abc import Iterator

from filterproxy.advice.notice import Kind, Notice
from filterproxy.advice.written import WrittenFile
from filterproxy.ruleset.css_pseudos import COUNTED
from filterproxy.ruleset.css_tree import Complex, Compound, Pseudo

_LEVELS = 4  # nameless elements below each other: what a browser copies, and no person writes
_PLACES = COUNTED | {
    "first-child",
    "last-child",
    "only-child",
    "first-of-type",
    "last-of-type",
    "only-of-type",
}
_TOPS = frozenset({"html", "body"})
_INSTEAD = (
    "name it by an id or a class of its own, or begin at the nearest element around it that has one; "
    "a list under a heading is better found by the heading (section:)"
)


def positional_chains(file: WrittenFile) -> Iterator[Notice]:
    """A notice for each selector that hangs on places in the page."""
    for selector in file.selectors():
        if what := on_places(selector.tree):
            yield Notice(
                selector.source, Kind.POSITION, selector.context, f'"{selector.css}" {what}', _INSTEAD
            )


def on_places(selector: Complex) -> str:
    """By what it hangs on places, in words; or nothing."""
    places = [
        compound for compound in selector.compounds if is_nameless(compound) and counts_places(compound)
    ]
    run = _longest_run(selector)
    named = any(not is_nameless(compound) for compound in selector.compounds)
    if len(places) > 1:
        return f"counts elements at {len(places)} levels, and an element more on the page makes it another"
    if places and not named:
        return "counts elements below nothing that has a name, and an element more makes it another"
    if selector.compounds[0].tag in _TOPS and is_nameless(selector.compounds[-1]) and run > 1:
        return "is a way down from the top of the page, and a change of the page's frame breaks it"
    if run >= _LEVELS:
        return f"goes through {run} elements that have no name, and a change of the page's frame breaks it"
    return ""


def _longest_run(selector: Complex) -> int:
    """How many nameless elements follow each other directly, `html` and `body` not counted."""
    longest = run = 0
    for compound, combinator in zip(selector.compounds, selector.combinators, strict=True):
        if not is_nameless(compound) or compound.tag in _TOPS:
            run = 0
            continue
        run = run + 1 if combinator in {">", "+"} else 1
        longest = max(longest, run)
    return longest


def counts_places(compound: Compound) -> bool:
    """Whether it is one of its parent's elements by its number."""
    return any(pseudo.name in _PLACES and not pseudo.selectors for pseudo in compound.pseudos)


def is_nameless(compound: Compound) -> bool:
    """Whether it says no more of an element than its tag and its place."""
    if compound.ids or compound.classes or compound.attributes:
        return False
    return all(_is_place(pseudo) for pseudo in compound.pseudos)


def _is_place(pseudo: Pseudo) -> bool:
    if pseudo.name in {"is", "where"}:
        return any(
            is_nameless(option.compounds[-1]) and len(option.compounds) == 1 for option in pseudo.selectors
        )
    return pseudo.name == "not" or (pseudo.name in _PLACES and not pseudo.selectors)
