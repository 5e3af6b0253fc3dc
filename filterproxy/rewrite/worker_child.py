"""A worker process as its pool sees it: a program with two pipes, to be asked and to be ended."""

import signal
import subprocess
import sys
from contextlib import suppress
from typing import IO

from filterproxy.rewrite.worker_process import bootstrap, read_frame, write_frame

_PIPE = 1 << 20  # bytes the kernel may hold, so that a page goes over at one go


class LostError(Exception):
    """The process is gone; the message says how it ended."""


class Child:
    """One worker process. Raises OSError where it can't be started."""

    def __init__(self) -> None:
        self._process = _start()
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("no pipes")  # can't be: both were asked for
        self._to, self._from = self._process.stdin, self._process.stdout
        for pipe in (self._to, self._from):
            _widen(pipe)

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def exchange(self, kind: bytes, payload: bytes) -> tuple[bytes, bytes]:
        """Send one frame and wait for one; raises LostError where the process ends instead."""
        try:
            write_frame(self._to, kind, payload)
            return read_frame(self._from)
        except (OSError, EOFError):
            self.kill()
            raise LostError(_how_it_ended(self._process.wait())) from None

    def kill(self) -> None:
        """End it at once, from any thread; `exchange` returns by it."""
        with suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """End it, reap it and close its pipes. Only from the thread that calls `exchange`."""
        self.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):  # what could not be written is lost with it
                pipe.close()


def _start() -> "subprocess.Popen[bytes]":
    """Out of reach of the terminal's Ctrl-C, which is for the program that owns the pool."""
    if sys.platform == "win32":
        return subprocess.Popen(  # noqa: S603 - this interpreter, our own code
            bootstrap(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
    return subprocess.Popen(  # noqa: S603 - the same
        bootstrap(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
    )


def _widen(pipe: IO[bytes]) -> None:
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not on Windows

        with suppress(OSError):  # the user's share of pipe memory is used up
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"the worker ended with code {code}"
    try:
        return f"the worker was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"the worker was ended by signal {-code}"
