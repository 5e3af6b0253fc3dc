"""Where `filterproxy new` writes, and how."""

from pathlib import Path

import click

from filterproxy.files import write_whole


def file_name(host: str) -> str:
    """The name of a site's rule file."""
    name = "every-site" if host == "*" else host.strip("[]").replace(":", "-")
    return f"{name}.yaml"


def quoted(path: Path) -> str:
    """A path as a shell takes it."""
    text = str(path)
    return f'"{text}"' if " " in text else text


def refuse_existing(path: Path, *, force: bool) -> None:
    """Refuse a file that is there, unless it is asked for."""
    if path.exists() and not force:
        raise click.ClickException(f"{path} is there already; --force overwrites it")


def write_rules(path: Path, text: str, *, force: bool) -> None:
    """Write the file, whole or not at all, over another only where asked to."""
    refuse_existing(path, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
