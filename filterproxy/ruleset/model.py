"""The compiled rules: immutable, picklable, nothing of YAML left in them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, Self

from filterproxy.errors import Source


class Category(StrEnum):
    """What a rule takes away; a reader switches categories as a whole."""

    AD = "ad"
    CLOSE_AD = "close-ad"
    RECOMMENDED = "recommended"
    RELATED = "related"
    TRACKING = "tracking"
    PROMO = "promo"
    CLICKBAIT = "clickbait"


class Mode(StrEnum):
    """Whether a rule acts."""

    ENFORCE = "enforce"
    OBSERVE = "observe"  # count and report only
    OFF = "off"


class Action(StrEnum):
    """What a rule does to what it matches."""

    REMOVE = "remove"
    SECTION = "section"
    HIDE = "hide"
    UNWRAP = "unwrap"
    STRIP_ATTRIBUTES = "strip-attributes"
    STRIP_CLASSES = "strip-classes"
    LISTS = "lists"
    BLOCK = "block"
    STRIP_PARAMS = "strip-params"
    STRIP_COOKIES = "strip-cookies"
    STRIP_HEADERS = "strip-headers"
    PRUNE = "prune"


EXCHANGE_ACTIONS = frozenset(
    {Action.BLOCK, Action.STRIP_PARAMS, Action.STRIP_COOKIES, Action.STRIP_HEADERS, Action.PRUNE}
)
"""Actions on requests, header fields and data; strip-params and prune reach into pages as well."""


Tokens = tuple[frozenset[str], ...]
"""What must stand in a page for it to be worth trying: of every group at least one, any case.

