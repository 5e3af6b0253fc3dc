"""Which selectors are worth trying on a page: those whose tokens stand in its bytes.

All tokens of the rules for a host are searched for in one pass over the raw bytes (Hyperscan: about 0.02 ms
for a page of 120 kB, with three tokens or three hundred), so that a page none of whose bytes a rule could
mean is never parsed.
"""

import itertools
import operator
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import hyperscan

from filterproxy.ruleset.model import Action, Rule, Selection, Selector, Tokens, Wanted

_TELLING = 4  # bytes: four letters, two Chinese characters
_GROUPS = 3  # of one way: more tell little more
_FLAGS = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH  # caseless in ASCII alone: bytes


_Place = tuple[int, int]
"""A way in which a rule may match: the rule's number, and the selector's or heading's."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A rule with its selectors, and of each way in which it may match what must stand in the page.

    A section rule has no selectors: its ways are its headings.
    """

    rule: Rule
    selectors: tuple[Selector, ...]
    ways: tuple[Tokens, ...]

    @classmethod
    def of(cls, rule: Rule) -> "_Entry":
        if rule.action is Action.LISTS:
            return cls(rule, (), ((frozenset({"href"}),),))
        if rule.action is Action.SECTION:
            return cls(rule, (), tuple(map(_telling, rule.heading_tokens)))
        selectors = rule.selectors + tuple(strip.selector for strip in rule.strips)
        wanted = rule.text_tokens + rule.name_tokens
        return cls(rule, selectors, tuple(_telling(wanted + s.tokens) for s in selectors))


class TokenIndex:
    """The tokens of some rules, ready to be looked for in pages of any charset."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._entries = tuple(map(_Entry.of, rules))
        ways = [way for entry in self._entries for way in entry.ways]
        self._tokens = sorted({token for way in ways for group in way for token in group})
        self._looked_for = frozenset(self._tokens)
        self._patterns = {
            entry.rule.name: [
                (pattern, [(group, group <= self._looked_for) for group in pattern.literals])
                for pattern in entry.rule.text
            ]
            for entry in self._entries
        }
        self._always: list[_Place] = []  # ways of which nothing need stand
        self._by_token: dict[str, list[tuple[_Place, Tokens]]] = {}
        for at, entry in enumerate(self._entries):
            for way_at, way in enumerate(entry.ways):
                if not way:
                    self._always.append((at, way_at))
                for token in way[0] if way else ():
                    self._by_token.setdefault(token, []).append(((at, way_at), way[1:]))
        self._scanners: dict[str, _Scanner] = {}
        self._lock = threading.Lock()

    def select(self, body: bytes, encoding: str, *, ascii_compatible: bool) -> Selection:
        """The rules worth trying on this page, each with those of its selectors that are.

        Args:
            body: the page, decoded of its content coding.
            encoding: a Python codec for its text.
            ascii_compatible: False for UTF-16 and the like, where bytes tell nothing: all are tried.
        """
        if not ascii_compatible:
            return Selection(tuple((entry.rule, entry.selectors) for entry in self._entries))
        present = self._present(body, encoding)
        places = self._worth_trying(present)
        if not places:
            return Selection(())
        chosen = tuple(self._chosen(places))
        texts = {r.name: self._narrowed(r, present) for r, _ in chosen if r.text}
        return Selection(chosen, texts=texts)

    def _worth_trying(self, present: frozenset[str]) -> list[_Place]:
        """The ways whose tokens stand in the page, in the rules' order."""
        places = set(self._always)
        for token in present:
            for place, others in self._by_token.get(token, ()):
                if place not in places and _stands(others, present):
                    places.add(place)
        return sorted(places)

    def _chosen(self, places: list[_Place]) -> Iterator[tuple[Rule, tuple[Selector, ...]]]:
        for at, group in itertools.groupby(places, key=operator.itemgetter(0)):
            entry = self._entries[at]
            yield entry.rule, tuple(entry.selectors[way] for _, way in group) if entry.selectors else ()

    def _narrowed(self, rule: Rule, present: frozenset[str]) -> Wanted:
        """The patterns that may be found, each without the literals that were looked for and aren't there."""
        found = []
        for pattern, groups in self._patterns[rule.name]:
            left = tuple(group & present if known else group for group, known in groups)
            if all(left):
                found.append((pattern, left))
        return tuple(found)

    def prepare(self, encoding: str) -> None:
        """Make what is needed for pages in this encoding: some 50 ms for a thousand tokens."""
        self._scanner(encoding)

    def _present(self, body: bytes, encoding: str) -> frozenset[str]:
        return self._scanner(encoding).present(body)

    def _scanner(self, encoding: str) -> "_Scanner":
        scanner = self._scanners.get(encoding)
        if scanner is None:
            with self._lock:
                scanner = self._scanners.setdefault(encoding, _Scanner(self._tokens, encoding))
        return scanner


