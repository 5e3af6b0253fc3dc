r"""Which texts must stand wherever a regular expression matches.

Enough of RE2's grammar to be sure of the answer: literals, escaped signs, classes, groups,
alternatives and repetitions. `_hmt\.push|hm\.baidu\.com` gives one group of the two. Whatever is
not understood makes the answer empty: nothing can be said beforehand.
"""

from filterproxy.ruleset.model import Tokens

ANY_CLASS = frozenset("dDsSwWbBAzntrfv")  # escapes that stand for no text of their own


class _GiveUpError(Exception):
    """Something of the grammar that is not understood."""


def required_literals(pattern: str) -> Tokens:
    """Groups of texts, lower-cased: of each group one must stand where the pattern matches.

    Args:
        pattern: a pattern that RE2 accepts.

    Returns:
        Groups; empty where nothing is certain. Only for texts that are searched with any case.
    """
    try:
        parser = _Parser(pattern)
        groups = parser.alternatives(depth=0)
    except _GiveUpError:
        return ()
    return tuple(groups) if parser.at == len(pattern) else ()


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def peek(self) -> str:
        return self.pattern[self.at] if self.at < len(self.pattern) else ""

    def alternatives(self, depth: int) -> list[frozenset[str]]:
        """All branches up to `)` or the end."""
        if depth > 20:  # noqa: PLR2004 - deeper than any pattern a person writes
            raise _GiveUpError
        branches = [self.branch(depth)]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.branch(depth))
        if len(branches) == 1:
            return branches[0]
        return any_of(branches)

    def branch(self, depth: int) -> list[frozenset[str]]:
        """One concatenation: its literal runs and its groups' own requirements."""
        groups: list[frozenset[str]] = []
        run = ""
        while (char := self.peek()) and char not in "|)":
            literal, inner = self.atom(depth)
            least, exact = self.repetition()
            if literal and least:
                run += literal
            if not (literal and exact):
                groups += _group(run)
                run = literal if literal and least else ""
            if inner and least:
                groups += inner
        return groups + _group(run)

    def atom(self, depth: int) -> tuple[str, list[frozenset[str]]]:
        """One atom: its literal character or nothing, and what a group requires."""
        char = self.peek()
        self.at += 1
        if char == "\\":
            return self.escape(), []
        if char == "[":
            self.skip_class()
            return "", []
        if char == "(":
            return "", self.group(depth)
        return ("" if char in ".^$" else char), []

    def escape(self) -> str:
        char = self.peek()
        self.at += 1
        if char in ANY_CLASS:
            return ""
        if not char or char.isalnum():
            raise _GiveUpError
        return char

    def skip_class(self) -> None:
        if self.peek() == "^":
            self.at += 1
        if self.peek() == "]":
            self.at += 1
        while (char := self.peek()) != "]":
            if not char:
                raise _GiveUpError
            if self.pattern.startswith("[:", self.at):
                self.at = self.pattern.find(":]", self.at) + 2
                if self.at == 1:
                    raise _GiveUpError
                continue
            self.at += 2 if char == "\\" else 1
        self.at += 1

    def group(self, depth: int) -> list[frozenset[str]]:
        if self.peek() == "?":
            end = min((i for i in (self.pattern.find(c, self.at) for c in ":>)") if i >= 0), default=-1)
            if end < 0:
                raise _GiveUpError
            self.at = end + 1
            if self.pattern[end] == ")":
                return []  # flags alone: tokens are searched in any case
        inner = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise _GiveUpError
        self.at += 1
        return inner

    def repetition(self) -> tuple[bool, bool]:
        """Whether the atom before must stand once at least, and whether exactly once."""
        least, exact = True, True
        while (char := self.peek()) and char in "*+?{":
            if char == "{":
                end = self.pattern.find("}", self.at)
                if end < 0 or not self.pattern[self.at + 1 : end].replace(",", "").isdigit():
                    return least, exact  # a brace as it stands
                least = least and not self.pattern[self.at + 1 : end].startswith(("0", ","))
                self.at = end
            elif char in "*?":
                least = False
            exact = False
            self.at += 1
        return least, exact


def _group(run: str) -> list[frozenset[str]]:
    return [frozenset({token})] if (token := best_part(run)) else []


def best_part(literal: str) -> str:
    """The longest part of a literal that stands in a page as it does in its text, lower-cased.

    White space is folded and `& < > " '` may be written as references: a literal is cut there.
    Characters whose lower case depends on what surrounds them end a part too.
    """
    cut = "".join(c if _steady(c) else " " for c in literal)
    longest = max(cut.split(), key=len, default="")
    return longest.lower() if len(longest) > 1 else ""


def _steady(char: str) -> bool:
    if char in "&<>\"'\\\u00ad\u200b":
        return False
    return char.isascii() or (len(char.lower()) == 1 and char not in "Σςσ")


def any_of(alternatives: list[list[frozenset[str]]]) -> list[frozenset[str]]:
    """What is required when one of the alternatives must hold: one group, the best of each."""
    if not all(alternatives):
        return []
    best = (max(groups, key=lambda group: min(map(len, group))) for groups in alternatives)
    return [frozenset().union(*best)]
