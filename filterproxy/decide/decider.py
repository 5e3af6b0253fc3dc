"""Which rules apply here: the host's files, their pages, the reader's categories, exemptions, tokens."""

import datetime as dt
import fnmatch
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from filterproxy.classify.hostname import normalise
from filterproxy.decide.paths import path_matches
from filterproxy.decide.site_index import SiteIndex, covers
from filterproxy.decide.token_index import TokenIndex
from filterproxy.ruleset.model import (
    Action,
    Category,
    Exemption,
    Mode,
    Rule,
    RuleFile,
    Ruleset,
    Selection,
    Selector,
    Wanted,
)

_USUAL = ("utf-8", "gb18030")  # what nine of ten Chinese pages are in


class Why(StrEnum):
    """Why a rule does or does not apply to a URL."""

    APPLIES = "applies"
    OTHER_PAGES = "other-pages"
    CATEGORY_OFF = "category-off"
    MODE_OFF = "mode-off"
    EXEMPTED = "exempted"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule's standing at a URL. `exemption`: what switches it off, where that is why."""

    file: RuleFile
    rule: Rule
    why: Why
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A URL's parts that rules look at."""

    host: str
    path: str
    query: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Take a URL apart; one that cannot be read has no host and so no rules."""
        try:
            parts = urlsplit(url)
            return cls(normalise(parts.hostname or "") or "", parts.path or "/", parts.query)
        except ValueError:
            return cls("", "/", "")


@dataclass(frozen=True, slots=True)
class _Index:
    """The rules of some files, whose tokens are looked for at once, and by a rule's identity its file."""

    rules: TokenIndex
    files: dict[int, RuleFile]


