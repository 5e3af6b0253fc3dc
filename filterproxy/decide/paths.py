"""Path globs: on which pages of a site a rule applies."""

import re
from collections.abc import Iterable
from functools import lru_cache


def path_matches(globs: Iterable[str], path: str, query: str = "") -> bool:
    """Whether one of the globs covers the whole path.

    `*` stands for any run of characters, `/` among them; nothing else is special. A glob that holds a `?`
    is compared with path and query (`/list?page=*`), any other with the path alone.
    """
    return any(_compiled(glob).fullmatch(f"{path}?{query}" if "?" in glob else path) for glob in globs)


@lru_cache(maxsize=4096)
def _compiled(glob: str) -> re.Pattern[str]:
    # `.*` between literals: linear for one star, and globs are short and checked at load
    return re.compile(".*".join(map(re.escape, re.sub(r"\*+", "*", glob).split("*"))), re.DOTALL)
