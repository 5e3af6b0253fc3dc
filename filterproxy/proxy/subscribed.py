"""Subscribed lists beside the rules: taken from the cache at start, kept up to date while the proxy runs."""

import asyncio
import contextlib
from collections.abc import Callable

from filterproxy.decide.requests import FilterLayer
from filterproxy.lists.cache import CompiledLists, ListCache
from filterproxy.lists.faults import ListError
from filterproxy.lists.refresh import INTERVAL, Refreshed, refresh
from filterproxy.proxy.aside import aside
from filterproxy.report.events import EventSink, Kind, TroubleEvent
from filterproxy.ruleset.model import Ruleset


class Subscribed:
    """The lists in force. Without a cache there are none.

    Attributes:
        plain: the rules without lists, as they were last dressed.
    """

    def __init__(self, cache: ListCache | None) -> None:
        self._cache = cache
        self._compiled: CompiledLists | None = None
        with contextlib.suppress(ListError):  # which `keep` reports, as soon as it looks
            self._compiled = None if cache is None else cache.load()
        self.plain: Ruleset | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the lists in force; of more than a glance the command line tells."""
        return () if self._compiled is None or self._cache is None else self._cache.names()

    @property
    def layer(self) -> FilterLayer | None:
        """For `RequestFilter`."""
        return None if self._compiled is None else self._compiled.layer

    def dressed(self, ruleset: Ruleset) -> Ruleset:
        """The rules with the lists' behind them."""
        self.plain = ruleset
        return ruleset if self._compiled is None else ruleset.with_lists(self._compiled.cosmetics)

    async def keep(self, take_up: Callable[[Ruleset, FilterLayer | None], object], sink: EventSink) -> None:
        """Look now and then for what is due, and hand on rules with new lists. Never returns.

        `take_up` is called in a thread.
        """
        while self._cache is not None:
            digest = None if self._compiled is None else self._compiled.digest
            found = await aside(refresh, self._cache, digest)
            _report(found, sink)
            gone = not found.problem and self._compiled is not None and self._cache.digest() is None
            if (found.lists is not None or gone) and self.plain is not None:
                self._compiled = found.lists
                await aside(take_up, self.dressed(self.plain), self.layer)
            await asyncio.sleep(INTERVAL)


def _report(found: Refreshed, sink: EventSink) -> None:
    for outcome in found.outcomes:
        detail = f"{outcome.what}: {outcome.detail}" if outcome.detail else outcome.what
        sink.emit(TroubleEvent(Kind.LIST_UPDATED, outcome.name, detail))
    if found.problem:
        sink.emit(TroubleEvent(Kind.LISTS_BROKEN, "lists", found.problem))
