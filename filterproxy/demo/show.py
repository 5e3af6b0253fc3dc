"""The demonstration in words and tables, for a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from filterproxy.demo.outcome import Check, Outcome
from filterproxy.report.line import size
from filterproxy.rewrite.result import Removal

_NARROW = 79  # columns that the table takes without what went
_WORTH = 12  # columns below which what went says nothing
GOOD, BAD = "[green]✓[/]", "[bold red]✗[/]"


@dataclass(slots=True)
class _Row:
    """What one rule took from a page, added up."""

    first: Removal
    count: int = 0
    bytes: int = 0


def show_page(console: Console, outcome: Outcome) -> None:
    """One page: what went by which rule, then what was tested."""
    page = outcome.page
    before, after = outcome.hosts()
    console.print(f"[bold]{escape(page.name)}[/]: {escape(page.what)}\n[dim]{page.url}[/]")
    console.print(
        f"before {size(len(outcome.before.body))}, loads from {before} other hosts · "
        f"after {size(len(outcome.after.body))}, {_hosts(after)}\n"
    )
    wide = console.width - _NARROW
    table = _table("category", "rule", "written in", "times", "bytes", *["what went"] * (wide >= _WORTH))
    for row in _rows(outcome.account.removals):
        removal = row.first
        cells = [removal.category.value, removal.rule.rpartition("/")[2], place(removal)]
        cells += [str(row.count), f"{row.bytes:,}", escape(_what(removal, wide))]
        table.add_row(*cells[: len(table.columns)])
    console.print(table)
    console.print()
    for check in outcome.checks:
        console.print(f"{_mark(check.holds)} {_WORDS[check.name]}: {escape(check.detail)}")
    console.print()


def show_summary(console: Console, outcomes: Sequence[Outcome]) -> None:
    """All pages, a line each."""
    table = _table("page", "charset", "before", "after", "removed", "article", "every other byte")
    for outcome in outcomes:
        checks = {check.name: check for check in outcome.checks}
        table.add_row(
            outcome.page.name,
            outcome.page.charset.upper(),
            size(len(outcome.before.body)),
            size(len(outcome.after.body)),
            str(len(outcome.account.removals)),
            _short(checks["article"], "whole" if outcome.page.article else "none"),
            _short(checks["bytes"], "the same"),
        )
    console.print(table)
    console.print()
    for outcome in outcomes:
        for check in outcome.checks:
            if not check.holds:
                console.print(f"{BAD} {outcome.page.name}, {_WORDS[check.name]}: {escape(check.detail)}")


def place(removal: Removal) -> str:
    """Where the rule stands, short enough for a table: `qukanredian.com.yaml:12`."""
    path, line, _ = removal.source.rsplit(":", 2)
    return f"{PurePath(path).name}:{line}"


_WORDS = {
    "article": "article",
    "bytes": "every other byte",
    "charset": "charset",
    "reader": "for a reader",
}


def _rows(removals: Sequence[Removal]) -> list[_Row]:
    rows: dict[str, _Row] = {}
    for removal in removals:
        row = rows.setdefault(removal.rule, _Row(removal))
        row.count += 1
        row.bytes += removal.size
    return sorted(rows.values(), key=lambda row: (row.first.category.value, -row.bytes))


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        right = heading in {"times", "bytes", "before", "after", "removed"}
        folds = heading in {"rule", "written in"}  # what is longest; numbers are never cut
        table.add_column(heading, justify="right" if right else "left", no_wrap=not folds, overflow="fold")
    return table


def _what(removal: Removal, wide: int) -> str:
    """Its excerpt, cut to a width in columns, of which a Chinese character takes two."""
    if cell_len(removal.excerpt) <= wide:
        return removal.excerpt
    return set_cell_size(removal.excerpt, max(1, wide - 1)).rstrip() + "…"


def _hosts(count: int) -> str:
    return f"from {count}" if count else "from none"


def _short(check: Check, word: str) -> str:
    return f"{_mark(check.holds)} {word if check.holds else 'NO'}"


def _mark(holds: bool) -> str:  # noqa: FBT001 - one flag, one sign
    return GOOD if holds else BAD
