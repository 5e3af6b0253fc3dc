"""Files that are whole or not there: written beside, and renamed into place."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, data: bytes, *, durable: bool = False, mode: int = 0o666) -> None:
    """Put a file there in one step: whoever looks sees the old one or the new one.

    What is no ordinary file (a pipe, `/dev/null`) is written to; a link's target is replaced, not the link.

    Args:
        path: where; its folder is there.
        data: what.
        durable: it also outlives a loss of power: flushed to the disk, which takes milliseconds.
        mode: rights of the file, less those that the process withholds from new files.

    Raises:
        OSError: it can't be written; what was there is untouched.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    draft = path.with_name(f".filterproxy-{secrets.token_hex(8)}.tmp")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(draft, flags, mode), "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    if durable:
        _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Make the rename last, where a folder can be opened (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
