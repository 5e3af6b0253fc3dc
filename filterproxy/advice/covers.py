"""Whether one selector means all that another means, as far as their texts tell: never yes by mistake."""

from collections.abc import Iterable

from filterproxy.ruleset.css_tree import Attribute, Complex, Compound

_DOWN = frozenset({" ", ">"})


def covers(wide: Complex, narrow: Complex) -> bool:
    """Whether every element that `narrow` matches is matched by `wide`, too."""
    return _covers(wide, len(wide.compounds) - 1, narrow, len(narrow.compounds) - 1)


def covers_above(wide: Complex, narrow: Complex) -> bool:
    """Whether every element that `narrow` matches stands in one that `wide` matches."""
    last = len(wide.compounds) - 1
    return any(_covers(wide, last, narrow, index) for index in _above(narrow, len(narrow.compounds) - 1))


def _above(selector: Complex, index: int) -> Iterable[int]:
    """The compounds of the selector that are ancestors of one of them."""
    while index > 0:
        down = selector.combinators[index] in _DOWN
        index -= 1
        if down:
            yield index


def _covers(wide: Complex, at: int, narrow: Complex, index: int) -> bool:
    if not compound_covers(wide.compounds[at], narrow.compounds[index]):
        return False
    if at == 0:
        return True
    combinator = wide.combinators[at]
    if combinator == " ":
        return any(_covers(wide, at - 1, narrow, above) for above in _above(narrow, index))
    return index > 0 and narrow.combinators[index] == combinator and _covers(wide, at - 1, narrow, index - 1)


def compound_covers(wide: Compound, narrow: Compound) -> bool:
    """The same of one element. Pseudo-classes are not compared: with one, nothing is said to be covered."""
    if wide.pseudos or (wide.tag and wide.tag != narrow.tag):
        return False
    if not set(wide.ids) <= set(narrow.ids) or not set(wide.classes) <= set(narrow.classes):
        return False
    return all(any(_implied(wanted, given) for given in _given(narrow)) for wanted in wide.attributes)


def _given(compound: Compound) -> list[Attribute]:
    """What is known of an element's attributes; `.a.b` is two words of one."""
    ids = [Attribute("id", "=", name) for name in compound.ids]
    return compound.attributes + ids + [Attribute("class", "~=", name) for name in compound.classes]


def _implied(wanted: Attribute, given: Attribute) -> bool:
    if wanted.name != given.name or (given.flag == "i" and wanted.flag != "i" and wanted.operator):
        return False
    mine, theirs = wanted.value, given.value
    if wanted.flag == "i":
        mine, theirs = mine.lower(), theirs.lower()
    exact = given.operator == "="
    holds = {
        "": True,
        "*=": bool(mine and given.operator) and mine in theirs,
        "^=": bool(mine) and given.operator in {"=", "^="} and theirs.startswith(mine),
        "$=": bool(mine) and given.operator in {"=", "$="} and theirs.endswith(mine),
        "=": exact and mine == theirs,
    }
    return holds.get(wanted.operator, given.operator == wanted.operator and mine == theirs)
