"""The lists' filters of elements, ready for pages: found by the host they name, or by what stands in a page.

Nothing is unpacked beforehand. 30,000 filters lie in a mapped file (`pack`); a rule is made of its record
when a page needs it, and the last few thousand are remembered.
"""

import bisect
import hashlib
import itertools
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import hyperscan

from filterproxy.decide.site_index import suffixes
from filterproxy.decide.token_index import TokenIndex, scanner_of
from filterproxy.lists.keys import CHARSETS
from filterproxy.lists.pack import DamagedError, Pack
from filterproxy.lists.records import rule_of
from filterproxy.lists.requests import GENERIC, SPECIFIC
from filterproxy.ruleset.model import Rule, RuleFile, Selector

SELECTOR_BITS = 8  # of a way's number: which of the rule's selectors
_REMEMBERED = 4096  # rules; some 2 kB each
_HOSTS = 256  # what names them: a reader's sites
_SHORT_SUFFIX = frozenset("com co net org gov edu ac ne or go".split())  # of a country's: com.cn, co.uk

Found = tuple[RuleFile, Rule, tuple[Selector, ...]]


def host_key(host: str) -> int:
    """The number under which a host's filters are kept."""
    return int.from_bytes(hashlib.blake2b(host.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class _Host:
    """What lists say of a host: filters that name it, generic ones that except it, pages excepted."""

    index: TokenIndex
    files: tuple[RuleFile, ...]
    without: frozenset[int]
    pages: tuple[tuple[str, int], ...]

    def off(self, path: str) -> int:
        """What is off on a page: `GENERIC`, `SPECIFIC`, both or nothing."""
        off = 0
        for start, what in self.pages:
            off |= what if path.startswith(start) else 0
        return off


class CosmeticRules:
    """All of them. Immutable but for what it remembers; safe to share between threads.

    Raises:
        OSError, DamagedError: the file can't be read, or is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        pack = Pack(path)
        self.digest = str(pack.about["digest"])
        self._lists = tuple((str(name), str(category)) for name, category in pack.about["lists"])
        self._places = {f"lists/{name}": at for at, (name, _) in enumerate(self._lists)}
        self._files = tuple(RuleFile(f"lists/{n}", n, ("*",), (), None, ()) for n, _ in self._lists)
        self._records, self._record_ends = pack.bytes("records"), pack.numbers("record_ends", "I")
        self._hosts, self._host_ends = pack.numbers("hosts", "Q"), pack.numbers("host_ends", "I")
        self._said = pack.bytes("said")
        self._ways = pack.numbers("ways", "I")
        self._checks, self._check_ends = pack.bytes("checks"), pack.numbers("check_ends", "I")
        self._key_ways, self._key_ends = pack.numbers("key_ways", "I"), pack.numbers("key_ends", "I")
        self._other = frozenset(pack.numbers("other", "I"))
        database = bytes(pack.bytes("database"))
        self._scan = scanner_of(hyperscan.loadb(database, hyperscan.HS_MODE_BLOCK)) if database else None
        self._rule = lru_cache(maxsize=_REMEMBERED)(self._made_rule)
        self._host = lru_cache(maxsize=_HOSTS)(self._made_host)

    def __reduce__(self) -> tuple[object, ...]:
        return reopened, (self.path,)

    def files(self, host: str) -> tuple[RuleFile, ...]:
        """The filters that name this host, or a domain above it, as rule files, one a list."""
        return self._host(host).files

    def applies(self, host: str, path: str) -> bool:
        """Whether any filter may apply to a page."""
        off = self._host(host).off(path)
        return bool(not off & GENERIC and len(self._ways)) or bool(not off & SPECIFIC and self.files(host))

    def select(
        self, host: str, path: str, body: bytes, encoding: str, *, ascii_compatible: bool
    ) -> Iterator[Found]:
        """The filters worth trying on a page, in the lists' order; see `decide.token_index`."""
        here = self._host(host)
        off = here.off(path)
        if not ascii_compatible:
            body, encoding = body.decode(encoding, "replace").encode("utf-8"), "utf-8"
        if not off & SPECIFIC:
            for rule, selectors in here.index.select(body, encoding, ascii_compatible=True).rules:
                yield self._file_of(rule), rule, selectors
        if not off & GENERIC:
            ways = (
                way for way in self._worth_trying(body, encoding) if way >> SELECTOR_BITS not in here.without
            )
            for record, group in itertools.groupby(ways, key=lambda way: way >> SELECTOR_BITS):
                rule = self._rule(record)
                chosen = tuple(rule.selectors[way & (1 << SELECTOR_BITS) - 1] for way in group)
                yield self._file_of(rule), rule, chosen

    def _worth_trying(self, body: bytes, encoding: str) -> list[int]:
        """The ways of generic filters of which all that has to stand does."""
        if self._scan is None or not body:
            return []
        found = self._scan(body)
        if encoding not in CHARSETS:
            found |= self._other
        ways: list[int] = []
        for key in found:
            for at in self._key_ways[_start(self._key_ends, key) : self._key_ends[key]]:
                checks = _slice(self._checks, self._check_ends, at)
                if not checks or not any(found.isdisjoint(group) for group in json.loads(checks)):
                    ways.append(self._ways[at])
        return sorted(set(ways))

    def _file_of(self, rule: Rule) -> RuleFile:
        return self._files[self._places[rule.name.rpartition("/")[0]]]

    def _made_rule(self, record: int) -> Rule:
        return rule_of(_slice(self._records, self._record_ends, record), self._lists)

    def _made_host(self, host: str) -> _Host:
        named: dict[int, bool] = {}
        excepted: set[int] = set()
        pages: list[tuple[str, int]] = []
        for name in _names(host):  # the nearest domain decides
            key = host_key(name)
            at = bisect.bisect_left(self._hosts, key)
            if at < len(self._hosts) and self._hosts[at] == key:
                said = json.loads(_slice(self._said, self._host_ends, at))
                for record, on in _mentioned(said[0], said[1]):
                    named.setdefault(record, on)
                excepted.update(said[2])
                pages += [(start, what) for start, what in said[3]]
        without = excepted | {record for record, on in named.items() if not on}
        rules = [self._made_rule(record) for record in sorted(named.keys() - without)]
        by_list = itertools.groupby(rules, key=lambda rule: rule.source.path)
        files = tuple(
            RuleFile(f"lists/{name}", name, (host,), (), None, tuple(group)) for name, group in by_list
        )
        return _Host(TokenIndex(rules), files, frozenset(without), tuple(pages))


class NoCosmetics:
    """What stands for the lists' filters in a process that could not read them."""

    digest = ""

    def files(self, _: str) -> tuple[RuleFile, ...]:
        """None."""
        return ()

    def applies(self, *_: str) -> bool:
        """No."""
        return False

    def select(self, *_: object, ascii_compatible: bool) -> Iterator[Found]:  # noqa: ARG002 - as of the other
        """Nothing."""
        return iter(())


def reopened(path: Path) -> CosmeticRules | NoCosmetics:
    """The filters of a file, in another process; where it can't be read none, and that is logged."""
    try:
        return CosmeticRules(path)
    except (OSError, DamagedError) as error:
        logging.getLogger(__name__).warning("%s: the lists' filters of elements are off: %s", path, error)
        return NoCosmetics()


def _names(host: str) -> Iterator[str]:
    """What a host's filters may be kept under: everywhere, itself and what it is under, `name.*`."""
    yield ""
    yield from suffixes(host)
    labels = host.split(".")
    for at in range(1, len(labels)):
        rest = labels[at:]
        if len(rest) == 1 or (len(rest) == 2 and rest[0] in _SHORT_SUFFIX):  # noqa: PLR2004 - com.cn
            yield from (".".join(labels[start:at]) + ".*" for start in range(at))


def _mentioned(on: list[int], off: list[int]) -> Iterator[tuple[int, bool]]:
    yield from ((record, True) for record in on)
    yield from ((record, False) for record in off)


def _start(ends: memoryview, number: int) -> int:
    return int(ends[number - 1]) if number else 0


def _slice(data: memoryview, ends: memoryview, number: int) -> bytes:
    return bytes(data[_start(ends, number) : ends[number]])
