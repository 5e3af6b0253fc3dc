"""Texts that must stand in a page before a heading or a text condition can match there.

A page is searched for these before it is parsed, so they may err to one side only: a page on which
the rule would match is never skipped. What is allowed for:

- A CJK heading is looked for by its pairs of neighbours, in every traditional spelling, so that
  `猜你<em>喜歡</em>` is found by 猜你 and 喜歡. A pair may itself be split by a tag, a reference or white
  space: for 你喜 also `你<`, `你&` and `你 ` count.
- A heading in another script is looked for by its words of three letters or more, in full width too,
  and by what stands between two words: `you might`, or `you` before a line end, a tag or a reference.
- Characters written as numeric references are the searcher's matter (`decide.token_index`).

Not allowed for, as no page of the corpus needs it: a Latin word split by a tag within (`Rel<b>ated`),
letters written as ligatures or with their accents apart, and half-width katakana.
"""

import re
from collections.abc import Iterable
from itertools import pairwise, product

from filterproxy.ruleset.model import TextPattern, Tokens
from filterproxy.ruleset.regex_literals import any_of, best_part, required_literals
from filterproxy.ruleset.text import CJK, normalise_heading, written_as

# what may split a pair of characters, or stand between two words
GAPS = tuple(" \u3000\xa0\u2002\u2003\t\r\n<&")
CJK_CHAR = re.compile(f"[{CJK}]")
CJK_PAIR = re.compile(f"[{CJK}]{{2}}")
LONG_S = re.compile("ss+")
ASCII_RUN = re.compile(r"[a-z]+")
# Cyrillic, Hebrew, Arabic, Indic, Thai: lower case and folded case are one; in Greek they are not
FOLDS_SIMPLY = re.compile("[\u0400-\u04ff\u05d0-\u06ff\u0900-\u0eff]+")
LETTERS_AT_END = re.compile(r"[a-z]{2,}$")
LETTERS_AT_START = re.compile(r"[a-z]+")
WIDER = 0xFEE0  # from an ASCII character to its full-width form
FULL_WIDTH = {code: code + WIDER for code in range(ord("!"), ord("~") + 1)}
ENDS = (*GAPS[:-2], ">", ";")  # what may stand before a character
MOST_GROUPS = 8  # of a long heading; more would not tell more


def heading_tokens(text: str) -> tuple[Tokens, ...]:
    """What must stand in a page for a heading of this text to be there.

    Args:
        text: the heading as the rule has it.

    Returns:
        Alternatives, today one: of every group one token must stand in the page's decoded,
        lower-cased text. `((),)` where nothing can be said, so that every page is tried.
    """
    heading = normalise_heading(text)
    groups = [_pair(first, second) for first, second in pairwise(heading) if CJK_CHAR.match(first)]
    words = heading.split(" ")
    for word in words:
        groups += _word(word)
    for first, second in pairwise(words):
        groups += _between(first, second)
    groups = groups or _short(heading)
    return (tuple(dict.fromkeys(groups))[:MOST_GROUPS],)


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
    return [frozenset({pair[0], *(first + gap for gap in GAPS)})]


def _pair(first: str, second: str) -> frozenset[str]:
    """Two neighbours, the first of them CJK, in every spelling, or the first before a gap."""
    whole = (a + b for a, b in product(_spellings(first), _spellings(second)))
    return frozenset({*whole, *(a + gap for a in _spellings(first) for gap in GAPS)})


def _spellings(char: str) -> str:
    wide = chr(ord(char) + WIDER) if "!" <= char <= "~" else ""
    return written_as().get(char, char) + wide


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


def _between(first: str, second: str) -> list[frozenset[str]]:
    """The end of a word with the start of the next, or before another gap than one space."""
    end = LETTERS_AT_END.search(LONG_S.sub(" ", first))
    start = LETTERS_AT_START.match(LONG_S.sub(" ", second))
    if not end or not start:
        return []
    gaps = (*(gap for gap in GAPS if gap != " "), *(f" {gap}" for gap in GAPS))
    split = {end[0] + gap for gap in gaps}
    return [frozenset({f"{end[0]} {start[0]}", end[0].translate(FULL_WIDTH), *split})]


def _short(heading: str) -> list[frozenset[str]]:
    """Where nothing longer is: a CJK character at the end (36氪), or a word of two letters."""
    if CJK_CHAR.match(heading[-1:]) and len(heading) > 1:
        after = (before + c for c in _spellings(heading[-1]) for before in (*_spellings(heading[-2]), *ENDS))
        return [frozenset(after)]
    return _word(heading.partition(" ")[0], shortest=2)
