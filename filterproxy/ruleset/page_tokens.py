"""Texts that must stand in a page before a heading or a text condition can match there.

A page is searched for these before it is parsed, so they may err to one side only: a page on which
the rule would match is never skipped. What is allowed for:

- A heading may be split once, anywhere, by a tag, a reference or white space: `猜你<em>喜歡</em>`. Then its
  longer part is whole. It may be in any traditional spelling, or in full width.
- Or all its characters (words) stand apart: `猜 你 喜 欢`, `猜　你　喜　欢`, `猜&nbsp;你&nbsp;喜&nbsp;欢`.
- Characters written as numeric references are the searcher's matter (`decide.token_index`).

Not allowed for: more splits (`<i>猜</i><i>你</i><i>喜</i><i>欢</i>`), a Latin word split within
(`Rel<b>ated`), ligatures, accents as characters of their own, half-width katakana. Of 793 real
headings on the corpus' pages, 786 stand whole and the others have one odd gap. Tokens are long on
purpose: two characters stand in every page, and each find costs.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product

from filterproxy.ruleset.model import TextPattern, Tokens
from filterproxy.ruleset.regex_literals import any_of, best_part, required_literals
from filterproxy.ruleset.text import CJK, normalise_heading, written_as

Group = frozenset[str]
Spell = Callable[[str], str]

# what may stand in the place of a split: after what stands before it, before what stands after it
AFTER = tuple(" \u3000\xa0\u2002\u2003\t\r\n<&")
BEFORE = tuple(" \u3000\xa0\u2002\u2003\t\r\n>;")
APART = ("\u3000", "\xa0", "&nbsp;")
CJK_CHAR = re.compile(f"[{CJK}]")
CJK_RUN = re.compile(f"[{CJK}]+")
PLAIN_WORD = re.compile("[a-z0-9'\u2019]+")
LONG_S = re.compile("ss+")
MANY_S = re.compile("sss|ss.*ss")
ASCII_RUN = re.compile(r"[a-z]+")
# Cyrillic, Hebrew, Arabic, Indic, Thai: lower case and folded case are one; in Greek they are not
FOLDS_SIMPLY = re.compile("[\u0400-\u04ff\u05d0-\u06ff\u0900-\u0eff]+")
WIDER = 0xFEE0  # from an ASCII character to its full-width form
FULL_WIDTH = {code: code + WIDER for code in range(ord("!"), ord("~") + 1)}
MOST_GROUPS = 4
MOST_SPELLINGS = 40  # of one token; a longer one is cut until it has no more


def heading_tokens(text: str) -> tuple[Tokens, ...]:
    """What must stand in a page for a heading of this text to be there.

    Args:
        text: the heading as the rule has it.

    Returns:
        Alternatives; of one of them, every group must have a token in the page's decoded,
        lower-cased text. `((),)` where nothing can be said, so that every page is tried.
    """
    heading = normalise_heading(text)
    run = max(CJK_RUN.findall(heading), key=len, default="")
    if len(run) > 1:
        return _ways(run, _spellings)
    words = heading.split(" ")
    # ß is folded to ss: more of them than one could be written in too many ways
    plain = all(PLAIN_WORD.fullmatch(word) for word in words) and not MANY_S.search(heading)
    if len(words) > 1 and plain:
        return ((_phrase(words), *_word(words[-1])),)
    groups = [group for word in words for group in _word(word)] or _short(heading)
    return (tuple(groups[:MOST_GROUPS]),)


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


def name_tokens(pattern: str | None) -> Tokens:
    """What must stand in a page for one of its names to hold this, however the name's words are joined."""
    groups = () if pattern is None else required_literals(pattern)
    parts = (frozenset(max(token.split("-"), key=len) for token in group) for group in groups)
    return tuple(part for part in parts if min(map(len, part)) > 1)[:MOST_GROUPS]


def _of_pattern(pattern: TextPattern) -> list[Group]:
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


def _splittable(group: Group) -> Group:
    """The group with its CJK literals as halves; empty where one of them has none."""
    parts = [_cjk_word(token) if CJK_CHAR.search(token) else [frozenset({token})] for token in group]
    return frozenset().union(*(part[0] for part in parts)) if all(parts) else frozenset()


