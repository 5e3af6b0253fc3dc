"""What was scrubbed of a recording, added up and put into words."""

from collections import Counter
from collections.abc import Iterator
from threading import Lock
from typing import Any

from filterproxy.recordings.scrub import Scrubbed
from filterproxy.recordings.scrub_url import Secret
from filterproxy.report.redact import printable

_MOST = 10_000  # different things remembered; the rest is counted without a name
_LISTED = 12  # names of a host and kind that are listed
_LONGEST = 60  # characters of a name


class Tally:
    """Counts of what was scrubbed. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[Scrubbed] = Counter()
        self._moved: dict[str, set[int]] = {}

    def add(self, counts: Counter[Scrubbed]) -> None:
        """Add an exchange's."""
        with self._lock:
            for item, count in counts.items():
                known = item in self._counts or len(self._counts) < _MOST
                self._counts[item if known else Scrubbed(item.kind, "", "")] += count

    def moved(self, original: str, scrubbed: str) -> None:
        """Note that an address became another; many of them may become one."""
        if original == scrubbed:
            return
        with self._lock:
            if scrubbed not in self._moved and len(self._moved) >= _MOST:
                return
            originals = self._moved.setdefault(scrubbed, set())
            if len(originals) < _MOST:
                originals.add(hash(original))  # of this process alone: it can't be looked up

    @property
    def merged(self) -> int:
        """How many addresses stand for several that differed in a secret alone."""
        with self._lock:
            return sum(len(originals) > 1 for originals in self._moved.values())

    def counts(self) -> Counter[Scrubbed]:
        """As they stand."""
        with self._lock:
            return Counter(self._counts)


def lines(tally: Tally) -> Iterator[str]:
    """For people: a line that sums it up, then one a kind and host. Nothing scrubbed: one line too.

    `scrubbed 12 cookies of 3 hosts, 4 tokens of 1 host`, then `  cookie  news.example  sid, uid ×4`: how
    often each stood in an exchange, once where nothing is said.
    """
    counts = tally.counts()
    if not counts:
        yield "nothing had to be scrubbed"
        return
    parts = []
    for kind in Secret:
        of_kind = {item: count for item, count in counts.items() if item.kind is kind}
        if of_kind:
            many = sum(of_kind.values()) if kind in _BY_TIMES else len(of_kind)
            hosts = len({item.host for item in of_kind})
            parts.append(f"{_many(many, _NOUNS[kind])} of {_many(hosts, 'host')}")
    yield f"scrubbed {', '.join(parts)}"
    width = max(len(item.kind) for item in counts)
    for kind, host in sorted({(item.kind, item.host) for item in counts}, key=_order):
        nameless = "(no name)" if kind is Secret.COOKIE else ""
        names = {
            item.name or nameless: n for item, n in counts.items() if (item.kind, item.host) == (kind, host)
        }
        yield f"  {kind:{width}}  {_shown(host) or '(other hosts)'}  {_names(names)}".rstrip()
    if merged := tally.merged:
        addresses = _many(merged, "address")
        yield f"  {addresses} of several that differed in a secret alone: a replay finds the first"


def as_data(tally: Tally) -> dict[str, Any]:
    """For JSON: `scrubbed`, an object a kind, host and name, and `merged` as in `Tally`."""
    counts = tally.counts()
    ordered = sorted(counts.items(), key=lambda pair: (*_order((pair[0].kind, pair[0].host)), pair[0].name))
    listed = [
        {"kind": item.kind, "host": item.host, "name": item.name, "count": count} for item, count in ordered
    ]
    return {"scrubbed": listed, "merged": tally.merged}


_BY_TIMES = frozenset({Secret.BODY, Secret.USER_INFO})  # they have no names of their own
_NOUNS = {
    Secret.COOKIE: "cookie",
    Secret.AUTHORIZATION: "authorization field",
    Secret.HEADER: "other header field",
    Secret.TOKEN: "token",
    Secret.USER_INFO: "user name in a URL",
    Secret.BODY: "request body",
}
_PLURALS = {
    "address": "addresses",
    "request body": "request bodies",
    "user name in a URL": "user names in URLs",
}


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {_PLURALS.get(noun, noun + 's')}"


def _order(place: tuple[Secret, str]) -> tuple[int, str]:
    return list(Secret).index(place[0]), place[1]


def _names(names: dict[str, int]) -> str:
    listed = sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [
        f"{_shown(name)} ×{count}".strip() if count > 1 else _shown(name) for name, count in listed[:_LISTED]
    ]
    more = len(listed) - _LISTED
    return ", ".join(filter(None, [*shown, f"{more} more" if more > 0 else ""]))


def _shown(text: str) -> str:
    return printable(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
