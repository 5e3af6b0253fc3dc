"""Whose connections are read: hosts that have rules. The rest is handed through as it is."""

import time
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum

from filterproxy.classify.hostname import normalise

REFUSALS = 3  # of our certificate by clients, before a host is handed through: once may be a stray probe
PASS_THROUGH = 600.0  # seconds: the design's ten minutes; an app that pins comes back all day
REMEMBERED = 1024  # hosts


class Reach(StrEnum):
    """How far the proxy reads."""

    RULES = "rules"  # hosts that a rule file names
    ALL = "all"  # every host, so that rules for every site apply everywhere


class Scope:
    """Decides by host; learns which clients don't take our certificate.

    Args:
        reach: how far to read.
        has_rules: whether a rule file names a host.
        clock: seconds, monotonic.
    """

    def __init__(
        self, reach: Reach, has_rules: Callable[[str], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.reach = reach
        self._has_rules = has_rules
        self._clock = clock
        self._refusals: OrderedDict[str, int] = OrderedDict()
        self._passed: OrderedDict[str, float] = OrderedDict()
        self._accepted = False

    def reads(self, host: str) -> bool:
        """Whether traffic with this host is ours to read."""
        return self.reach is Reach.ALL or self._has_rules(host)

    def passes_through(self, host: str) -> bool:
        """Whether connections to this host are handed through for now, since clients refuse us there."""
        until = self._passed.get(_key(host))
        return until is not None and until > self._clock()

    @property
    def trusted(self) -> bool:
        """Whether any client has ever completed a handshake under our certificate."""
        return self._accepted

    def accepted(self, host: str) -> None:
        """Note that a client took our certificate for this host."""
        self._accepted = True
        self._refusals.pop(_key(host), None)

    def refused(self, host: str) -> bool:
        """Note that a client refused it.

        Returns:
            Whether the host is handed through from now on, for ten minutes. Never before a client has
            accepted any certificate of ours: then it is the CA that isn't trusted, not the host pinned.
        """
        key = _key(host)
        self._refusals[key] = self._refusals.get(key, 0) + 1
        _forget_oldest(self._refusals)
        if not self._accepted or self._refusals[key] < REFUSALS:
            return False
        del self._refusals[key]
        self._passed[key] = self._clock() + PASS_THROUGH
        self._passed.move_to_end(key)
        _forget_oldest(self._passed)
        return True


def _key(host: str) -> str:
    return normalise(host) or host.lower()


def _forget_oldest[T](table: OrderedDict[str, T]) -> None:
    while len(table) > REMEMBERED:
        table.popitem(last=False)
