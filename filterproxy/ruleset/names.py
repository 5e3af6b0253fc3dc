"""Ids and class names as people read them: in words."""

import re
from functools import lru_cache

_SIGNS = re.compile(r"[\W_]+")
_PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")


@lru_cache(maxsize=1 << 14)
def in_words(name: str) -> str:
    """A name's words in lower case, a hyphen between each two: `rightAd_3` gives `right-ad-3`.

    A word ends at a sign, before a capital after a small letter, and between a letter and a digit.
    """
    return _SIGNS.sub("-", _PARTS.sub("-", name)).strip("-").lower()
