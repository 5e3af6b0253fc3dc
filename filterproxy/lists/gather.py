"""All lists' lines, sorted into what the engine gets and what becomes rules; exceptions resolved."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from filterproxy.lists.lines import LONGEST, Cosmetic, Sites, cosmetic, is_comment, sites_of
from filterproxy.lists.reasons import NotUsableError, Unused
from filterproxy.lists.records import record_of
from filterproxy.lists.report import ListReport
from filterproxy.lists.requests import excepted_pages, refused
from filterproxy.lists.translate import selector_of, translate


@dataclass(slots=True)
class Said:
    """What is said of one host: record numbers that are on, off, excepted; and pages' exceptions."""

    on: list[int] = field(default_factory=list)
    off: list[int] = field(default_factory=list)
    excepted: list[int] = field(default_factory=list)
    pages: list[tuple[str, int]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.on or self.off or self.excepted or self.pages)


@dataclass(slots=True)
class _Exception:
    line: int
    text: str
    report: ListReport
    sites: Sites
    body: str


@dataclass(slots=True)
class Gathered:
    """What the lists gave.

    Attributes:
        records: of each filter of elements, see `records`; None for one that is excepted everywhere.
        generic: the records of filters for every site, but those that `hosts` excepts.
        hosts: by host.
        filters: filters of requests, of every list.
        reports: one a list; `requests` is not filled in.
    """

    records: list[bytes] = field(default_factory=list)
    generic: list[int] = field(default_factory=list)
    hosts: dict[str, Said] = field(default_factory=lambda: defaultdict(Said))
    filters: list[tuple[ListReport, int, str]] = field(default_factory=list)
    reports: list[ListReport] = field(default_factory=list)


class Gatherer:
    """Takes lists one after the other."""

    def __init__(self) -> None:
        self._gathered = Gathered()
        self._by_body: dict[str, list[int]] = defaultdict(list)
        self._seen: set[tuple[str, Sites]] = set()
        self._exceptions: list[_Exception] = []

    def add(self, name: str, lines: Iterable[str]) -> None:
        """Take a list in; `lines` without white space around them."""
        report = ListReport(name)
        self._gathered.reports.append(report)
        for number, text in enumerate(lines, 1):
            report.lines += 1
            if is_comment(text):
                report.comments += 1
                continue
            try:
                self._take(report, number, text)
            except NotUsableError as why:
                report.leave_out(number, text, why)

    def _take(self, report: ListReport, number: int, text: str) -> None:
        if len(text) > LONGEST:
            raise NotUsableError(Unused.LENGTH)
        found = cosmetic(text)
        if found is not None:
            self._take_cosmetic(report, number, text, found)
        elif (pages := excepted_pages(text)) is not None:
            host, start, off = pages
            self._gathered.hosts[host].pages.append((start, off))
            report.pages += 1
        elif (reason := refused(text)) is not None:
            raise NotUsableError(reason)
        else:
            self._gathered.filters.append((report, number, text))

    def _take_cosmetic(self, report: ListReport, number: int, text: str, found: Cosmetic) -> None:
        sites, body = sites_of(found.sites), selector_of(found)
        if found.excepts:
            self._exceptions.append(_Exception(number, text, report, sites, body))
            return
        wanted = translate(found)
        if (body, sites) in self._seen:
            report.repeated += 1
            return
        self._seen.add((body, sites))
        report.elements += 1
        list_at = len(self._gathered.reports) - 1
        for part in wanted:
            record = len(self._gathered.records)
            self._gathered.records.append(record_of(list_at, number, part))
            self._by_body[body].append(record)
            for site in sites.on:
                self._gathered.hosts[site].on.append(record)
            for site in sites.off:
                self._gathered.hosts[site].off.append(record)
            if not sites.on:
                self._gathered.generic.append(record)

    def finish(self) -> Gathered:
        """What was gathered, exceptions applied: they hold for all lists, whichever came first."""
        everywhere: set[int] = set()
        for exception in self._exceptions:
            records = self._by_body.get(exception.body, [])
            if not records:
                exception.report.leave_out(
                    exception.line, exception.text, NotUsableError(Unused.IDLE_EXCEPTION)
                )
                continue
            exception.report.exceptions += 1
            for site in exception.sites.on:
                self._gathered.hosts[site].excepted.extend(records)
            if not exception.sites.on:
                everywhere.update(records)
        self._drop(everywhere)
        return self._gathered

    def _drop(self, everywhere: set[int]) -> None:
        gathered = self._gathered
        gathered.generic = [record for record in gathered.generic if record not in everywhere]
        for said in gathered.hosts.values() if everywhere else ():
            said.on = [record for record in said.on if record not in everywhere]
