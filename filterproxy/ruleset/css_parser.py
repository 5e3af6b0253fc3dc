"""Selector tokens to a tree: the part of Selectors Level 4 that lexbor has and a proxy can answer."""

import re

from filterproxy.ruleset.css_pseudos import COUNTED, FUNCTIONS, PLAIN, PSEUDO_ELEMENT, why_not
from filterproxy.ruleset.css_tokens import Kind, SelectorTextError, Token, tokenize
from filterproxy.ruleset.css_tree import Attribute, Complex, Compound, Pseudo

MATCHERS = frozenset("~|^$*")
DEEPEST = 6  # functional pseudo-classes within each other
AN_PLUS_B = re.compile(r"(?:odd|even|[+-]?\d+|[+-]?\d*n(?:\s*[+-]\s*\d+)?)", re.IGNORECASE)


def parse(text: str) -> tuple[Complex, ...]:
    """The complex selectors of a selector list.

    Raises:
        SelectorTextError: not a selector of the dialect, with the offset of what is wrong.
    """
    parser = _Parser(tokenize(text))
    found = parser.selector_list(depth=0)
    if parser.token.kind is not Kind.END:
        raise SelectorTextError(f'"{text[parser.token.at]}" cannot stand here', parser.token.at)
    return found


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.position = tokens, 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def at_sign(self, signs: str) -> bool:
        return self.token.kind is Kind.SIGN and self.token.value in signs

    def skip_space(self) -> bool:
        if self.token.kind is Kind.SPACE:
            self.position += 1
            return True
        return False

    def selector_list(self, depth: int, *, relative: bool = False) -> tuple[Complex, ...]:
        if depth > DEEPEST:
            raise SelectorTextError(
                f"pseudo-classes within each other more than {DEEPEST} deep", self.token.at
            )
        found = [self.complex(depth, relative=relative)]
        while self.at_sign(","):
            self.take()
            found.append(self.complex(depth, relative=relative))
        return tuple(found)

    def complex(self, depth: int, *, relative: bool) -> Complex:
        self.skip_space()
        at, first = self.token.at, ""
        if self.at_sign(">+~"):
            if not relative:
                problem = f'"{self.token.value}" needs a selector before it'
                raise SelectorTextError(problem, self.token.at)
            first = self.take().value
            self.skip_space()
        compounds, combinators = [self.compound(depth)], [first]
        while True:
            end = self.token.at
            combinator = " " if self.skip_space() else ""
            if self.at_sign(">+~"):
                combinator = self.take().value
                self.skip_space()
            elif self.token.kind is Kind.END or self.at_sign(",)"):
                return Complex(tuple(compounds), tuple(combinators), at, end)
            if not combinator:
                raise SelectorTextError(f'"{self.token.value}" cannot stand here', self.token.at)
            compounds.append(self.compound(depth))
            combinators.append(combinator)

    def compound(self, depth: int) -> Compound:
        start = self.position
        compound = Compound(self.token.at)
        if self.token.kind is Kind.IDENT:
            compound.tag = self.take().value.lower()
        elif self.at_sign("*"):
            self.take()
        if self.at_sign("|"):
            raise SelectorTextError("namespaces are not part of the language", self.token.at)
        while self.simple(compound, depth):
            pass
        if self.position == start:
            raise SelectorTextError(self.expected("a selector"), self.token.at)
        return compound

    def simple(self, compound: Compound, depth: int) -> bool:
        if self.token.kind is Kind.HASH:
            compound.ids.append(self.take().value)
        elif self.at_sign("."):
            self.take()
            compound.classes.append(self.name("a class name"))
        elif self.at_sign("["):
            compound.attributes.append(self.attribute())
        elif self.at_sign(":"):
            compound.pseudos.append(self.pseudo(depth))
        else:
            return False
        return True

    def name(self, what: str) -> str:
        if self.token.kind is not Kind.IDENT:
            raise SelectorTextError(self.expected(what), self.token.at)
        return self.take().value

    def expected(self, what: str) -> str:
        if self.token.kind is Kind.END:
            return f"expected {what} at the end"
        if self.token.kind is Kind.NUMBER:
            escaped = f"\\3{self.token.value[0]} "
            return f'expected {what}, found a number; a digit at the start of a name is written "{escaped}"'
        return f'expected {what}, found "{self.token.value}"'

    def attribute(self) -> Attribute:
        opening = self.take()
        self.skip_space()
        name = self.name("an attribute name").lower()
        self.skip_space()
        operator = value = marked = ""
        if not self.at_sign("]"):
            operator = self.operator(opening)
            self.skip_space()
            if self.token.kind not in (Kind.IDENT, Kind.STRING):
                hint = "; quote it" if self.token.kind in (Kind.NUMBER, Kind.HASH, Kind.FUNCTION) else ""
                raise SelectorTextError(f"expected a value for the attribute{hint}", self.token.at)
            value = self.take().value
            self.skip_space()
            if self.token.kind is Kind.IDENT:
                flag = self.take()
                if flag.value.lower() not in ("i", "s"):
                    raise SelectorTextError(
                        f'"{flag.value}" cannot stand here; the flags are i and s', flag.at
                    )
                marked = flag.value.lower()
                self.skip_space()
        if self.token.kind is Kind.END:
            raise SelectorTextError('"[" is never closed', opening.at)
        if not self.at_sign("]"):
            raise SelectorTextError(self.expected('"]"'), self.token.at)
        self.take()
        return Attribute(name, operator, value, marked)

    def operator(self, opening: Token) -> str:
        sign = self.token
        operator = ""
        if sign.kind is Kind.SIGN and sign.value in MATCHERS:
            operator = self.take().value
        if self.token.kind is Kind.END:
            raise SelectorTextError('"[" is never closed', opening.at)
        if not self.at_sign("="):
            raise SelectorTextError(self.expected('"=" or "]"'), self.token.at)
        return operator + self.take().value

    def pseudo(self, depth: int) -> Pseudo:
        colon = self.take()
        if self.at_sign(":"):
            raise SelectorTextError(PSEUDO_ELEMENT, colon.at)
        token = self.take() if self.token.kind in (Kind.IDENT, Kind.FUNCTION) else None
        if token is None:
            raise SelectorTextError(self.expected("a pseudo-class"), self.token.at)
        name = token.value.lower()
        if token.kind is Kind.IDENT:
            if name in PLAIN:
                return Pseudo(name)
            raise SelectorTextError(why_not(name, function=False), colon.at)
        if name not in FUNCTIONS:
            raise SelectorTextError(why_not(name, function=True), colon.at)
        selectors = self.counted(name, depth) if name in COUNTED else self.arguments(name, depth)
        self.skip_space()
        if not self.at_sign(")"):
            raise SelectorTextError(f'":{name}(" is never closed', colon.at)
        self.take()
        return Pseudo(name, selectors)

    def arguments(self, name: str, depth: int) -> tuple[Complex, ...]:
        return self.selector_list(depth + 1, relative=name == "has")

    def counted(self, name: str, depth: int) -> tuple[Complex, ...]:
        """`An+B`, and for the child counters `of S` (CSS Syntax, section 6; Selectors 4, 14.3)."""
        self.skip_space()
        start, text = self.token.at, ""
        while self.token.kind is not Kind.END and not self.at_sign(")"):
            if self.token.kind is Kind.IDENT and self.token.value.lower() == "of":
                break
            text += self.take().value
        if not AN_PLUS_B.fullmatch(text.strip()):
            problem = f':{name}() takes a number, "odd", "even" or a step such as 2n+1'
            raise SelectorTextError(problem, start)
        if self.token.kind is not Kind.IDENT:
            return ()
        if name not in ("nth-child", "nth-last-child"):
            raise SelectorTextError(
                f'"of" goes with :nth-child and :nth-last-child, not :{name}', self.token.at
            )
        self.take()
        return self.selector_list(depth + 1)
