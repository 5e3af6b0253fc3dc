"""Coverage as data: the sums, JSON, CSV, and the orders of the table."""

import csv
import dataclasses
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from filterproxy.files import write_whole
from filterproxy.recordings.coverage import Coverage
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.verdicts import Judged, Verdict

_SEVEREST = {verdict: at for at, verdict in enumerate([Verdict.TOO_MUCH, *Verdict])}

SORTS: dict[str, Callable[[Judged], Any]] = {
    "file": lambda _: 0,
    "verdict": lambda judged: _SEVEREST[judged.verdict],
    "pages": lambda judged: -judged.counts.pages,
    "hits": lambda judged: -(judged.counts.hits + judged.counts.observed),
    "characters": lambda judged: -judged.counts.characters,
    "bytes": lambda judged: -judged.counts.size,
    "vetoes": lambda judged: -judged.counts.vetoes,
    "time": lambda judged: -judged.counts.seconds,
}
"""Orders of the table, by name; within one, rules come as they are written."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a run found. `seconds`: it took."""

    counts: Coverage
    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def in_force(self) -> list[Judged]:
        """Rules whose mode and category are on."""
        return [judged for judged in self.judged if judged.in_force]

    @property
    def with_recording(self) -> list[Judged]:
        """Of these, those that some page was for."""
        return [judged for judged in self.in_force if judged.counts.applied]

    @property
    def hit(self) -> int:
        """Rules that hit."""
        return sum(judged.hit for judged in self.in_force)

    @property
    def percent(self) -> float:
        """Of the rules in force, those that hit; 0 where there are none."""
        return _percent(self.hit, len(self.in_force))

    @property
    def percent_with_recording(self) -> float:
        """Of the rules that some page was for, those that hit."""
        return _percent(self.hit, len(self.with_recording))

    @property
    def verdicts(self) -> Counter[Verdict]:
        """How many rules have each verdict."""
        return Counter(judged.verdict for judged in self.judged)

    def print_json(self) -> None:
        """One object on standard output."""
        print(json.dumps(self._fields()))

    def _fields(self) -> dict[str, Any]:
        counts = self.counts
        return {
            "pages": counts.pages,
            "filtered": counts.filtered,
            "skipped": dict(counts.skipped.most_common()),
            "others": counts.others,
            "problems": [dataclasses.asdict(problem) for problem in self.problems],
            "seconds": round(self.seconds, 3),
            "seconds_working": round(counts.seconds, 3),
            "verdicts": {verdict.value: count for verdict, count in self.verdicts.most_common()},
            "coverage": {
                "rules": len(self.in_force),
                "hit": self.hit,
                "percent": round(self.percent, 2),
                "with_recording": len(self.with_recording),
                "percent_with_recording": round(self.percent_with_recording, 2),
            },
            "rules": [_rule(judged) for judged in self.judged],
        }


def write_csv(path: Path, account: Account) -> None:
    """Every rule, a line each; `shadowed` and `would_do` as `rule count` joined by `; `.

    Raises:
        click.ClickException: (exit code 1) it cannot be written.
    """
    rows = [_rule(judged) for judged in account.judged]
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]) if rows else [])
    table.writeheader()
    for row in rows:
        table.writerow({name: _flat(value) for name, value in row.items()})
    try:
        write_whole(path, text.getvalue().encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from error


def _rule(judged: Judged) -> dict[str, Any]:
    rule = judged.rule
    counts = {each.name: getattr(judged.counts, each.name) for each in dataclasses.fields(judged.counts)}
    counts["bytes"] = counts.pop("size")
    counts["share"], counts["seconds"] = round(counts["share"], 4), round(counts["seconds"], 6)
    return {
        "name": rule.name,
        "source": str(rule.source),
        "category": rule.category.value,
        "action": rule.action.value,
        "mode": rule.mode.value,
        "verdict": judged.verdict.value,
        "detail": judged.detail,
        **counts,
    }


def _flat(value: object) -> object:
    if isinstance(value, dict):
        return "; ".join(f"{name} {count}" for name, count in value.items())
    return value


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
