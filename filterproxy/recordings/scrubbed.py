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

    def add(self, counts: Counter[Scrubbed]) -> None:
        """Add an exchange's."""
        with self._lock:
            for item, count in counts.items():
                known = item in self._counts or len(self._counts) < _MOST
                self._counts[item if known else Scrubbed(item.kind, "", "")] += count

    def counts(self) -> Counter[Scrubbed]:
        """As they stand."""
        with self._lock:
            return Counter(self._counts)


def lines(counts: Counter[Scrubbed]) -> Iterator[str]:
    """For people: a line that sums it up, then one a kind and host. Nothing scrubbed: one line too.

    `scrubbed 12 cookies of 3 hosts, 4 tokens of 1 host`, then `  cookie  news.example  sid, uid ×4`: how
    often each stood in an exchange, once where nothing is said.
    """
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
        names = {item.name: n for item, n in counts.items() if (item.kind, item.host) == (kind, host)}
        yield f"  {kind:{width}}  {_shown(host) or '(other hosts)'}  {_names(names)}".rstrip()


def as_data(counts: Counter[Scrubbed]) -> list[dict[str, Any]]:
    """For JSON: an object a kind, host and name."""
    ordered = sorted(counts.items(), key=lambda pair: (*_order((pair[0].kind, pair[0].host)), pair[0].name))
    return [
        {"kind": item.kind, "host": item.host, "name": item.name, "count": count} for item, count in ordered
    ]


_BY_TIMES = frozenset({Secret.BODY, Secret.USER_INFO})  # they have no names of their own
_NOUNS = {
    Secret.COOKIE: "cookie",
    Secret.AUTHORIZATION: "authorization field",
    Secret.HEADER: "other header field",
    Secret.TOKEN: "token",
    Secret.USER_INFO: "user name in a URL",
    Secret.BODY: "request body",
}
_PLURALS = {"request body": "request bodies", "user name in a URL": "user names in URLs"}


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
