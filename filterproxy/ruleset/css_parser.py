"""Selector tokens to a tree: the part of Selectors Level 4 that lexbor has and a proxy can answer."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from filterproxy.ruleset.css_tokens import Kind, SelectorTextError, Token, tokenize

LISTS = frozenset({"is", "where", "not"})
COUNTED = frozenset({"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"})
PLAIN = frozenset(
    "any-link checked disabled empty enabled first-child first-of-type last-child last-of-type link "
    "only-child only-of-type optional read-only read-write required root".split()
)
TEXTUAL = frozenset({"contains", "has-text", "lexbor-contains", "-abp-contains", "matches-css", "text"})
INTERACTIVE = frozenset(
    "active current focus focus-visible focus-within fullscreen future hover in-range indeterminate invalid "
    "out-of-range past placeholder-shown playing target target-within user-invalid user-valid valid "
    "visited paused autofill modal popover-open".split()
)
OLD_PSEUDO_ELEMENTS = frozenset({"before", "after", "first-line", "first-letter"})
MATCHERS = frozenset("~|^$*")
COMBINATORS = frozenset(">+~")
DEEPEST = 6  # functional pseudo-classes within each other
AN_PLUS_B = re.compile(r"(?:odd|even|[+-]?\d+|[+-]?\d*n(?:\s*[+-]\s*\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attribute:
    """`[name operator value]`; operator and value are empty for `[name]`."""

    name: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Pseudo:
    """A pseudo-class; `selectors` is what stands in its brackets."""

    name: str
    selectors: tuple["Complex", ...] = ()


@dataclass(slots=True)
class Compound:
    """What one element must be. `tag` is lower case, empty for `*` or none."""

    at: int
    tag: str = ""
    star: bool = False
    ids: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    pseudos: list[Pseudo] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Complex:
    """Compounds from left to right; `combinators[i]` stands before `compounds[i]`.

    The first is empty, but for a relative selector in `:has()`. `at` and `end` are offsets.
    """

    compounds: tuple[Compound, ...]
    combinators: tuple[str, ...]
    at: int
    end: int


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
            raise SelectorTextError(f"pseudo-classes within each other more than {DEEPEST} deep", self.token.at)
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
            compound.star = True
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
            return f"expected {what}, found a number; a name that starts with a digit is written \\3{self.token.value[0]} …"
        return f'expected {what}, found "{self.token.value}"'

    def attribute(self) -> Attribute:
        opening = self.take()
        self.skip_space()
        name = self.name("an attribute name").lower()
        self.skip_space()
        operator = value = ""
        if not self.at_sign("]"):
            operator = self.operator()
            self.skip_space()
            if self.token.kind not in (Kind.IDENT, Kind.STRING):
                hint = "; quote it" if self.token.kind in (Kind.NUMBER, Kind.HASH, Kind.FUNCTION) else ""
                raise SelectorTextError(f"expected a value for the attribute{hint}", self.token.at)
            value = self.take().value
            self.skip_space()
            if self.token.kind is Kind.IDENT:
                flag = self.take()
                if flag.value.lower() not in ("i", "s"):
                    raise SelectorTextError(f'"{flag.value}" cannot stand here; the flags are i and s', flag.at)
                self.skip_space()
        if self.token.kind is Kind.END:
            raise SelectorTextError('"[" is never closed', opening.at)
        if not self.at_sign("]"):
            raise SelectorTextError(self.expected('"]"'), self.token.at)
        self.take()
        return Attribute(name, operator, value)

    def operator(self) -> str:
        sign = self.token
        operator = ""
        if sign.kind is Kind.SIGN and sign.value in MATCHERS:
            operator = self.take().value
        if not self.at_sign("="):
            problem = '"[" is never closed' if self.token.kind is Kind.END else self.expected('"=" or "]"')
            raise SelectorTextError(problem, self.token.at)
        return operator + self.take().value

    def pseudo(self, depth: int) -> Pseudo:
        colon = self.take()
        if self.at_sign(":"):
            problem = "pseudo-elements are no part of the page; name the element itself"
            raise SelectorTextError(problem, colon.at)
        token = self.take() if self.token.kind in (Kind.IDENT, Kind.FUNCTION) else None
        if token is None:
            raise SelectorTextError(self.expected("a pseudo-class"), self.token.at)
        name = token.value.lower()
        if token.kind is Kind.IDENT:
            if name in PLAIN:
                return Pseudo(name)
            raise SelectorTextError(_why_not(name, function=False), colon.at)
        if name not in LISTS | COUNTED | {"has"}:
            raise SelectorTextError(_why_not(name, function=True), colon.at)
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
            raise SelectorTextError(f'"of" goes with :nth-child and :nth-last-child, not :{name}', self.token.at)
        self.take()
        return self.selector_list(depth + 1)


def _why_not(name: str, *, function: bool) -> str:
    if name in TEXTUAL:
        return f'":{name}" is not a selector here; use the key "text:" for an element\'s text'
    if name == "scope":
        return '":scope" has no meaning in a rule; use "within:" or a selector from the page\'s top'
    if name in OLD_PSEUDO_ELEMENTS:
        return "pseudo-elements are no part of the page; name the element itself"
    if name in INTERACTIVE:
        return f'":{name}" depends on the reader and never matches a page as it is sent'
    known = sorted(LISTS | COUNTED | {"has"} if function else PLAIN)
    if not function and name in LISTS | COUNTED | {"has"}:
        return f'":{name}" needs brackets: :{name}(…)'
    if function and name in PLAIN:
        return f'":{name}" takes no brackets'
    close = get_close_matches(name, known, 1)
    hint = f'; did you mean ":{close[0]}"?' if close else ""
    return f'pseudo-class ":{name}" is not part of the language{hint}'
