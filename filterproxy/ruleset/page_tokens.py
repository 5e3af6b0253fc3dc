"""Texts that must stand in a page before a heading or a text condition can match there.

A page is searched for these before it is parsed, so they may err to one side only: a page on which
the rule would match is never skipped. What is allowed for:

- A CJK heading is looked for by its first and its last two characters, in every traditional
  spelling, so that `猜你<em>喜歡</em>` and `猜你 喜欢` are found by 猜你 and 喜歡. Either pair may
  itself be split by a tag, a reference or white space: `猜 你 喜 欢` is found by `猜 ` and ` 欢`.
- A heading in another script is looked for by its first and its last word of three letters or more.
- Characters written as numeric references are the searcher's matter (`decide.token_index`).

Not allowed for, as no page of the corpus needs it: a Latin word split by a tag within (`Rel<b>ated`),
letters written as ligatures or with their accents apart, and half-width katakana.
"""

import re
from collections.abc import Iterable
from itertools import product

from filterproxy.ruleset.model import TextPattern, Tokens
from filterproxy.ruleset.regex_literals import any_of, best_part, required_literals
from filterproxy.ruleset.text import CJK, normalise_heading, written_as

AFTER = (" ", "\u3000", "\xa0", "\t", "\r", "\n", "<", "&")  # what may stand within a split pair
BEFORE = (" ", "\u3000", "\xa0", "\t", "\r", "\n", ">", ";")
CJK_CHAR = re.compile(f"[{CJK}]")
CJK_PAIR = re.compile(f"[{CJK}]{{2}}")
CJK_END = re.compile(f"[^\\W_][{CJK}]$")
LONG_S = re.compile("ss+")
ASCII_RUN = re.compile(r"[a-z]+")
# Cyrillic, Hebrew, Arabic, Indic, Thai: lower case and folded case are one; in Greek they are not
FOLDS_SIMPLY = re.compile("[\u0400-\u04ff\u05d0-\u06ff\u0900-\u0eff]+")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
MOST_GROUPS = 4


def heading_tokens(text: str) -> tuple[Tokens, ...]:
    """What must stand in a page for a heading of this text to be there.

    Args:
        text: the heading as the rule has it.

    Returns:
        Alternatives, today one: of every group one token must stand in the page's decoded,
        lower-cased text. `((),)` where nothing can be said, so that every page is tried.
    """
    heading = normalise_heading(text)
    groups = (*_first(heading), *_last(heading))
    return (tuple(dict.fromkeys(groups)) or _middle(heading),)


def text_tokens(patterns: Iterable[TextPattern]) -> Tokens:
    """What must stand in a page for an element's text to hold one of these.

    Args:
        patterns: the alternatives of one `text` condition.

    Returns:
        Groups of lower-cased tokens; `()` where nothing can be said beforehand.
    """
    alternatives = [_of_pattern(pattern) for pattern in patterns]
    if not alternatives:
        return ()
    if len(alternatives) == 1:
        return tuple(alternatives[0][:MOST_GROUPS])
    return tuple(any_of(alternatives))


def _of_pattern(pattern: TextPattern) -> list[frozenset[str]]:
    if pattern.regex:
        groups = [_splittable(group) for group in required_literals(pattern.pattern)]
        return [group for group in groups if group]
    groups = []
    for word in pattern.pattern.split():
        if CJK_CHAR.search(word):
            groups += _cjk_word(word)
        elif part := best_part(word):
            groups.append(frozenset({part}))
    return groups


def _splittable(group: frozenset[str]) -> frozenset[str]:
    """The group with its CJK literals as pairs; empty where one of them has none."""
    parts = [_cjk_word(token) if CJK_CHAR.search(token) else [frozenset({token})] for token in group]
    return frozenset().union(*(part[0] for part in parts)) if all(parts) else frozenset()


def _cjk_word(word: str) -> list[frozenset[str]]:
    """The first pair of CJK characters as written: a text condition takes no other spelling."""
    pair = CJK_PAIR.search(word)
    if not pair:
        return []
    first = pair[0][0]
    return [frozenset({pair[0], *(first + sign for sign in AFTER)})]


def _first(heading: str) -> list[frozenset[str]]:
    if CJK_PAIR.match(heading):
        return [_pair(heading[0], heading[1], (c + sign for c in _spellings(heading[0]) for sign in AFTER))]
    return _word(heading.partition(" ")[0])


def _last(heading: str) -> list[frozenset[str]]:
    if CJK_END.search(heading):
        split = (sign + c for c in _spellings(heading[-1]) for sign in BEFORE)
        return [_pair(heading[-2], heading[-1], split)]
    return _word(heading.rpartition(" ")[2])


def _middle(heading: str) -> Tokens:
    """Where neither end says anything: any pair or word within."""
    if found := CJK_PAIR.search(heading):
        first = found[0][0]
        return (_pair(first, found[0][1], (c + sign for c in _spellings(first) for sign in AFTER)),)
    words = heading.split(" ")
    groups = [group for word in words for group in _word(word)] or _word(words[0], shortest=2)
    return tuple(groups[:1])


def _pair(first: str, second: str, split: Iterable[str]) -> frozenset[str]:
    whole = (a + b for a, b in product(_spellings(first), _spellings(second)))
    return frozenset({*whole, *split})


def _spellings(char: str) -> str:
    return written_as().get(char, char)


def _word(word: str, shortest: int = 3) -> list[frozenset[str]]:
    """A word by its longest run of plain letters, or whole where it is of another script."""
    if CJK_CHAR.search(word):
        return []
    run = max(ASCII_RUN.findall(LONG_S.sub(" ", word)), key=len, default="")  # ß is folded to ss
    if len(run) >= shortest:
        return [frozenset({run, run.translate(FULL_WIDTH)})]
    if len(word) < shortest or not FOLDS_SIMPLY.fullmatch(word):
        return []
    return [frozenset({word})]