`(frozenset({"ad-close"}),)` for `#ad-close`; `()` when nothing can be said beforehand.
Tokens are as they stand in decoded text (Chinese included), lower-cased, and at least two
characters long.
"""


@dataclass(frozen=True, slots=True)
class Selector:
    """One complex selector of a list: `css` as lexbor takes it, without commas at top level."""

    css: str
    tokens: Tokens
    source: Source


@dataclass(frozen=True, slots=True)
class TextPattern:
    """What an element's text must hold: a plain text, or an RE2 pattern (then `regex`).

    `literals`: of every group one stands in each text that matches, in lower case.
    """

    pattern: str
    regex: bool = False
    literals: Tokens = ()


Wanted = tuple[tuple[TextPattern, Tokens], ...]
"""Patterns one of which has to be found, each with literals: of every group one stands where it is found."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Names to strip from the elements a selector matches.

    For attributes, a name ending in `*` is a prefix (`data-track*`). For classes likewise.
    """

    selector: Selector
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of requests: `text` in Adblock syntax, as the engine takes it (`ruleset.network_filters`)."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Prune:
    """What to take out of JSON.

    Attributes:
        urls: globs of the answers' paths (with a `?`: path and query); empty: none.
        remove: JSONPath queries (RFC 9535).

    The scripts of pages that hold JSON are the rule's `selectors`.
    """

    urls: tuple[str, ...]
    remove: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, checked.

    Attributes:
        name: `file/id`, e.g. `sites/example-news.com/close-ad`: the rule file's path below its
            rule directory, without suffix, and the rule's id.
        source: where its `id` stands.
        selectors: for remove, hide and unwrap; for prune the scripts', for strip-params the links'; empty for
            the others.
        headings: for section: the texts, normalised by `ruleset.text.normalise_heading`.
        heading_tokens: for section: as `Tokens`, one alternative a heading: a page is tried
            when any of them is satisfied.
        unless_headings: for lists: headings, normalised, whose lists stay.
        strips: for strip-attributes and strip-classes.
        text: the element's text must hold one of these; empty: any.
        text_tokens: literal parts that must stand in a page for `text` to match (as `Tokens`).
        text_literals: of every group one must stand in the text of an element that `text` matches, white
            space and case aside.
        within, unless, up: selector lists as CSS, or None.
        named: an RE2 pattern, found in an id or a class of the element as `ruleset.names.in_words` writes
            it, or None.
        name_tokens: what must stand in a page for it to be found (as `Tokens`).
        at_most: so many characters at most has what is taken, white space left out; None: any number.
        pages: path globs (file and rule both must match: one tuple each); empty: every page.
        allow_article: why this rule may take article text, or None.
        filters: for block.
        names: for strip-params, strip-cookies and strip-headers; `*` at the end makes a prefix. Names of
            header fields in lower case.
        redirects: for strip-params: of links that lead on (host and path, a `*` at the end for anything that
            follows), the parameter that holds where to.
        prune: for prune.
    """

    name: str
    id: str
    source: Source
    category: Category
    action: Action
    mode: Mode = Mode.ENFORCE
    selectors: tuple[Selector, ...] = ()
    headings: frozenset[str] = frozenset()
    heading_tokens: tuple[Tokens, ...] = ()
    unless_headings: frozenset[str] = frozenset()
    strips: tuple[Strip, ...] = ()
    text: tuple[TextPattern, ...] = ()
    text_tokens: Tokens = ()
    text_literals: Tokens = ()
    within: str | None = None
    unless: str | None = None
    up: str | None = None
    named: str | None = None
    name_tokens: Tokens = ()
    at_most: int | None = None
    pages: tuple[str, ...] = ()
    allow_article: str | None = None
    note: str | None = None
    filters: tuple[Filter, ...] = ()
    names: tuple[str, ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()
    prune: Prune | None = None

    @property
    def in_pages(self) -> bool:
        """Whether it is to be tried on pages: not what acts on requests, header fields and answers alone."""
        return self.action not in EXCHANGE_ACTIONS or bool(self.selectors)


@dataclass(frozen=True, slots=True)
class PageTest:
    """What the rules must do to one page of a recording: an entry of a rule file's `tests`.

    Attributes:
        source: where the entry begins.
        file: name of the rule file it stands in, `sites/example-news.com`.
        recording: the recording's path, as written.
        url: the page's address in it.
        removes: rules (ids of this file, or full names) that must take something.
        removes_nothing: rules that must take nothing.
        keeps: texts and selectors that must still be there.
        count: how many elements a rule takes, by id or full name.
    """

    source: Source
    file: str
    recording: str
    url: str
    removes: tuple[str, ...] = ()
    removes_nothing: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    count: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule file, compiled.

    Attributes:
        name: its path below its rule directory without suffix, e.g. `sites/example-news.com`.
        path: as given, for messages.
        sites: host names (lower case, IDNA-encoded, no trailing dot), or `*` alone. Subdomains
            are covered.
        pages: path globs; empty: every page.
        article: selector list of what must survive, or None.
        tests: what must become of recorded pages.
    """

    name: str
    path: str
    sites: tuple[str, ...]
    pages: tuple[str, ...]
    article: str | None
    rules: tuple[Rule, ...]
    tests: tuple[PageTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule switched off somewhere by an exception file. `rule` is a rule's full name or a glob."""

    rule: str
    sites: tuple[str, ...]
    pages: tuple[str, ...]
    reason: str
    until: str | None
    source: Source


class ListRules(Protocol):
    """Rules that subscribed lists bring, too many to be looked at one by one (`lists.cosmetics`).

    Picklable; safe to share between threads. A host is as `classify.hostname` writes it, a path begins
    with `/`.

    Attributes:
        digest: changes whenever a rule does.
    """

    digest: str

    def files(self, host: str) -> tuple[RuleFile, ...]:
        """The rules that name this host or a domain it is under, one file a list."""
        ...

    def applies(self, host: str, path: str) -> bool:
        """Whether a rule may apply to a page: one that names its host, or one for every site."""
        ...

    def select(
        self, host: str, path: str, body: bytes, encoding: str, *, ascii_compatible: bool
    ) -> Iterable[tuple[RuleFile, Rule, tuple[Selector, ...]]]:
        """The rules whose tokens stand in a page, each with its file and the selectors worth trying."""
        ...


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything the user asked for. Immutable; safe to share between threads and processes.

    Attributes:
        files: later directories' rules have already replaced earlier ones of the same site and id.
        digest: hex SHA-256 over all files' names and bytes, and the lists': part of a rewritten page's ETag.
        prepared: what others made of the rules (indexes), by whatever they are made for; not part of what
            the ruleset is, and left behind when it is sent to another process.
        lists: what the subscribed lists bring besides, or None.
    """

    files: tuple[RuleFile, ...]
    exemptions: tuple[Exemption, ...] = ()
    digest: str = ""
    lists: ListRules | None = None
    prepared: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[type["Ruleset"], tuple[object, ...]]:
        return Ruleset, (self.files, self.exemptions, self.digest, self.lists)

    def with_lists(self, lists: ListRules) -> Self:
        """These rules, which have no lists yet, beside lists' rules; the digest tells the difference."""
        digest = hashlib.sha256(f"{self.digest}+{lists.digest}".encode()).hexdigest()
        return replace(self, lists=lists, digest=digest)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is worth trying on one page: rules that apply to its URL and whose tokens stand in it.

    Attributes:
        rules: each with those of its selectors (or strips' selectors) that are worth trying;
            for section rules the tuple is empty.
        article: the site's selector list of what must survive, or None.
        texts: by a rule's full name, its `text` less what is known not to stand in the page: patterns, and of
            the others literals. It holds of code, whose text is its source.
        related: as `rules`, those of category `related` that are off because the reader wants what they
            mean: it is not for others to take as `recommended`.
    """

    rules: tuple[tuple[Rule, tuple[Selector, ...]], ...]
    article: str | None = None
    texts: Mapping[str, Wanted] = field(default_factory=dict)
    related: tuple[tuple[Rule, tuple[Selector, ...]], ...] = ()
