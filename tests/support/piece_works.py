"""Works for pieces of recordings, in a module that worker processes can import; and recordings for them."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filterproxy.cli.jobs import JobChoice, run_pieces
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.replayer import Replayer
from filterproxy.recordings.spread import Parcel
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings

RULES = "version: 1\nsite: news.example\nrules:\n  - {id: like, category: recommended, remove: .like}\n"
PAGE = (
    "<!doctype html><meta charset=utf-8><title>雨后</title><h1>雨后的菜市场</h1>"
    "<p>雨停了以后，卖菜的人把伞一把一把收起来。</p><div class=like>猜你喜欢</div>"
)


def folder_of(path: Path, pages: int) -> Path:
    """A folder of so many pages, all of one file; `…/7.html` is the seventh's address."""
    path.mkdir()
    (path / "page.html").write_text(PAGE, "utf-8")
    rows = [f"page.html\thttps://www.news.example/{number}.html" for number in range(1, pages + 1)]
    (path / "pages.tsv").write_text("path\turl\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def rules_in(path: Path) -> Path:
    """A rule file there."""
    path.write_text(RULES, "utf-8")
    return path


@dataclass(frozen=True)
class Numbers:
    """The pages' numbers. What is done, and by which process, is written to `log`.

    `deadly`: the page that kills the worker that comes to it, so often; `wrong`: the one that raises;
    `stalls`: the one that waits until the log has a file `go` beside it.
    """

    log: Path
    deadly: int = 0
    times: int = 0
    wrong: int = 0
    stalls: int = 0

    def __call__(self, replayer: Replayer, entries: Iterator[Entry | Problem]) -> list[int]:
        assert replayer.ruleset.files
        return [self._one(int(Path(entry.url).stem)) for entry in entries if isinstance(entry, Entry)]

    def _one(self, number: int) -> int:
        with self.log.open("a") as log:
            log.write(f"{number} {os.getpid()}\n")
        if number == self.deadly and sum(n == number for n, _ in logged(self.log)) <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == self.wrong:
            raise ValueError("seven is no number")
        while number == self.stalls and not self.log.with_name("go").exists():
            time.sleep(0.02)
        return number


def logged(log: Path) -> list[tuple[int, int]]:
    """What a log says: numbers and processes."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [(int(number), int(process)) for number, process in map(str.split, lines)]


def main() -> None:
    """Work on a folder with two processes: `RECORDING RULES LOG STALLS [resume]`; prints the numbers."""
    recording, rules, log, stalls, *resume = sys.argv[1:]
    work = Numbers(Path(log), stalls=int(stalls))
    parcel = Parcel(load_ruleset([rules]), Settings(), work)
    found: list[int] = []
    for outcome in run_pieces(JobChoice(2, resume=bool(resume)), parcel, [recording]):
        assert not isinstance(outcome, Problem), outcome
        found += outcome.result
    print(found)  # noqa: T201 - for who started it
