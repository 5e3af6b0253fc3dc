"""Steps that belong together, done both or neither when Ctrl-C comes."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Unbroken:
    """A context in which Ctrl-C waits until it ends. Outside the main thread none arrives anyway."""

    def __init__(self) -> None:
        self._came = False
        self._before: object = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]  # as it was given
        if self._came and kind is None:
            raise KeyboardInterrupt

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