class _Scanner:
    """All tokens as they look in one encoding."""

    def __init__(self, tokens: list[str], encoding: str) -> None:
        patterns = [(form, i) for i, token in enumerate(tokens) for form in _forms(token, encoding)]
        self._tokens = tokens
        self._scan = scanner_of(compiled_literals(patterns)) if patterns else None

    def present(self, body: bytes) -> frozenset[str]:
        """The tokens that stand in these bytes."""
        if self._scan is None or not body:
            return frozenset()
        return frozenset(self._tokens[i] for i in self._scan(body))


def compiled_literals(literals: Sequence[tuple[bytes, int]]) -> hyperscan.Database:
    """A database of byte strings that are looked for in any ASCII case, each with its number."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[literal for literal, _ in literals],
        ids=[number for _, number in literals],
        elements=len(literals),
        flags=[_FLAGS] * len(literals),
        literal=True,
    )
    return database


def scanner_of(database: hyperscan.Database) -> Callable[[bytes], set[int]]:
    """A function that gives the numbers of what stands in some bytes; safe to share between threads."""
    lock = threading.Lock()  # a database's scratch space serves one scan at a time
    if database.scratch is None:  # one that was read from its serialised form
        database.scratch = hyperscan.Scratch(database)

    def scan(body: bytes) -> set[int]:
        found: set[int] = set()

        def note(number: int, *_: object) -> None:
            found.add(number)

        with lock:
            database.scan(body, match_event_handler=note)
        return found

    return scan


def _forms(token: str, encoding: str) -> set[bytes]:
    """The byte strings one of which stands in a page where the token does.

    Hyperscan folds ASCII case; other letters are looked for in the ways they are written at the start of
    a heading. Text may also be written as character references: the first character's are looked for.
    """
    if token.isascii():
        return {token.encode("ascii")}
    forms = set()
    for written in {token, token.upper(), token.capitalize(), token.title()}:
        try:
            forms.add(written.encode(encoding))
        except UnicodeEncodeError:
            continue
    first = next(character for character in token if not character.isascii())
    for character in {first, first.upper()[:1]}:
        forms.update((b"&#%d" % ord(character), b"&#x%x" % ord(character)))
    return forms


def _telling(way: Tokens) -> Tokens:
    """The groups that say most: a short token stands in every page, often, and each time costs a look.

    All of a way's groups must stand, so that leaving some out tries a page too many, never one too few.
    """
    by_length = sorted(way, key=lambda group: -min(map(_bytes, group)))
    long = [group for group in by_length if min(map(_bytes, group)) >= _TELLING]
    return tuple(long[:_GROUPS] or by_length[:1])


def _bytes(token: str) -> int:
    return 1 if token.startswith("<") else len(token.encode())  # a tag stands in every page


def _stands(way: Tokens, present: frozenset[str]) -> bool:
    for group in way:  # noqa: SIM110 - a generator costs more than the look
        if group.isdisjoint(present):
            return False
    return True
