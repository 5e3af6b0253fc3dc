"""Writes on a thread of its own, so that a slow disk or a stopped terminal never holds the traffic."""

import queue
import threading
from collections.abc import Callable

HELD = 64 << 20  # bytes that may wait for the disk, all items together
_TOO_SLOW = "the disk is too slow, some entries are left out"


class BackgroundWriter[Item]:
    """A bounded queue and one thread that hands each item to `write`.

    `write` failing loses that item; `on_failure` is told of the first failure and of the first item
    dropped because too much waits already, once each.

    Attributes:
        lost: items that were not written.
    """

    def __init__(
        self,
        write: Callable[[Item], None],
        on_failure: Callable[[str], None],
        *,
        name: str,
        queued: int = 1024,  # items that may wait
    ) -> None:
        self._write = write
        self._on_failure = on_failure
        self._queue: queue.Queue[tuple[Item, int] | None] = queue.Queue(queued)
        self._lock = threading.Lock()
        self._held = 0
        self._told: set[str] = set()
        self.lost = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, item: Item, size: int = 0) -> None:
        """Hand over one item of `size` bytes; returns at once, never raises."""
        if not self._reserve(size):
            self._fail("full", _TOO_SLOW)
            return
        try:
            self._queue.put_nowait((item, size))
        except queue.Full:
            self._release(size)
            self._fail("full", _TOO_SLOW)

    def close(self, timeout: float = 1.0) -> bool:
        """Write what is queued and end, waiting at most `timeout` seconds. May be called twice.

        Returns:
            Whether all of it was written in time; what was not is lost, and told.
        """
        try:
            self._queue.put(None, timeout=timeout)
        except queue.Full:
            pass
        else:
            self._thread.join(timeout)
        if self._thread.is_alive():
            self._fail("late", "the disk is too slow, what was still to be written is lost")
            return False
        return True

    def _run(self) -> None:
        while (entry := self._queue.get()) is not None:
            item, size = entry
            try:
                self._write(item)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next item is tried
                self._fail("write", str(error))
            finally:
                self._release(size)

    def _reserve(self, size: int) -> bool:
        """Whether there is room; an item larger than all of it is taken alone."""
        with self._lock:
            room = self._held == 0 or self._held + size <= HELD
            self._held += size if room else 0
            return room

    def _release(self, size: int) -> None:
        with self._lock:
            self._held -= size

    def _fail(self, once: str, text: str) -> None:
        with self._lock:
            self.lost += 1
            told = once in self._told
            self._told.add(once)
        if not told:
            self._on_failure(text)
