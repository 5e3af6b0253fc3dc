"""The table of `rewrite --batch`, read whole: each page is to be written once."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from filterproxy.errors import RecordingError
from filterproxy.recordings.table import NOWHERE, BrokenRow, Row, Table

__all__ = ["NOWHERE", "BrokenRow", "Row", "read_table"]


def read_table(path: Path) -> list[Row | BrokenRow]:
    """All rows of a table (see `Table`), those that cannot be used among them.

    A path that stood in an earlier row is broken: two pages can't be written to one place.

    Raises:
        click.ClickException: (exit code 1) it cannot be read, or the header lacks a column.
    """
    try:
        with Table(path) as table:
            return list(_once(table.rows()))
    except RecordingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from error


def _once(rows: Iterable[Row | BrokenRow]) -> Iterator[Row | BrokenRow]:
    seen: dict[str, int] = {}
    for row in rows:
        first = row.line if isinstance(row, BrokenRow) else seen.setdefault(row.path, row.line)
        if first == row.line:
            yield row
        else:
            yield BrokenRow(row.line, row.path, f"the same path as in line {first}")
