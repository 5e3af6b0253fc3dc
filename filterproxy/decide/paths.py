"""Path globs: on which pages of a site a rule applies."""

from collections.abc import Iterable


def path_matches(globs: Iterable[str], path: str, query: str = "") -> bool:
    """Whether one of the globs covers the whole path.

    `*` stands for any run of characters, `/` among them; nothing else is special. A glob that holds a `?`
    is compared with path and query (`/list?page=*`), any other with the path alone.
    """
    return any(_covers(glob, f"{path}?{query}" if "?" in glob else path) for glob in globs)


def _covers(glob: str, text: str) -> bool:
    """Whether the glob's parts stand in the text in order, the first at its start and the last at its end."""
    first, *others = glob.split("*")
    if not others:
        return text == glob
    *middle, last = others
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:  # the leftmost place leaves most for the rest: no going back
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
