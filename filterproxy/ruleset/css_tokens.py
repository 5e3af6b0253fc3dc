"""Selector text to tokens: CSS Syntax Level 3, section 4, as far as selectors need it.

Stricter than the standard where lexbor is too lenient to trust: an unfinished string, escape or
comment is an error here, not something to be closed silently.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

ESCAPED = r"\\(?:[0-9A-Fa-f]{1,6}[ \t]?|[^0-9A-Fa-f\n\r\f])"
NAME_START = rf"(?:[A-Za-z_\u0080-\U0010ffff]|{ESCAPED})"
NAME_CHAR = rf"(?:[\w\-\u0080-\U0010ffff]|{ESCAPED})"
IDENT = re.compile(rf"(?:--|-?{NAME_START}){NAME_CHAR}*", re.ASCII)
HASH = re.compile(rf"#({NAME_CHAR}+)", re.ASCII)
NUMBER = re.compile(rf"[+-]?\d+(?:{NAME_START}{NAME_CHAR}*)?", re.ASCII)
SPACE = re.compile(r"[ \t\n\r\f]+")
ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\s\S]))")
SIGNS = "#.:[](),>+~*=^$|-"
LAST_CODE_POINT = 0x10FFFF


class Kind(StrEnum):
    """What a token is."""

    IDENT = "name"
    FUNCTION = "function"
    HASH = "hash"
    STRING = "string"
    NUMBER = "number"
    SPACE = "white space"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `value` is decoded of escapes and quotes, `at` its offset in the selector."""

    kind: Kind
    value: str
    at: int
    end: int


class SelectorTextError(ValueError):
    """What is wrong with a selector, and at which character of it."""

    def __init__(self, problem: str, at: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at


def tokenize(text: str) -> list[Token]:
    """The tokens of a selector list, an `END` last.

    Raises:
        SelectorTextError: a character no selector has, an unfinished string, escape or comment.
    """
    tokens, at = [], 0
    while at < len(text):
        token = _next(text, at)
        tokens.append(token)
        at = token.end
    return [*tokens, Token(Kind.END, "", at, at)]


def _next(text: str, at: int) -> Token:
    if found := SPACE.match(text, at):
        return Token(Kind.SPACE, " ", at, found.end())
    if text[at] in "\"'":
        return _string(text, at)
    if found := HASH.match(text, at):
        return Token(Kind.HASH, unescape(found[1]), at, found.end())
    if found := IDENT.match(text, at):
        call = text.startswith("(", found.end())
        name = unescape(found[0])
        return Token(Kind.FUNCTION if call else Kind.IDENT, name, at, found.end() + call)
    if found := NUMBER.match(text, at):
        return Token(Kind.NUMBER, found[0].lower(), at, found.end())
    return _sign(text, at)


def _sign(text: str, at: int) -> Token:
    char = text[at]
    if text.startswith("/*", at):
        raise SelectorTextError("a comment cannot stand in a selector", at)
    if char == "\\":
        raise SelectorTextError("a backslash with nothing after it", at)
    if char not in SIGNS:
        raise SelectorTextError(f'"{char}" cannot stand here; quote a value that holds it', at)
    return Token(Kind.SIGN, char, at, at + 1)


def _string(text: str, start: int) -> Token:
    quote, at = text[start], start + 1
    while at < len(text):
        if text[at] == quote:
            return Token(Kind.STRING, unescape(text[start + 1 : at]), start, at + 1)
        if text[at] in "\n\r\f":
            break
        at += 2 if text[at] == "\\" else 1
    raise SelectorTextError("the quoted text is never closed", start)


def unescape(text: str) -> str:
    r"""The text with its escapes decoded (CSS Syntax, 4.3.7): `\31 a` is `1a`."""
    if "\\" not in text:
        return text
    return ESCAPE.sub(_decoded, text)


def _decoded(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return "" if escape[2] in ("\n", "\r", "\r\n", "\f") else str(escape[2])
    code = int(escape[1], 16)
    if code == 0 or code > LAST_CODE_POINT or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - surrogates
        return "\ufffd"
    return chr(code)