def _cjk_word(word: str) -> list[Group]:
    """The longest CJK run as written: a text condition takes no other spelling."""
    run = max(CJK_RUN.findall(word), key=len)
    if len(run) < len("广告"):
        return []
    return [frozenset().union(*(tokens[0] for tokens in _ways(run, str)))]


def _ways(run: str, spell: Spell) -> tuple[Tokens, ...]:
    """Alternatives one of which stands where the run does: whole, split once, or all apart."""
    apart = frozenset(a + gap + b for a, b in product(spell(run[0]), spell(run[1])) for gap in (" ", *APART))
    if len(run) == len("推荐"):
        return ((apart | _whole(run, spell) | _before_gap(run[0], spell),),)
    if len(run) == len("看热点"):
        split = _before_gap(run[:2], spell) | _behind_gap(run[1:], spell)
        return ((apart | _whole(run, spell) | split,),)
    if len(run) == len("猜你喜欢"):  # half of it is in every page; three of it are not
        in_the_middle = (_before_gap(run[:2], spell), _behind_gap(run[2:], spell))
        return ((apart | _whole(run[:3], spell) | _whole(run[1:], spell),), in_the_middle)
    half = (len(run) + 1) // 2
    return ((apart | _whole(run[:half], spell) | _whole(run[-half:], spell),),)


def _before_gap(text: str, spell: Spell) -> Group:
    return frozenset(whole + gap for whole in _whole(text, spell) for gap in AFTER)


def _behind_gap(text: str, spell: Spell) -> Group:
    return frozenset(gap + whole for whole in _whole(text, spell) for gap in BEFORE)


def _whole(text: str, spell: Spell) -> Group:
    """The text in every spelling, cut to fewer characters where there are too many."""
    spellings = [spell(char) for char in text]
    while len(spellings) > 2 and _count(spellings) > MOST_SPELLINGS:  # noqa: PLR2004 - a token has two characters
        spellings.pop()
    return frozenset(map("".join, product(*spellings)))


def _count(spellings: list[str]) -> int:
    total = 1
    for spelling in spellings:
        total *= len(spelling)
    return total


def _spellings(char: str) -> str:
    return written_as().get(char, char)


def _phrase(words: list[str]) -> Group:
    """One of which stands where the words do: with single spaces, one odd gap, or all gaps alike."""
    tokens = {" ".join(words), words[0].translate(FULL_WIDTH)}
    tokens |= {words[0] + gap + words[1] for gap in APART}
    for at in range(1, len(words)):
        left, right = " ".join(words[:at]), " ".join(words[at:])
        if len(left) >= len(right):
            tokens |= {left + gap for gap in AFTER if gap != " "} | {f"{left} {gap}" for gap in AFTER}
        else:
            tokens |= {gap + right for gap in BEFORE if gap != " "} | {f"{gap} {right}" for gap in BEFORE}
    return frozenset(tokens | {written for token in tokens for written in _written_otherwise(token)})


def _written_otherwise(token: str) -> Iterator[str]:
    """ß is folded to ss, and an apostrophe is often a reference."""
    if "ss" in token:
        yield token.replace("ss", "ß")
    parts = re.split("['\u2019]", token)
    if len(parts) > 1:
        left, right = parts[0], parts[-1]
        yield f"{left}&" if len(left) > len(right) else f";{right}"


def _word(word: str, shortest: int = 3) -> list[Group]:
    """A word by its longest run of plain letters, or whole where it is of another script."""
    run = max(ASCII_RUN.findall(LONG_S.sub(" ", word)), key=len, default="")
    if len(run) >= shortest:
        return [frozenset({run, run.translate(FULL_WIDTH)})]
    if len(word) < shortest or not FOLDS_SIMPLY.fullmatch(word):
        return []
    return [frozenset({word})]


def _short(heading: str) -> list[Group]:
    """Where nothing longer is: a CJK character beside another (36氪), or a word of two letters."""
    if CJK_CHAR.match(heading[-1:]) and len(heading) > 1:
        before = (heading[-2], heading[-2].translate(FULL_WIDTH), *BEFORE)
        return [frozenset(sign + char for char in _spellings(heading[-1]) for sign in before)]
    return _word(heading.partition(" ")[0], shortest=2)
