"""What `filterproxy record` was asked for, checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from filterproxy.errors import RecordingError
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.recording import Form, open_recording


@dataclass(frozen=True, slots=True)
class Plan:
    """The options; `fields`: those of --header. Times in seconds."""

    file: Path
    append: bool
    keep_cookies: bool
    fields: tuple[tuple[str, str], ...]
    timeout: float
    wait: float
    browser: bool
    visible: bool
    browser_path: Path | None
    upstream_ca: Path | None


def fields_of(headers: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The header fields of --header."""
    if not headers:
        return ()
    from filterproxy.proxy.visiting import header_field  # noqa: PLC0415 - only where it is needed

    try:
        return tuple(map(header_field, headers))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--header") from error


def check_file(file: Path, *, append: bool, force: bool) -> None:
    """Refuse to write over a file, or after what can't be read."""
    if append and force:
        raise click.UsageError("--append and --force exclude each other")
    if not file.exists() or force:
        return
    if not append:
        raise click.UsageError(f"{file} is there already: say --append or --force")
    if file.stat().st_size == 0:
        return
    try:
        recording = open_recording(file)
    except RecordingError as error:
        raise click.UsageError(f"{error}; nothing can be appended") from error
    if recording.form is not Form.FLOWS:
        raise click.UsageError(
            f"{file}: a recording of another form ({recording.form}): nothing can be appended"
        )
    for piece in recording.pieces(_AT_ONCE):
        if isinstance(piece, Problem):
            raise click.UsageError(f"{piece}; nothing can be appended")


_AT_ONCE = 10_000
