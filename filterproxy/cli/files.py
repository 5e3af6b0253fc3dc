"""Pages in and out of files: read whole, written whole or not at all."""

import os
import sys
from pathlib import Path

import click

STREAM = "-"


def read_page(path: Path) -> bytes:
    """The bytes of a page file, or of standard input for `-`.

    Raises:
        click.ClickException: (exit code 1) it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if str(path) == STREAM else path.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from error


def write_page(path: Path, data: bytes) -> None:
    """Write a file, or to standard output for `-`.

    Raises:
        click.ClickException: (exit code 1) it cannot be written.
    """
    try:
        if str(path) == STREAM:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            write_whole(path, data)
    except BrokenPipeError:
        raise  # whoever read has had enough: click ends quietly
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from error


def write_whole(path: Path, data: bytes) -> None:
    """Put the file in place in one step: whoever looks sees the old one or the new one.

    What is no ordinary file (a pipe, `/dev/null`) is written to; a link's target is replaced, not the link.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    draft = path.with_name(f".filterproxy-{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
