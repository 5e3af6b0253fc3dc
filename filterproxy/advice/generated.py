"""Names that a site's build or server made up: with the next one they are others, and rules find nothing.

Known are the forms of the usual tools: CSS modules (`index_ad__3kLmN`, `_ad_1x2y3_12`), styled-components
(`sc-bdVaJa`), emotion (`css-1q2w3e`), styled-jsx (`jsx-123456`), JSS (`jss123`), Vue's, Angular's and
Svelte's marks of a component (`data-v-1a2b3c4d`, `_ngcontent-abc-c12`, `svelte-1a2b3c`), digests and
long numbers.
Abbreviations of pinyin (`xwtj`) and sizes (`gg300x250`) are names that people gave.
"""

import re
from itertools import pairwise

_LIBRARY = re.compile(
    r"(?:css|jss|emotion|svelte|astro|jsx|ng-tns|ng-c)-(?=[a-z0-9]*\d)(?!\d+x\d+)[a-z0-9]{5,10}(?:-[\w-]*)?"
    r"|jsx-\d{5,}|jss\d+|(?:css|sc)-[a-z0-9]+-\d+"
    r"|sc-(?=[a-z]*[A-Z])[A-Za-z]{5,7}|sc-(?=[a-f0-9]*\d)(?=[a-f0-9]*[a-f])[a-f0-9]{6,10}(?:-\d+)?"
    r"|makeStyles-\w+-\d+|svelte-[a-z0-9]{6,7}|astro-[A-Z0-9]{8}|_ng(?:content|host)-[\w-]+|data-v-[0-9a-f]{6,8}"
)
"""Whole names of which nothing lasts."""

_MODULE = re.compile(r"(.*?[^_-](?:__|--|___|_-))([A-Za-z0-9+/-]{5,9})")
"""CSS modules: what the author wrote, a double sign, the digest."""
_VITE = re.compile(r"(_[A-Za-z][\w-]*?_)([a-z0-9]{5,6}_\d+)")
_STYLED = re.compile(r"(.*?[^\W\d_]__\w+?-)(sc-[a-z0-9]{6,8}(?:-\d+)?)")
_TAIL = re.compile(r"(.*?[^\W\d_][_-])([A-Za-z0-9]{5,10})")
_DIGEST = re.compile(
    r"(.*?)(?<![0-9A-Za-z])((?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}(?:-[0-9a-f]{4}){0,3}.*)"
)
_UUID = re.compile(r"(.*?)([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}.*)")
_NUMBER = re.compile(r"(.*?)([1-9]\d{11,}.*)")
_BARE = re.compile(r"[A-Za-z]{6,7}")
_SIZE = re.compile(r"\d+(?:[xX]|by)\d+|[A-Za-z]*\d+|\d+[A-Za-z]{1,3}|[A-Z0-9]+|[a-z]+\d+[a-z]?")
"""Parts with digits that people write: 300x250, item12, 24h, ROS2, h1a."""

_SHORTEST = 3  # letters of a part that says what the element is


def lasting_part(name: str) -> str | None:
    """What of an id or a class name will last: None, all of it; empty, nothing; else its beginning.

    `index_ad__3kLmN` gives `index_ad__`, `sc-bdVaJa` an empty text, `post_body` None.
    """
    if _LIBRARY.fullmatch(name):
        return ""
    for pattern in (_UUID, _VITE, _STYLED, _DIGEST, _NUMBER):
        if found := pattern.fullmatch(name):
            return _telling(found[1])
    if (found := _MODULE.fullmatch(name)) and _is_random(found[2]):
        return _telling(found[1])
    if (found := _TAIL.fullmatch(name)) and _is_random(found[2]) and _mixes(found[2]):
        return _telling(found[1])
    return "" if _BARE.fullmatch(name) and _turns(name) >= 2 and not _camel(name) else None  # noqa: PLR2004 - kDmPTA


def _telling(beginning: str) -> str:
    letters = sum(map(str.isalpha, beginning))
    return beginning if letters >= _SHORTEST - (beginning[:1] == "_") else ""


def _is_random(part: str) -> bool:
    """Whether it is no word, nor words, a number or a size."""
    if _SIZE.fullmatch(part):
        return False
    if not part.isalnum() and not _mixes(part):  # --ratio-3x2
        return False
    if any(char.isdigit() for char in part):
        return not re.fullmatch(r"(?:[A-Za-z]?[a-z]{3,}|[A-Z]{2,}|h)\d{0,2}(?:[A-Z]?[a-z]{2,})?", part)
    return _turns(part) >= 1 and not _camel(part)


def _mixes(part: str) -> bool:
    """Whether it has digits, and letters of both cases: behind one sign a word is likelier than a digest."""
    return bool(re.search(r"\d", part) and re.search(r"[a-z]", part) and re.search(r"[A-Z]", part))


def _camel(part: str) -> bool:
    """Whether it reads as words: `bodyText`, `newsTJ`, `ADBox`."""
    return (
        re.fullmatch(r"[A-Z]*(?:[a-z]{2,}|[A-Z][a-z]+)?(?:[A-Z][a-z]{2,})*(?:[A-Z]+|[A-Z][a-z])?", part)
        is not None
    )


def _turns(part: str) -> int:
    """How often a capital follows a small letter."""
    return sum(a.islower() and b.isupper() for a, b in pairwise(part))
