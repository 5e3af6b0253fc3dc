"""Processes of this machine that work on recordings: each replays one page at a time."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class Processes(ProcessPoolExecutor):
    """So many processes, none of which outlives this one, however it ends, or the executor's shutdown.

    Ctrl-C is this process's alone. The processes are started anew, not forked: they share no lock.
    """

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        leash, self._leash = context.Pipe(duplex=False)
        super().__init__(count, mp_context=context, initializer=_begin, initargs=(leash,))

    def submit[**P, R](self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> "Future[R]":
        """As `Executor.submit`; it may start a process."""
        with _interrupts_held_back():
            return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - its signature
        """As `Executor.shutdown`; without `wait`, work that is under way is given up."""
        if not wait:
            self._leash.close()
        super().shutdown(wait=wait, cancel_futures=cancel_futures)
        self._leash.close()


def _begin(leash: "Connection[Any, Any]") -> None:
    """In the new process, before its first work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(leash,), name="filterproxy-leash", daemon=True).start()


def _end_with(leash: "Connection[Any, Any]") -> None:
    """End this process when the other end of the pipe is closed: by hand, or as its process ended."""
    try:
        leash.recv_bytes()
    except (EOFError, OSError):
        os._exit(0)  # at once: nothing here is to be saved, and its worker ends as its pipe does


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """A process started meanwhile is deaf to Ctrl-C from its first instruction on; here it comes later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
