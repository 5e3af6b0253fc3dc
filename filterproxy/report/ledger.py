"""The ledger: a JSON line a page, with every removal, kept below a size."""

import contextlib
import errno
import os
import time
from pathlib import Path
from typing import IO

from filterproxy.report.background import BackgroundWriter
from filterproxy.report.events import Event, EventSink, Kind, PageEvent, TroubleEvent
from filterproxy.report.line import ROUTINE
from filterproxy.report.record import as_json
from filterproxy.report.redact import own_only


class Ledger:
    """An event sink that writes pages to a file as JSON lines.

    The file is created for its owner alone (0600) and appended to. Past `limit` bytes it becomes
    `FILE.1` (replacing an older one) and a new one is begun, so that at most twice the limit is
    kept. What can't be written is lost, told once to `trouble`, and never hurts the traffic; each
    later page tries again, so that writing goes on once there is room. Routine skips (no page)
    are left out.

    Raises:
        OSError: on making it, when the file can't be opened.
    """

    def __init__(self, path: Path, limit: int, trouble: EventSink, *, query: bool = False) -> None:
        self._path = path
        self._limit = limit
        self._query = query
        self._trouble = trouble
        self._file: IO[bytes] | None = _open(path)
        self._torn = False  # the last line was not written whole
        self._writer = BackgroundWriter(self._write, self._failed, name="filterproxy-ledger")

    def emit(self, event: Event) -> None:
        """Queue a page's line; anything else is ignored."""
        if isinstance(event, PageEvent) and event.skipped not in ROUTINE:
            self._writer.put(as_json(event, time=time.time(), query=self._query))

    def close(self) -> None:
        """Write what is queued and close the file."""
        self._writer.close()
        if self._file is not None:
            with contextlib.suppress(OSError):  # what a full disk still owes was reported already
                self._file.close()
            self._file = None

    def _write(self, text: str) -> None:
        if self._file is None or self._file.closed:
            self._file = _open(self._path)
        data = b"\n" * self._torn + text.encode("ascii") + b"\n"
        self._torn = True
        if self._file.write(data) != len(data):
            raise OSError(errno.ENOSPC, "no room for the whole line")
        self._torn = False
        if self._file.seekable() and self._file.tell() > self._limit:
            self._rotate(self._file)

    def _rotate(self, file: IO[bytes]) -> None:
        file.close()
        self._file = None
        self._path.replace(self._path.with_name(self._path.name + ".1"))

    def _failed(self, text: str) -> None:
        self._trouble.emit(TroubleEvent(Kind.WRITE_FAILED, f"ledger {self._path}", text))


def _open(path: Path) -> IO[bytes]:
    """For appending, unbuffered (a killed process loses no line), readable by the owner alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    own_only(descriptor)
    return os.fdopen(descriptor, "ab", buffering=0)
