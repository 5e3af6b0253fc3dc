"""What a selector may cost in lexbor on the worst page it can meet, in steps.

lexbor matches from right to left and goes back on failure: for `.x div div div` it tries, for every
`div`, every pair of `div`s above it before it knows that no `.x` is there. The number of chains of
k ancestors on a page nested D deep is about D**k / (k + 1)! an element; a browser would stop at the
first. Of siblings (`~`), the same with their number.

The worst page assumed has 10,000 elements, 50 levels (the deepest of the project's real pages has
51) and 1,000 siblings (they have 400). An id, class or attribute counts as rare: few elements have
it, so that the search neither starts nor branches there. Tags that cannot stand directly in
themselves (`li`, `a`, `td` …) need another between, so only half the levels can be theirs.

A step is about 10 ns. `LIMIT` admits `.x div div` (4 million: 30 ms on that page), `.x ~ a` (32 ms)
and, as the dearest, `.x ul li a` (130 ms), which people do write; it refuses `.x div div div`
(470 ms; over 60 s on a page of 320 nested `div`s) and `.x ~ a ~ a` (over 6 s). On 673 real pages the
dearest that are admitted took 0.25 ms in the mean and 7 ms at most. Pages built to be worse (490
levels: 4 s for `.x div div`) are what the rewriter's deadline is for.
"""

from filterproxy.ruleset.css_pseudos import COUNTED
from filterproxy.ruleset.css_tree import Complex, Compound

ELEMENTS = 10_000
RARE = 500  # elements that have a certain id, class or attribute
DEPTH = 50
SIBLINGS = 1_000
LIMIT = 16_000_000
COUNTING = 1 / 3  # a step of :nth-child() beside one of a combinator
NEVER_IN_THEMSELVES = frozenset(
    "a button caption dd dl dt form h1 h2 h3 h4 h5 h6 li ol option p table tbody td tfoot th tr ul".split()
)


def cost(selector: Complex) -> int:
    """The steps one complex selector may take on the worst page; over `LIMIT` it is refused."""
    return int(_whole(selector, ELEMENTS))


def _whole(selector: Complex, candidates: float) -> float:
    """Steps when `candidates` elements are tried as the selector's subject."""
    subject = selector.compounds[-1]
    paths = min(candidates, RARE) if is_rare(subject) else candidates
    steps = candidates + paths * _conditions(subject)
    chain = {" ": 1, "~": 1}  # how many elements of one line are chosen already
    for compound, combinator in zip(selector.compounds[-2::-1], selector.combinators[:0:-1], strict=True):
        if combinator in chain:
            chain[combinator] += 1
            tried = paths * _reach(compound, combinator) / chain[combinator]
        else:
            tried = paths
        steps += tried * (1 + _conditions(compound, ELEMENTS / DEPTH))
        if not is_rare(compound):
            paths = tried
    return steps


def is_rare(compound: Compound) -> bool:
    """Whether few elements of a page can be this one."""
    if compound.ids or compound.classes or compound.attributes:
        return True
    lists = (pseudo for pseudo in compound.pseudos if pseudo.name in ("is", "where"))
    return any(all(is_rare(option.compounds[-1]) for option in pseudo.selectors) for pseudo in lists)


def _reach(compound: Compound, combinator: str) -> float:
    if combinator == "~":
        return SIBLINGS
    return DEPTH / 2 if compound.tag in NEVER_IN_THEMSELVES else DEPTH


def _conditions(compound: Compound, siblings: float = SIBLINGS) -> float:
    """Steps of all pseudo-classes of one compound for one element.

    An element's ancestors can't all have `SIBLINGS`: the page's elements are shared among them.
    """
    steps = 0.0
    for pseudo in compound.pseudos:
        within = sum(_whole(selector, 1) for selector in pseudo.selectors)
        if pseudo.name == "has":
            steps += sum(_has(selector) for selector in pseudo.selectors)
        elif pseudo.name in COUNTED:
            steps += siblings / 2 * (COUNTING + within)
        else:
            steps += within
    return steps


def _has(selector: Complex) -> float:
    """Steps for one element to look through what is below it, or behind it."""
    reach = {" ": DEPTH / 2, "~": SIBLINGS / 2, ">": 1, "+": 1}
    steps = 1.0
    for compound, combinator in zip(selector.compounds, selector.combinators, strict=True):
        steps *= reach[combinator or " "]
        steps *= 1 + _conditions(compound)
    return steps
