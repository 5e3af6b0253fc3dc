"""As what an answer is to be filtered (a page, a part of one, JSON), and which rules prune its JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from filterproxy.decide.decider import Address, Decider, Why
from filterproxy.decide.paths import path_matches
from filterproxy.errors import SkipReason
from filterproxy.ruleset.model import Rule, RuleFile, Ruleset

FETCHED = "xmlhttprequest"
"""The request type (`ruleset.network_filters.TYPES`) of what a page's script fetches."""


class Treatment(StrEnum):
    """As what an answer is filtered."""

    PAGE = "page"
    FRAGMENT = "fragment"  # HTML that a page's script fetched, to be put into the page
    JSON = "json"  # an answer that prune rules are for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an answer is wanted for; where it is not, `treatment` is None and `skipped` says why."""

    treatment: Treatment | None
    skipped: SkipReason | None = None


class Pruners:
    """The rules that prune answers. Safe to share between threads."""

    def __init__(self, ruleset: Ruleset, off_categories: frozenset[str] = frozenset()) -> None:
        files = tuple(_pruning(ruleset.files))
        self._decider = Decider(replace(ruleset, files=files), off_categories) if files else None

    def rules(self, url: str) -> tuple[Rule, ...]:
        """The rules for an answer from this URL, in order. Which these are `prune.url` says, not `pages`."""
        if self._decider is None:
            return ()
        address = Address.of(url)
        return tuple(
            ruling.rule
            for ruling in self._decider.rulings(url)
            if ruling.rule.prune is not None
            and path_matches(ruling.rule.prune.urls, address.path, address.query)
            and ruling.why is Why.APPLIES
        )


def _pruning(files: Iterable[RuleFile]) -> Iterator[RuleFile]:
    """The files with the rules for answers alone, for whatever pages they are."""
    for file in files:
        rules = tuple(replace(r, pages=()) for r in file.rules if r.prune is not None and r.prune.urls)
        if rules:
            yield replace(file, pages=(), rules=rules)
