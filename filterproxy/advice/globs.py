"""Whether two page globs have a page in common."""

from functools import lru_cache


def may_both_match(one: str, other: str) -> bool:
    """Whether some path (with a query, where a glob has one) is covered by both.

    Globs as `decide.paths` reads them: `*` is anything, one with a `?` is compared with path and query.
    """
    if "?" not in one and "?" in other:
        one, other = other, one
    if "?" in one and "?" not in other:
        other = f"{other}?*"  # the other says nothing of the query
    return _meet(one, other)


@lru_cache(maxsize=1024)
def _meet(one: str, other: str) -> bool:
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        i, j = waiting.pop()
        if i == len(one) and j == len(other):
            return True
        for step in _steps(one, other, i, j):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return False


def _steps(one: str, other: str, i: int, j: int) -> list[tuple[int, int]]:
    a, b = one[i : i + 1], other[j : j + 1]
    steps = []
    if a == "*":
        steps.append((i + 1, j))
        if b:
            steps.append((i, j + 1))
    if b == "*":
        steps.append((i, j + 1))
        if a:
            steps.append((i + 1, j))
    if a and a == b and a != "*":
        steps.append((i + 1, j + 1))
    return steps
