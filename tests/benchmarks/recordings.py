"""Many recorded pages: what more processes bring, and that memory does not grow with the pages.

    python -m tests.benchmarks.recordings [--pages N...] [--jobs N...] [--rounds N] [--json]

The pages are those of `tests.benchmarks`, repeated in one WARC. `ratio` is the rate to that of the first
`--jobs` over as many pages, median of the rounds, which measure one after the other so that a busy machine
slows all alike; `all` counts from the start of the processes on, `steady` from the first result. Memory is
the largest of resident sets seen: of this process, and of its workers together.
"""

import argparse
import dataclasses
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Self

from filterproxy.recordings import warc
from filterproxy.recordings.coverage import Coverage, CoverPages
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.processes import Processes
from filterproxy.recordings.recording import open_recording
from filterproxy.recordings.spread import PIECE, Parcel, spread
from filterproxy.recordings.suite import patient
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.benchmarks.rewriting import BUNDLED, sample_pages


@dataclass(frozen=True, slots=True)
class Row:
    """One count of pages with one count of processes. Rates in pages a second, memory in MB."""

    pages: int
    jobs: int
    all: float
    steady: float
    ratio_all: float
    ratio_steady: float
    parent: float
    workers: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.recordings", description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[673, 6_730])
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the WARC alone; prints its pages")
    options = parser.parse_args()
    if options.write:
        written = warc.write(options.write, repeated(options.pages[0]))
        sys.stdout.write(f"{written.entries}\n")
        return
    if not options.json:
        sys.stdout.write(_LINE.format(*(field.name for field in dataclasses.fields(Row))) + "\n")
    for pages in options.pages:
        for row in measure(pages, options.jobs, options.rounds):
            values = dataclasses.astuple(row)
            shown = (
                json.dumps(dataclasses.asdict(row)) if options.json else _LINE.format(*map(_short, values))
            )
            sys.stdout.write(shown + "\n")
            sys.stdout.flush()


_LINE = "{:>8} {:>5} {:>8} {:>8} {:>10} {:>13} {:>8} {:>8}"


def _short(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def measure(pages: int, jobs: list[int], rounds: int) -> list[Row]:
    """A row for each count of processes."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "many.warc.gz"
        pages = _written(recording, pages)
        runs = [[_run(recording, pages, count) for count in jobs] for _ in range(rounds)]
    rows = []
    for at, count in enumerate(jobs):
        mine, first = [run[at] for run in runs], [run[0] for run in runs]
        ratios = [
            statistics.median(getattr(a, name) / getattr(b, name) for a, b in zip(mine, first, strict=True))
            for name in ("all", "steady")
        ]
        middle = {
            name: statistics.median(getattr(run, name) for run in mine)
            for name in ("all", "steady", "parent", "workers")
        }
        rows.append(Row(pages, count, ratio_all=ratios[0], ratio_steady=ratios[1], **middle))
    return rows


def _written(recording: Path, pages: int) -> int:
    """Write it, in a process of its own: this one's memory is looked at; how many pages have an address."""
    command = [sys.executable, "-m", "tests.benchmarks.recordings"]
    options = ["--write", str(recording), "--pages", str(pages)]
    done = subprocess.run([*command, *options], check=True, capture_output=True, text=True)
    return int(done.stdout)


def repeated(pages: int) -> Iterator[Entry]:
    """So many entries: the sample pages, again and again."""
    for number, page in enumerate(islice(cycle(sample_pages()), pages), 1):
        fields = [(b"Content-Type", page.content_type.encode())]
        yield Entry(
            f"page {number}", page.url, "GET", 200, [], fields, page.body, time=1_780_272_000.0 + number
        )


@dataclass(slots=True)
class _Run:
    all: float
    steady: float
    parent: float
    workers: float


def _run(recording: Path, pages: int, jobs: int) -> _Run:
    parcel = Parcel(load_ruleset([BUNDLED]), patient(Settings()), CoverPages())
    total, first, before = Coverage(), 0, 0.0
    with _Memory() as memory:
        began = time.perf_counter()
        outcomes = spread(
            parcel, open_recording(recording).pieces(PIECE), lambda: Processes(jobs), ahead=4 * jobs
        )
        for outcome in outcomes:
            assert not isinstance(outcome, Problem), outcome
            total.add(outcome.result)
            if not before:
                before, first = time.perf_counter(), total.pages
        ended = time.perf_counter()
    assert total.pages == pages
    steady = (pages - first) / (ended - before) if pages > first else 0.0
    return _Run(pages / (ended - began), steady, memory.parent, memory.workers)


class _Memory:
    """Looks at the memory of this process and of those it started, twice a second. Linux alone."""

    def __init__(self) -> None:
        self.parent = self.workers = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            self.parent = max(self.parent, _resident(Path("/proc/self")))
            self.workers = max(self.workers, sum(map(_resident, _below(Path("/proc/self")))))


def _below(process: Path) -> Iterator[Path]:
    for text in process.glob("task/*/children"):
        for number in _read(text).split():
            child = Path("/proc") / number
            yield child
            yield from _below(child)


def _resident(process: Path) -> float:
    lines = [line.split() for line in _read(process / "status").splitlines() if line.startswith("VmRSS")]
    return int(lines[0][1]) / 1000 if lines else 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""


if __name__ == "__main__":
    main()
