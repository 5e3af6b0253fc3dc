"""Many pages through the workers, a few at a time, in the table's order."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from filterproxy.cli.account import Outcome, account
from filterproxy.cli.batch_table import BrokenRow, Row
from filterproxy.cli.patience import Pending
from filterproxy.files import write_whole
from filterproxy.recordings.table import inside
from filterproxy.rewrite.result import Page
from filterproxy.rewriter import Rewriter


class Folders:
    """Where pages are read and written: inside `root` and `out`, never elsewhere, links followed."""

    def __init__(self, root: Path, out: Path) -> None:
        self._root, self._out = (Path(os.path.realpath(folder)) for folder in (root, out))
        if not self._root.is_dir():
            raise click.ClickException(f"{root} is no directory")
        if self._root.is_relative_to(self._out):
            raise click.UsageError("--out holds --root: filtered pages could overwrite originals")

    def read(self, path: str) -> bytes:
        """A page's bytes.

        Raises:
            ValueError: the path leads out of the root, or to something that is no file.
            OSError: it cannot be read.
        """
        source = inside(self._root, path)
        if source.exists() and not source.is_file():
            raise ValueError("not an ordinary file")
        return source.read_bytes()

    def write(self, path: str, data: bytes) -> None:
        """Put a filtered page where it belongs, with the folders it needs.

        Raises:
            ValueError: the path leads out.
            OSError: it cannot be written.
        """
        target = inside(self._out, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)


@dataclass(frozen=True, slots=True)
class Done:
    """One row's end: the page with what it was, or what is wrong with the row."""

    row: Row | BrokenRow
    original: bytes = b""
    page: Page | None = None
    problem: str = ""

    def remarks(self) -> Iterator[str]:
        """What the user should know of this row."""
        if self.problem:
            yield f"{self.row.path or 'the row'}: {self.problem}"
        elif isinstance(self.row, Row) and self.row.note:
            yield f"{self.row.path}: note: {self.row.note}"

    def fields(self) -> dict[str, Any]:
        """One line of the report: `line`, `path`, `url`, `url_given`, `outcome`, and the account.

        A broken row has `line`, `path`, `outcome` and `detail` alone.
        """
        place = {"line": self.row.line, "path": self.row.path}
        if self.page is None or isinstance(self.row, BrokenRow):
            return {**place, "outcome": Outcome.BROKEN, "detail": self.problem}
        url = {"url": self.row.url, "url_given": self.row.url_given}
        return {**place, **url, **account(self.page, self.original)}


def filter_rows(
    rewriter: Rewriter, rows: Iterable[Row | BrokenRow], folders: Folders, window: int
) -> Iterator[Done]:
    """Filter and write the pages, in the order of the rows.

    At most `window` pages are in memory at once. What is wrong with one row is in its `Done`.
    """
    waiting: deque[_Started | Done] = deque()
    for row in rows:
        waiting.append(_start(rewriter, row, folders))
        if len(waiting) >= window:
            yield _finish(waiting.popleft(), folders)
    while waiting:
        yield _finish(waiting.popleft(), folders)


@dataclass(frozen=True, slots=True)
class _Started:
    row: Row
    pending: Pending


def _start(rewriter: Rewriter, row: Row | BrokenRow, folders: Folders) -> _Started | Done:
    if isinstance(row, BrokenRow):
        return Done(row, problem=row.problem)
    try:
        body = folders.read(row.path)
    except (OSError, ValueError) as error:
        return Done(row, problem=_reason(error))
    return _Started(row, Pending(rewriter, body, row.url, row.content_type))


def _finish(started: "_Started | Done", folders: Folders) -> Done:
    if isinstance(started, Done):
        return started
    page = started.pending.result()
    try:
        folders.write(started.row.path, page.body)
    except (OSError, ValueError) as error:
        return Done(started.row, problem=f"not written: {_reason(error)}")
    return Done(started.row, started.pending.body, page)


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
