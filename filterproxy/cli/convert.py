"""`filterproxy convert`: a recording in another form, or cut down to the pages that matter."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from filterproxy.cli.layout import console
from filterproxy.errors import RecordingError
from filterproxy.recordings.conversion import Conversion, form_of
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.recording import Form, Recording, open_recording
from filterproxy.recordings.writing import Written
from filterproxy.report.line import size
from filterproxy.report.redact import printable

_LISTED = 1000  # problems that --json names


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    metavar="TARGET",
    type=click.Path(path_type=Path),
    help="Where to write it; the name's ending says in which form.",
)
@click.option("--only", multiple=True, metavar="URL-GLOB", help="Take these URLs alone. Repeatable.")
@click.option("--pages-only", is_flag=True, help="Take HTML pages alone: what the proxy would look into.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="Tell what was done as one JSON object.")
def convert(
    sources: tuple[Path, ...],
    target: Path,
    only: tuple[str, ...],
    pages_only: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write recordings in another form, or cut down to the pages that matter.

    SOURCE is a flow file of mitmproxy, a HAR, a WARC (gzipped or not), a folder of saved pages with its
    table pages.tsv, or such a table; its content tells which. Several are written one after the other.
    TARGET ends in .mitm, .flows, .har, .warc or .warc.gz; any other name is a folder's, which must be new
    or empty: its pages.tsv says which file came from which URL.

    In a URL-GLOB, * and ? stand for any characters, slashes too; without a scheme it begins at the host.

    \b
    filterproxy convert visit.har -o visit.mitm
    filterproxy convert visit.mitm -o story.mitm --only "www.example-news.com/detail/*"
    filterproxy convert crawl.warc.gz -o pages/ --pages-only

    From flow file to flow file, flows stay whole. What the form of TARGET can't keep is told, and so is what
    was lost or repaired on reading: a HAR keeps texts, not bytes. The target is written whole or not at all.

    Exit code: 0; 1 when a part of a source can't be used (the rest is written), or nothing can be written;
    2 when the command itself is wrong.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    _check(target, force=force)
    told = _Told(as_json)
    recordings = list(_opened(sources, told))
    with _bar() as bar:
        task = bar.add_task("", total=sum(recording.size for recording in recordings))
        conversion = Conversion(only, pages_only, told.problem, lambda count: bar.advance(task, count))
        try:
            written = conversion.run(recordings, target)
        except RecordingError as error:
            raise click.ClickException(printable(str(error))) from error
    told.sum_up(target, conversion, written)
    if told.count or not written.entries:
        sys.exit(1)


def _check(target: Path, *, force: bool) -> None:
    if target.suffix.lower() in {".tsv", ".zip", ".json", ".html", ".gz"} and form_of(target) is Form.FOLDER:
        raise click.UsageError(
            f"{target}: the ending is none of .mitm, .flows, .har, .warc and .warc.gz, nor a folder's"
        )
    if form_of(target) is not Form.FOLDER:
        if target.is_dir():
            raise click.UsageError(f"{target} is a directory; its ending is a file's")
        if target.exists() and not force:
            raise click.ClickException(f"{target} is there already; --force overwrites it")


def _opened(sources: tuple[Path, ...], told: "_Told") -> Iterator[Recording]:
    for source in sources:
        try:
            yield open_recording(source)
        except RecordingError as error:
            told.problem(Problem(str(source), str(error).removeprefix(f"{source}: ")))


def _bar() -> Progress:
    shown = console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=shown, disable=not shown.is_terminal, transient=True)


class _Told:
    """What is told: problems as they come, the sum in the end."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._problems: list[Problem] = []
        self.count = 0

    def problem(self, problem: Problem) -> None:
        self.count += 1
        if self.count <= _LISTED:
            self._problems.append(problem)
        print(printable(str(problem)), file=sys.stderr)

    def sum_up(self, target: Path, conversion: Conversion, written: Written) -> None:
        dropped = conversion.dropped + written.left_out
        if self._as_json:
            print(json.dumps(self._fields(target, conversion, written, dropped)))
            return
        where = printable(str(target))
        if written.entries:
            print(f"{where}: {written.entries} of {conversion.read} entries, {size(written.size)}")
        else:
            print(f"no entry of {conversion.read} is left for {where}", file=sys.stderr)
        for title, counts in (
            ("left out", dropped),
            (f"not kept in this form ({form_of(target)})", written.lost),
            ("on reading", conversion.notes),
        ):
            if counts:
                print(f"{title}: {_listed(counts)}")
        if self.count:
            print(f"parts that can't be used: {self.count}")

    def _fields(
        self, target: Path, conversion: Conversion, written: Written, dropped: Counter[str]
    ) -> dict[str, Any]:
        return {
            "target": str(target),
            "form": form_of(target),
            "read": conversion.read,
            "written": written.entries,
            "bytes": written.size,
            "left_out": dict(dropped),
            "not_kept": dict(written.lost),
            "on_reading": dict(conversion.notes),
            "problems": self.count,
            "problem": [{"place": problem.place, "what": problem.what} for problem in self._problems],
        }


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {printable(what)}" for what, count in counts.most_common())
