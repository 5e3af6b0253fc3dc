"""Many recorded pages: who works on them, how far they have come, and going on where a run was stopped."""

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from filterproxy.cli.jobs_kept import Kept
from filterproxy.cli.jobs_progress import Interrupts, PagesBar
from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.recording import Piece, Recording, open_recording
from filterproxy.recordings.spread import PIECE, Finished, Parcel, spread

if TYPE_CHECKING:
    from filterproxy.cli.jobs_workers import Workers


@dataclass(frozen=True, slots=True)
class JobChoice:
    """What the user said about who works.

    Attributes:
        jobs: processes of this machine.
        dask: a cluster's address instead, or None.
        resume: go on where a run was stopped.
    """

    jobs: int
    dask: str | None = None
    resume: bool = False


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--jobs`, `--dask` and `--resume`; it gets `work`, a JobChoice."""

    @click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Pages worked on at once, in as many processes. Without it: as many as there are cores.",
    )
    @click.option(
        "--dask",
        metavar="ADDRESS",
        help="Have a Dask cluster work, e.g. tcp://host:8786; its machines must see the recordings by the "
        "same paths.",
    )
    @click.option("--resume", is_flag=True, help="Go on where the same run was stopped with Ctrl-C.")
    @functools.wraps(command)
    def wrapped(*args: Any, jobs: int | None, dask: str | None, resume: bool, **kwargs: Any) -> Any:
        if jobs is not None and dask is not None:
            raise click.UsageError("--jobs is for processes of this machine, --dask for a cluster")
        return command(*args, work=JobChoice(jobs or _cores(), dask, resume), **kwargs)

    return wrapped


def _cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_pieces[R](
    work: JobChoice,
    parcel: Parcel[R],
    paths: Iterable[str | Path],
    *,
    quiet: bool = False,
    title: str = "",
) -> Iterator[Finished[R] | Problem]:
    """Work on recordings' pieces; results come in their order, with a bar on standard error meanwhile.

    What is finished is kept until all is: stopped with Ctrl-C, it says so, and `--resume` goes on.

    Args:
        work: who works.
        parcel: the work.
        paths: the recordings; one that can't be opened is a `Problem`.
        quiet: no bar.
        title: what stands before the bar.

    Raises:
        click.ClickException: (exit code 1) the cluster can't be reached, or is lost.
        KeyboardInterrupt: of a Ctrl-C, after what is finished was kept; also of one that came while the
            caller was at work with a result.
    """
    recordings = [_opened(path) for path in paths]
    usable = [recording for recording in recordings if isinstance(recording, Recording)]
    workers = _workers(work)
    size = sum(recording.size for recording in usable)
    with Interrupts() as interrupts, PagesBar(size, title, quiet=quiet) as bar:
        kept = Kept(parcel, usable, resume=work.resume, told=bar.worked)
        pieces = kept.instead_of(_pieces(recordings))
        outcomes = spread(parcel, pieces, workers.make, ahead=workers.ahead, keep=kept.keep)
        finished = False
        try:
            with closing(outcomes):
                for outcome in outcomes:
                    if isinstance(outcome, Finished):
                        bar.advance(outcome.piece.size, outcome.pages)
                    with interrupts.elsewhere():
                        yield outcome
            finished = True
        except KeyboardInterrupt:
            print(f"stopped after {kept.pages:,} pages{kept.how_to_go_on()}", file=sys.stderr)
            raise
        except ConnectionError as error:
            raise click.ClickException(
                f"{error}; stopped after {kept.pages:,} pages{kept.how_to_go_on()}"
            ) from error
        finally:
            kept.close(finished=finished)


def _workers(work: JobChoice) -> "Workers":
    from filterproxy.cli.jobs_workers import Workers  # noqa: PLC0415 - multiprocessing takes its time

    return Workers(work.jobs, work.dask)


def _opened(path: str | Path) -> Recording | Problem:
    try:
        return open_recording(path)
    except RecordingError as error:
        what = str(error)
        return Problem(str(path), what.removeprefix(f"{path}: "))


def _pieces(recordings: Iterable[Recording | Problem]) -> Iterator[Piece | Problem]:
    for recording in recordings:
        if isinstance(recording, Problem):
            yield recording
        else:
            yield from recording.pieces(PIECE)
