"""Who is decrypted: only hosts that rules speak of, and not those whose clients refuse it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.report.events import Kind


class Reach(StrEnum):
    """Which hosts are read at all."""

    RULES = "rules"  # hosts that a rule file names; the rest is tunnelled unread
    ALL = "all"  # every host, for the rules that hold everywhere


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a client may refuse our certificate for a host before it is handed through.

    Times in seconds.
    """

    refusals: int = 3  # one or two are a page that was left while it loaded
    within: float = 600.0  # refusals that count together
    period: float = 600.0  # handed through for this long, then tried again
    hosts: int = 1000  # remembered; the oldest are forgotten


class Scope:
    """Decides, host by host, who is decrypted.

    A host is handed through only when some client has trusted our CA, this host was never read
    successfully, and its clients refused `Patience.refusals` times: then it pins its
    certificate. While no client has trusted the CA nothing is handed through, since that would
    switch filtering off in silence for somebody who has yet to install it; and one program
    that does not trust the CA cannot switch filtering off for a browser that does.

    Args:
        reach: which hosts are read.
        has_rules: whether a rule file names this host, as a site or in a filter of requests.
        excluded: hosts that are never read, their subdomains neither.
        patience: when a host is handed through.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        reach: Reach,
        has_rules: Callable[[str], bool],
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
        excluded: frozenset[str] = frozenset(),
    ) -> None:
        self.reach = reach
        self._excluded = excluded
        self._has_rules = has_rules
        self._patience = patience or Patience()
        self._clock = clock
        self._refused: OrderedDict[str, list[float]] = OrderedDict()
        self._through: OrderedDict[str, float] = OrderedDict()
        self._read: OrderedDict[str, None] = OrderedDict()

    def covers(self, host: str) -> bool:
        """Whether this host's traffic may be read and changed. An empty host is never covered."""
        if not host or self.excludes(host):
            return False
        return self.reach is Reach.ALL or self._has_rules(host)

    def excludes(self, host: str) -> bool:
        """Whether a host is one of those that are never read."""
        key = _key(host)
        while key:
            if key in self._excluded:
                return True
            key = key.partition(".")[2]
        return False

    def decrypts(self, host: str) -> bool:
        """Whether a TLS connection to this host is decrypted now."""
        until = self._through.get(_key(host))
        if until is not None:
            if self._clock() < until:
                return False
            del self._through[_key(host)]
        return self.covers(host)

    def accepted(self, host: str) -> None:
        """A request for this host came through a decrypted connection: its client trusts our CA."""
        self._refused.pop(_key(host), None)
        self._remember(self._read, _key(host), None)

    def mistrusted(self, host: str) -> None:
        """A server's TLS did not hold: it is handed through, and the browser shows its own warning."""
        if host:
            self._remember(self._through, _key(host), self._clock() + self._patience.period)

    def refused(self, host: str) -> Kind:
        """A client broke off the handshake for this host. Returns what that means, as an event kind."""
        if not self._read:
            return Kind.CA_NOT_TRUSTED
        key = _key(host)
        if key in self._read:
            return Kind.CERTIFICATE_REFUSED
        now = self._clock()
        times = [at for at in self._refused.get(key, []) if at > now - self._patience.within]
        times.append(now)
        self._remember(self._refused, key, times)
        if len(times) < self._patience.refusals:
            return Kind.CERTIFICATE_REFUSED
        del self._refused[key]
        self._remember(self._through, key, now + self._patience.period)
        return Kind.HOST_PASSED_THROUGH

    def _remember[Value](self, table: OrderedDict[str, Value], key: str, value: Value) -> None:
        table[key] = value
        table.move_to_end(key)
        if len(table) > self._patience.hosts:
            table.popitem(last=False)


def _key(host: str) -> str:
    return host.lower().rstrip(".")
