"""Pages in and out of files: read whole, written whole or not at all."""

import sys
from pathlib import Path

import click

from filterproxy.files import write_whole

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