class Decider:
    """Answers for one ruleset. Immutable but for what it remembers; safe to share between threads."""

    def __init__(self, ruleset: Ruleset, off_categories: frozenset[str] = frozenset()) -> None:
        self._ruleset = ruleset
        self._off = off_categories
        self._sites = SiteIndex(ruleset.files)
        self._indexes: dict[tuple[int, ...], _Index] = {}  # by the files' identity: the ruleset keeps them
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """Prepare what every page needs, so that the first one needn't wait for it."""
        for encoding in _USUAL:
            self._index(self._sites.files("")).rules.prepare(encoding)

    def names(self, host: str) -> bool:
        """Whether a rule file names this host or a domain above it. `*` files don't count."""
        return bool(self._sites.named(host))

    def rulings(self, url: str) -> Iterator[Ruling]:
        """Every rule of every file whose site covers the URL's host, with its standing there.

        Of the lists' rules, those that name the host.
        """
        address = Address.of(url)
        lists = self._ruleset.lists
        named = () if lists is None or not address.host else lists.files(address.host)
        for file in (*self._files(address), *named):
            for rule in file.rules:
                yield self._ruling(file, rule, address)

    def applies(self, url: str) -> bool:
        """Whether any rule applies to a page at this URL, and is to be tried on pages."""
        address, lists = Address.of(url), self._ruleset.lists
        if lists is not None and address.host and lists.applies(address.host, address.path):
            return True
        own = ((file, rule) for file in self._files(address) for rule in file.rules if rule.in_pages)
        return any(self._ruling(file, rule, address).why is Why.APPLIES for file, rule in own)

    def names_page(self, url: str) -> bool:
        """Whether a rule applies that says on which pages of a site it does. Lists' rules don't count."""
        address = Address.of(url)
        named = (
            (file, rule)
            for file in self._files(address)
            for rule in file.rules
            if rule.in_pages and (rule.pages or file.pages)
        )
        return any(self._ruling(file, rule, address).why is Why.APPLIES for file, rule in named)

    def article(self, url: str) -> str | None:
        """The `article` selector of the most particular file that has one for this page."""
        address = Address.of(url)
        for file in self._files(address):
            if file.article and (not file.pages or path_matches(file.pages, address.path, address.query)):
                return file.article
        return None

    def select(self, url: str, body: bytes, encoding: str, *, ascii_compatible: bool) -> Selection:
        """What is worth trying on this page: rules that apply and whose tokens stand in its bytes."""
        address = Address.of(url)
        chosen: list[tuple[Rule, tuple[Selector, ...]]] = []
        related: list[tuple[Rule, tuple[Selector, ...]]] = []
        texts: dict[str, Wanted] = {}
        for files in self._scanned_together(address):
            index = self._index(files)
            found = index.rules.select(body, encoding, ascii_compatible=ascii_compatible)
            for rule, selectors in found.rules:
                why = self._ruling(index.files[id(rule)], rule, address).why
                if why is Why.APPLIES:
                    chosen.append((rule, selectors))
                elif why is Why.CATEGORY_OFF and self._exemption(rule, address) is None:
                    related.append((rule, selectors))
            texts.update(found.texts)
        if self._ruleset.lists is not None and address.host:
            brought = self._ruleset.lists.select(
                address.host, address.path, body, encoding, ascii_compatible=ascii_compatible
            )
            chosen += [
                (rule, selectors)
                for file, rule, selectors in brought
                if self._ruling(file, rule, address).why is Why.APPLIES
            ]
        return Selection(tuple(chosen), self.article(url) if chosen else None, texts, tuple(related))

    def _files(self, address: Address) -> tuple[RuleFile, ...]:
        return self._sites.files(address.host) if address.host else ()

    def _scanned_together(self, address: Address) -> Iterator[tuple[RuleFile, ...]]:
        """The files that apply, in their order: each that names a site, then all for every site at once."""
        if address.host:
            everywhere = self._sites.files("")
            ids = set(map(id, everywhere))
            named = (file for file in self._files(address) if id(file) not in ids)
            yield from ((file,) for file in named)
            yield everywhere

    def _index(self, files: tuple[RuleFile, ...]) -> _Index:
        key = tuple(map(id, files))
        index = self._indexes.get(key)
        if index is None:
            with self._lock:
                on = [(f, r) for f in files for r in f.rules if r.in_pages and self._counts(r)]
                made = _Index(TokenIndex(rule for _, rule in on), {id(rule): file for file, rule in on})
                index = self._indexes.setdefault(key, made)
        return index

    def _counts(self, rule: Rule) -> bool:
        """Whether a rule is on, or tells of what is `related` that it is not `recommended`."""
        off = self._switched_off(rule)
        return off is None or (off is Why.CATEGORY_OFF and rule.category == Category.RELATED)

    def _switched_off(self, rule: Rule) -> Why | None:
        if rule.mode is Mode.OFF:
            return Why.MODE_OFF
        return Why.CATEGORY_OFF if rule.category in self._off else None

    def _ruling(self, file: RuleFile, rule: Rule, address: Address) -> Ruling:
        # which page asks a request does not say, so that block holds on all of a site's
        for globs in () if rule.action is Action.BLOCK else (file.pages, rule.pages):
            if globs and not path_matches(globs, address.path, address.query):
                return Ruling(file, rule, Why.OTHER_PAGES)
        if (off := self._switched_off(rule)) is not None:
            return Ruling(file, rule, off)
        exemption = self._exemption(rule, address)
        return Ruling(file, rule, Why.APPLIES if exemption is None else Why.EXEMPTED, exemption)

    def _exemption(self, rule: Rule, address: Address) -> Exemption | None:
        return next((one for one in self._ruleset.exemptions if _exempts(one, rule, address)), None)


def _exempts(exemption: Exemption, rule: Rule, address: Address) -> bool:
    if not fnmatch.fnmatchcase(rule.name, exemption.rule):
        return False
    if exemption.sites and not any(covers(site, address.host) for site in exemption.sites):
        return False
    if exemption.pages and not path_matches(exemption.pages, address.path, address.query):
        return False
    today = dt.datetime.now(tz=dt.UTC).date()
    return exemption.until is None or dt.date.fromisoformat(exemption.until) >= today
