"""One comparison from its recordings to its sum, and one search for what breaks an expectation."""

import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import click

from filterproxy.cli.compare_expect import Asked, Expected, Search, both_tests, is_broken
from filterproxy.cli.compare_found import print_expected, search_line
from filterproxy.cli.compare_json import (
    bisection_fields,
    page_fields,
    problem_fields,
    rule_fields,
    sum_fields,
    write_line,
)
from filterproxy.cli.compare_rulesets import load_both
from filterproxy.cli.compare_text import print_listed, print_page, print_rules, sum_line
from filterproxy.cli.files import write_page
from filterproxy.cli.jobs import JobChoice, run_pieces
from filterproxy.cli.layout import console
from filterproxy.recordings.bisect import Outcome
from filterproxy.recordings.compare import Compare, Compared
from filterproxy.recordings.compare_rules import rule_changes
from filterproxy.recordings.compare_tally import Tally
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.parcel import Parcel
from filterproxy.recordings.side_by_side import side_by_side
from filterproxy.recordings.suite import patient
from filterproxy.report.redact import printable
from filterproxy.settings import Settings

SAME, DIFFERENT, TROUBLE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user wants told: see the command's options."""

    only: tuple[str, ...]
    report: Path | None
    most: int
    as_json: bool
    quiet: bool


class Comparing:
    """Compares two rule sets, and tells what comes of it."""

    def __init__(
        self, before: Path, after: Path, off: frozenset[str], wishes: Wishes, *, with_bundled: bool
    ) -> None:
        self._names = (str(before), str(after))
        self._before, self._after = load_both(before, after, with_bundled=with_bundled)
        self._settings = patient(replace(Settings(), off_categories=off))
        self._wishes = wishes
        self._out = console()

    def run(self, recordings: tuple[Path, ...], work: JobChoice) -> int:
        """Compare; the program's exit code."""
        wishes = self._wishes
        tally = Tally(wishes.most)
        keep = wishes.most if wishes.report is not None else 0
        compare = Compare(self._after, self._settings, wishes.only, keep=keep)
        parcel: Parcel[Compared] = Parcel(self._before, self._settings, compare)
        interrupted = False
        try:
            for done in run_pieces(work, parcel, recordings, quiet=wishes.quiet, title="compared"):
                shown = len(tally.shown)
                found = Compared(problems=[done]) if isinstance(done, Problem) else done.result
                tally.add(found)
                self._tell(found, tally, shown)
        except KeyboardInterrupt:
            interrupted = True
        self._sum_up(tally)
        if interrupted:
            return INTERRUPTED
        return TROUBLE if tally.problems else DIFFERENT if tally.changed else SAME

    def _tell(self, found: Compared, tally: Tally, shown: int) -> None:
        for problem in found.problems:
            self._problem(problem)
        if self._wishes.as_json:
            for change in found.changes:
                write_line(page_fields(change))
        elif not self._wishes.quiet:
            for change in tally.shown[shown:]:
                print_page(self._out, change)

    def _problem(self, problem: Problem) -> None:
        if self._wishes.as_json:
            write_line(problem_fields(problem))
        print(printable(str(problem)), file=sys.stderr)

    def _sum_up(self, tally: Tally) -> None:
        rules = tally.rules(rule_changes(self._before, self._after))
        if self._wishes.as_json:
            for rule in rules:
                write_line(rule_fields(rule))
            write_line(sum_fields(tally))
        else:
            if not self._wishes.quiet:
                print_listed(self._out, tally)
                print_rules(self._out, rules)
            self._out.print(sum_line(tally))
        if self._wishes.report is not None:
            data = side_by_side(self._names, tally, rules)
            write_page(self._wishes.report, data)
            if not self._wishes.as_json:
                self._out.print(f"report: {printable(str(self._wishes.report))}, {len(data):,} bytes")

    def bisect(
        self,
        recordings: tuple[Path, ...],
        url: str | None,
        keeps: tuple[str, ...],
        removes: tuple[str, ...],
        removes_nothing: tuple[str, ...],
    ) -> int:
        """Search; the program's exit code."""
        if url is not None:
            tests = [Asked(url, keeps, removes, removes_nothing).test(self._before, self._after)]
        else:
            tests = both_tests(self._before, self._after)
        if not tests:
            raise click.UsageError("the rules have no tests: give --url with --keeps or --removes")
        search = Search(self._before, self._after, self._settings)
        found: list[Expected] = []
        with closing(search):
            for expected in search.run(tests, recordings):
                found.append(expected)
                self._expected(expected, asked=url is not None)
        for problem in search.problems:
            self._problem(problem)
        for absent in search.absent:
            print(printable(f"{absent}: the page is in none of these recordings"), file=sys.stderr)
        if not self._wishes.as_json:
            self._out.print(search_line(found))
        if search.problems or (url is not None and search.absent):
            return TROUBLE
        return DIFFERENT if any(map(is_broken, found)) else SAME

    def _expected(self, expected: Expected, *, asked: bool) -> None:
        if self._wishes.as_json:
            write_line(bisection_fields(expected.words, expected.source, expected.place, expected.found))
        elif asked or expected.found.outcome is not Outcome.HOLDS:
            print_expected(self._out, expected)
