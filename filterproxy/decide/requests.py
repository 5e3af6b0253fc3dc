"""Which requests are never sent: the rules' filters and the lists', through Brave's engine.

Two engines of the one kind stand in a row. The rules' is small and made anew in milliseconds when a rule is
saved; the lists' comes from a cache, as making it would hold every connection for half a second. What a rule
says wins: its exception lets through what a list would block.
"""

import datetime as dt
import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import adblock

from filterproxy.ruleset.model import Action, Exemption, Mode, Rule, Ruleset
from filterproxy.ruleset.network_filters import bound_to, whole_host


class Decision(StrEnum):
    """What becomes of a request."""

    BLOCKED = "blocked"
    OBSERVED = "observed"  # a rule in observe mode would block it
    EXCEPTED = "excepted"  # an exception lets through what a filter would block


@dataclass(frozen=True, slots=True)
class Verdict:
    """A request that a filter matched.

    Attributes:
        decision: what becomes of it.
        filter: the filter that matched, as the engine has it.
        exception: the filter that lets it through, or None.
        rule: the full name of the rule whose filter decided, or the name of the list.
        source: where that filter stands, `file:line:column`, or the list's name and the line.
        category: of the rule; `list` where a list decided.
    """

    decision: Decision
    filter: str
    exception: str | None
    rule: str
    source: str
    category: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a filter comes from: see `Verdict`."""

    rule: str
    source: str
    category: str
    mode: Mode = Mode.ENFORCE


class FilterLayer:
    """One engine, and where each of its filters comes from. Safe to share between threads.

    `origins`: by the filter's text; of what is not in it, `unknown` is said.
    """

    def __init__(self, engine: adblock.Engine, origins: Mapping[str, Origin], unknown: Origin) -> None:
        self._check = engine.check_network_urls
        self._origins = origins
        self._unknown = unknown

    def verdict(self, url: str, source: str, kind: str) -> Verdict | None:
        """What this layer says of a request; None: nothing."""
        found = self._check(url, source, kind)
        if found.matched:
            origin = self._origin(found.filter)
            decision = Decision.OBSERVED if origin.mode is Mode.OBSERVE else Decision.BLOCKED
            return Verdict(decision, found.filter or "", None, origin.rule, origin.source, origin.category)
        if found.exception is None:
            return None
        origin = self._origin(found.exception)
        text = found.filter or ""
        return Verdict(Decision.EXCEPTED, text, found.exception, origin.rule, origin.source, origin.category)

    def _origin(self, text: str | None) -> Origin:
        return self._origins.get(text or "", self._unknown)


class RequestFilter:
    """Decides on requests. Safe to share between threads.

    Args:
        ruleset: whose `block` rules are in force.
        off_categories: categories that are switched off.
        lists: the subscribed lists' layer, or None.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        off_categories: frozenset[str] = frozenset(),
        lists: FilterLayer | None = None,
    ) -> None:
        today = dt.datetime.now(tz=dt.UTC).date()
        origins = dict(_compiled(ruleset, off_categories, today))
        self._layers = tuple(layer for layer in (_layer(origins), lists) if layer is not None)
        self.whole_hosts = frozenset(
            host
            for text, origin in origins.items()
            if origin.mode is Mode.ENFORCE and (host := whole_host(text))
        )

    def verdict(self, url: str, source: str, kind: str) -> Verdict | None:
        """What becomes of a request; None where no filter matches.

        Args:
            url: what is asked for, absolute.
            source: the address of the page that asks (`classify.request_type.purpose_of`).
            kind: what it is for, one of `ruleset.network_filters.TYPES`.
        """
        for layer in self._layers:
            found = layer.verdict(url, source, kind)
            if found is not None and found.decision is not Decision.OBSERVED:
                return found
            if found is not None:
                return self._below(layer, found, url, source, kind)
        return None

    def _below(self, layer: FilterLayer, observed: Verdict, url: str, source: str, kind: str) -> Verdict:
        """What the layers below an observing one say, else what was observed."""
        below = self._layers[self._layers.index(layer) + 1 :]
        found = (lower.verdict(url, source, kind) for lower in below)
        return next((verdict for verdict in found if verdict is not None), observed)

    def refuses(self, host: str) -> bool:
        """Whether a rule blocks a host as a whole, whatever is asked of it and by whom."""
        labels = host.split(".")
        return any(".".join(labels[at:]) in self.whole_hosts for at in range(len(labels)))


def _layer(origins: Mapping[str, Origin]) -> FilterLayer | None:
    if not origins:
        return None
    filters = adblock.FilterSet(debug=True)  # keeps the texts: a match has to name its rule
    filters.add_filters(list(origins))
    return FilterLayer(adblock.Engine(filters, optimize=False), origins, Origin("", "", ""))


def _compiled(
    ruleset: Ruleset, off_categories: frozenset[str], today: dt.date
) -> Iterator[tuple[str, Origin]]:
    """Every filter in force as the engine is to have it, with where it comes from."""
    for file in ruleset.files:
        for rule in file.rules:
            if rule.action is not Action.BLOCK or rule.mode is Mode.OFF or rule.category in off_categories:
                continue
            excepted = _excepted_sites(ruleset.exemptions, rule, today)
            if "*" in excepted:
                continue
            for item in rule.filters:
                origin = Origin(rule.name, str(item.source), rule.category, rule.mode)
                yield bound_to(item.text, file.sites, excepted), origin


def _excepted_sites(exemptions: Iterable[Exemption], rule: Rule, today: dt.date) -> list[str]:
    """Sites whose pages' requests the rule leaves alone; `*`: all."""
    sites: list[str] = []
    for exemption in exemptions:
        over = exemption.until is not None and dt.date.fromisoformat(exemption.until) < today
        if not over and fnmatch.fnmatchcase(rule.name, exemption.rule):
            sites += exemption.sites
    return list(dict.fromkeys(sites))
