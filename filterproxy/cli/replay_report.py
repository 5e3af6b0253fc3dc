"""What `replay` tells: for people, as JSON lines, for CI systems."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from filterproxy.cli.files import write_page
from filterproxy.cli.layout import console
from filterproxy.cli.replay_proxy import Difference
from filterproxy.cli.replay_text import (
    broken,
    changed_snapshot,
    different,
    failure,
    page_row,
    sum_lines,
)
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.junit import Case, case_of, junit
from filterproxy.recordings.page_results import PageResult, PieceResult, Sum
from filterproxy.recordings.snapshot import Compared
from filterproxy.recordings.suite import Judged

_ROWS = 40  # pages that are listed: what is wrong comes below and must be seen
_INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended


@dataclass(frozen=True, slots=True)
class Telling:
    """How it is told: JSON lines, only what is wrong, every page; `junit`: where the document goes.

    `update`: a snapshot that differs is no failure.
    """

    as_json: bool
    quiet: bool
    everything: bool
    junit: Path | None
    update: bool


class Report:
    """Tells what comes, and keeps counts and what is wrong for the end.

    Attributes:
        seconds: that the pages took.
        elsewhere: tests that name other recordings.
        problems: of recordings, each once.
    """

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._out = console()
        self._pages = Sum()
        self._rows: list[PageResult] = []
        self._cases: list[Case] = []
        self._wrong: list[str] = []  # lines, told after the pages
        self._tests = self._failed = self._different = 0
        self._proxied = self._different_by_proxy = 0
        self.problems: dict[Problem, None] = {}
        self.seconds = 0.0
        self.elsewhere = 0

    def pages(self, result: PieceResult) -> None:
        """The pages of a piece."""
        self._pages.add(result)
        for problem in result.problems:
            self.problem(problem)
        for page in result.pages:
            if self._telling.as_json:
                self._json(
                    "page", {name: value for name, value in asdict(page).items() if name != "snapshot"}
                )
            elif self._telling.everything and not self._telling.quiet:
                self._out.print(page_row(page), soft_wrap=True)
            elif len(self._rows) < _ROWS:
                self._rows.append(page)

    def problem(self, problem: Problem) -> None:
        """A part of a recording that can't be used; told once."""
        if problem in self.problems:
            return
        self.problems[problem] = None
        self._cases.append(Case("recordings", problem.place, "error", str(problem)))
        self._tell("problem", asdict(problem), broken(problem))

    def judged(self, judged: Judged) -> None:
        """A test."""
        self._tests += 1
        self._failed += bool(judged.failures)
        self._cases.append(case_of(judged))
        data = {
            "source": str(judged.test.source),
            "recording": judged.test.recording,
            "url": judged.test.url,
            "passed": not judged.failures,
            "place": judged.place,
            "note": judged.note,
            "seconds": round(judged.seconds, 6),
            "failures": [asdict(found) for found in judged.failures],
            "diff": judged.diff,
        }
        self._tell("test", data, failure(judged) if judged.failures else [])

    def snapshot(self, compared: Compared) -> None:
        """A snapshot that differs."""
        self._different += 1
        if not self._telling.update:
            words = "\n".join((compared.state, *compared.diff))
            self._cases.append(Case("snapshots", compared.name, "failure", words))
        lines = changed_snapshot(compared, accepted=self._telling.update)
        self._tell("snapshot", asdict(compared), lines)

    def proxy(self, compared: Difference) -> None:
        """A page that went through the proxy."""
        self._proxied += 1
        failed = "failure" if compared.what else ""
        self._cases.append(Case("proxy", compared.url, failed, compared.what))
        if compared.what:
            self._different_by_proxy += 1
            self._tell("proxy", asdict(compared), different(compared))

    def finish(self, seconds: float, *, interrupted: bool) -> int:
        """Tell what was kept and the sum, and write the document; the program's exit code."""
        if not self._telling.as_json:
            self._finish_text(seconds, interrupted=interrupted)
        else:
            self._json("sum", self._sum(seconds, interrupted=interrupted))
        if self._telling.junit is not None:
            write_page(self._telling.junit, junit(self._cases, seconds))
        if interrupted:
            return _INTERRUPTED
        unaccepted = 0 if self._telling.update else self._different
        return int(bool(self._failed or self.problems or unaccepted or self._different_by_proxy))

    def _finish_text(self, seconds: float, *, interrupted: bool) -> None:
        if not self._telling.quiet:
            for page in self._rows:
                self._out.print(page_row(page), soft_wrap=True)
            if not self._telling.everything and self._pages.pages > len(self._rows):
                self._out.print(f"… and {self._pages.pages - len(self._rows)} more (--all lists them)")
        for line in self._wrong:
            self._out.print(line, soft_wrap=True)
        if not self._telling.quiet:
            for line in sum_lines(self._pages, self._sum(seconds, interrupted=interrupted), self.seconds):
                self._out.print(line, soft_wrap=True)

    def _sum(self, seconds: float, *, interrupted: bool) -> dict[str, Any]:
        pages = self._pages
        return {
            "pages": pages.pages,
            "changed": pages.outcomes["changed"],
            "unchanged": pages.outcomes["unchanged"],
            "skipped": dict(pages.skipped),
            "no_pages": pages.others,
            "left_out": pages.left_out,
            "removals": dict(pages.removals.most_common()),
            "vetoes": dict(pages.vetoes.most_common()),
            "observed": dict(pages.observed.most_common()),
            "not_exact": pages.inexact,
            "noted": pages.noted,
            "taken": pages.taken,
            "tests": self._tests,
            "failed": self._failed,
            "elsewhere": self.elsewhere,
            "snapshots": self._different,
            "proxied": self._proxied,
            "proxy_different": self._different_by_proxy,
            "problems": len(self.problems),
            "seconds": round(seconds, 3),
            "interrupted": interrupted,
        }

    def _tell(self, kind: str, data: dict[str, Any], lines: list[str]) -> None:
        if self._telling.as_json:
            self._json(kind, data)
        else:
            self._wrong += lines

    def _json(self, kind: str, data: dict[str, Any]) -> None:
        click.echo(json.dumps({"kind": kind, **data}))
