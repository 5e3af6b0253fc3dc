"""Headings as a reader compares them: 猜你喜歡： and 猜你喜欢 are one text.

The steps, in order: Unicode NFKC; traditional characters to simplified ones, one by one (OpenCC's
`t2s`); zero-width characters out; case folded; white space out beside CJK characters and folded to
one space elsewhere; at both ends everything that is no letter off (：:>»·|…→, quotes, counts), but
for digits at the start (24小时热榜).
"""

import re
import unicodedata
from functools import cache

import opencc

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af々〇"
IDEOGRAPHS = "".join(map(chr, (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))))
INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff"
CJK_SPACE = re.compile(f"(?<=[{CJK}]) | (?=[{CJK}])")


@cache
def to_simplified() -> dict[int, str | None]:
    """A `str.translate` table: traditional characters to simplified ones, invisible ones to nothing.

    Characters are converted each on its own, so that a page's and a rule's are treated alike
    whatever stands beside them.
    """
    converted = opencc.OpenCC("t2s").convert("\n".join(IDEOGRAPHS)).split("\n")
    simplified = dict(zip(IDEOGRAPHS, converted, strict=True))
    table: dict[int, str | None] = {
        # twice: 薴 becomes 苧, which by itself becomes 苎
        ord(old): simplified.get(new, new)
        for old, new in simplified.items()
        if old != new
    }
    table.update(dict.fromkeys(map(ord, INVISIBLE)))
    return table


@cache
def written_as() -> dict[str, str]:
    """For a simplified character, all characters that are read as it: itself and the traditional ones."""
    variants: dict[str, str] = {}
    for code, new in to_simplified().items():
        if new and len(new) == 1:
            variants[new] = variants.get(new, new) + chr(code)
    return variants


def normalise_heading(text: str) -> str:
    """The form in which headings are compared; empty where no letter or digit is left.

    Idempotent, and linear in the text's length. `猜你喜歡：` gives `猜你喜欢`, `Related  Posts »`
    gives `related posts`, `热门推荐 (12)` gives `热门推荐`.
    """
    text = unicodedata.normalize("NFKC", text).translate(to_simplified()).casefold()
    text = unicodedata.normalize("NFKC", text)
    text = " ".join(text.split())
    if " " in text:
        text = CJK_SPACE.sub("", text)
    start, end = 0, len(text)
    while end and not _holds(text[end - 1]):
        end -= 1
    while start < end and not (_holds(text[start]) or text[start].isdecimal()):
        start += 1
    return text[start:end]


def _holds(char: str) -> bool:
    """Whether a letter, or a mark that belongs to one."""
    return char.isalpha() or unicodedata.category(char)[0] == "M"
