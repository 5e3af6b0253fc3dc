"""Writes on a thread of its own, so that a slow or full disk never holds the traffic."""

import queue
import threading
from collections.abc import Callable


class BackgroundWriter[Item]:
    """A bounded queue and one thread that hands each item to `write`.

    `write` failing with `OSError` or `ValueError` loses that item; `on_failure` is told of the first
    failure and of the first item dropped because the queue is full, once each.

    Attributes:
        lost: items that were not written.
    """

    def __init__(
        self,
        write: Callable[[Item], None],
        on_failure: Callable[[str], None],
        *,
        name: str,
        queued: int = 256,  # pages that may wait for the disk; at 100 kB each some 25 MB
    ) -> None:
        self._write = write
        self._on_failure = on_failure
        self._queue: queue.Queue[Item | None] = queue.Queue(queued)
        self._told: set[str] = set()
        self.lost = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Hand over one item; returns at once, never raises."""
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            self._fail("full", "the disk is too slow, some entries are left out")

    def close(self, timeout: float = 1.0) -> None:
        """Write what is queued and end, waiting at most `timeout` seconds. May be called twice."""
        try:
            self._queue.put(None, timeout=timeout)
        except queue.Full:
            return
        self._thread.join(timeout)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                self._write(item)
            except (OSError, ValueError) as error:
                self._fail("write", str(error))

    def _fail(self, once: str, text: str) -> None:
        self.lost += 1
        if once not in self._told:
            self._told.add(once)
            self._on_failure(text)
