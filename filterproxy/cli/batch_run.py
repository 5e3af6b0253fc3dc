"""One batch from its table to its sum: progress, complaints, report."""

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

from filterproxy.cli.batch import Done, Folders, filter_rows
from filterproxy.cli.batch_table import read_table
from filterproxy.cli.batch_totals import Totals
from filterproxy.cli.layout import console
from filterproxy.cli.options import RuleChoice
from filterproxy.cli.unbroken import Unbroken
from filterproxy.report.redact import printable
from filterproxy.rewriter import Rewriter


@dataclass(frozen=True, slots=True)
class Telling:
    """How the account is given: a report file, JSON instead of words, nothing but complaints."""

    report: Path | None
    as_json: bool
    quiet: bool


def run_batch(table: Path, folders: Folders, jobs: int, choice: RuleChoice, telling: Telling) -> int:
    """Filter a table's pages with `jobs` workers and tell the sum; the number of rows that were broken.

    Interrupted, it tells the sum so far; pages that are written are whole.

    Raises:
        click.ClickException: (exit code 1) the table or the report cannot be used.
    """
    rows = read_table(table)
    ruleset = choice.load()
    totals, start = Totals(len(rows)), time.perf_counter()
    try:
        with ExitStack() as stack:
            report = stack.enter_context(_Report(telling.report))
            bar = stack.enter_context(_bar(quiet=telling.quiet))
            task = bar.add_task("", total=len(rows))
            rewriter = stack.enter_context(Rewriter(ruleset, choice.settings(jobs)))
            for done in filter_rows(rewriter, rows, folders, 2 * jobs + 1):
                with Unbroken():
                    totals.add(done)
                    report.add(done)
                for remark in done.remarks():
                    bar.console.print(printable(f"{table}:{done.row.line}: {remark}"), soft_wrap=True)
                bar.advance(task)
    finally:
        _sum_up(totals, time.perf_counter() - start, telling)
    return totals.broken


class _Report:
    """The report file, a line a page; without a path, nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._file = self._path.open("w", encoding="ascii", newline="\n")
            except OSError as error:
                raise self._refused(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, done: Done) -> None:
        if self._file is not None:
            try:
                self._file.write(json.dumps(done.fields()) + "\n")
            except OSError as error:
                raise self._refused(error) from error

    def _refused(self, error: OSError) -> click.ClickException:
        return click.ClickException(f"{self._path} cannot be written: {error.strerror or error}")


class _Speed(ProgressColumn):
    """Pages a second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:.0f} pages/s", "cyan")


def _bar(*, quiet: bool) -> Progress:
    """A bar with pages, pages a second and the time left; none where nobody looks."""
    shown = console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
    return Progress(*columns, console=shown, disable=quiet or not shown.is_terminal, transient=True)


def _sum_up(totals: Totals, seconds: float, telling: Telling) -> None:
    if telling.as_json:
        print(json.dumps(totals.fields(seconds)))
    elif not telling.quiet:
        for line in totals.lines(seconds):
            print(line)
