"""Which rule files name a host: a look-up a label of the host, however many files there are."""

from collections.abc import Iterable, Iterator

from filterproxy.ruleset.model import RuleFile


class SiteIndex:
    """Rule files by site. Subdomains are covered; `*` files apply everywhere."""

    def __init__(self, files: Iterable[RuleFile]) -> None:
        self._everywhere: list[RuleFile] = []
        self._by_site: dict[str, list[RuleFile]] = {}
        for file in files:
            for site in file.sites:
                if site == "*":
                    self._everywhere.append(file)
                else:
                    self._by_site.setdefault(site, []).append(file)

    def named(self, host: str) -> list[RuleFile]:
        """The files that name this host or a domain it is under, the nearest domain's first."""
        return [file for suffix in suffixes(host) for file in self._by_site.get(suffix, ())]

    def files(self, host: str) -> tuple[RuleFile, ...]:
        """Every file that applies to this host: those that name it, then those for every site."""
        return tuple({id(file): file for file in (*self.named(host), *self._everywhere)}.values())


def suffixes(host: str) -> Iterator[str]:
    """`a.b.c`, `b.c`, `c`; an address is one name.

    `host` is normalised already (`classify.hostname`): lower case, IDNA-encoded, no trailing dot.
    """
    yield host
    if ":" in host or host.replace(".", "").isdigit():
        return
    while (dot := host.find(".")) >= 0:
        host = host[dot + 1 :]
        yield host


def covers(site: str, host: str) -> bool:
    """Whether a rule's `site` covers the host."""
    return site == "*" or site in suffixes(host)
