"""Who works on many recorded pages: processes of this machine or a cluster, and going on from a stop."""

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.recording import Piece, Recording, open_recording
from filterproxy.recordings.spread import PIECE, Finished, Parcel, spread


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

    def executor(self) -> Executor:
        """Who works."""
        from filterproxy.recordings.processes import Processes  # noqa: PLC0415 - multiprocessing takes its time

        return Processes(self.jobs)


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
        help="Have a Dask cluster do the work, tcp://host:8786; its machines must see the recordings.",
    )
    @click.option("--resume", is_flag=True, help="Go on where the same run was stopped.")
    @functools.wraps(command)
    def wrapped(*args: Any, jobs: int | None, dask: str | None, resume: bool, **kwargs: Any) -> Any:
        if jobs is not None and dask is not None:
            raise click.UsageError("--jobs is of this machine's processes, --dask of a cluster's")
        count = jobs or _cores()
        return command(*args, work=JobChoice(count, dask, resume), **kwargs)

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

    Args:
        work: who works.
        parcel: the work.
        paths: the recordings; one that can't be opened is a `Problem`.
        quiet: no bar.
        title: what stands before the bar.
    """
    recordings = [_opened(path) for path in paths]
    yield from spread(parcel, _pieces(recordings), work.executor, ahead=4 * work.jobs)


def _opened(path: str | Path) -> Recording | Problem:
    try:
        return open_recording(path)
    except RecordingError as error:
        place, _, what = str(error).rpartition(": ")
        return Problem(place, what)


def _pieces(recordings: Iterable[Recording | Problem]) -> Iterator[Piece | Problem]:
    for recording in recordings:
        if isinstance(recording, Problem):
            yield recording
        else:
            yield from recording.pieces(PIECE)
