"""How far many pages have come: a bar on standard error, and Ctrl-C where it can be answered."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from filterproxy.cli.layout import console


class PagesBar:
    """Pages, pages a second and the time left, by bytes of the recordings; none where nobody looks.

    A context manager. `size`: bytes of all recordings.
    """

    def __init__(self, size: int, title: str, *, quiet: bool) -> None:
        shown = console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            _Pages(),
            _Speed(),
            TimeRemainingColumn(),
        )
        off = quiet or not shown.is_terminal
        self._bar = Progress(*columns, console=shown, disable=off, transient=True, redirect_stdout=False)
        self._task = self._bar.add_task(title, total=size or None, pages=0, worked=0)
        self._pages = self._worked = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def worked(self, pages: int) -> None:
        """So many pages have been worked on, in this run."""
        self._worked += pages
        self._bar.update(self._task, worked=self._worked)

    def advance(self, size: int, pages: int) -> None:
        """A piece of so many bytes and pages has come out."""
        self._pages += pages
        self._bar.update(self._task, advance=size, pages=self._pages)


class _Pages(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.fields['pages']:,} pages", "green")


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        pages, seconds = task.fields["worked"], task.elapsed
        return Text(f"{pages / seconds:.0f} pages/s" if pages and seconds else "", "cyan")


class Interrupts:
    """Ctrl-C raises KeyboardInterrupt where it is awaited; elsewhere it waits, a second one does not.

    A context manager, for the main thread and where Ctrl-C is not handled otherwise; else it does nothing.
    """

    def __init__(self) -> None:
        self._away = self._came = False
        self._ours = False

    def __enter__(self) -> Self:
        self._ours = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._ours:
            signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Work of others meanwhile; a Ctrl-C that came is raised when they are done."""
        self._away = True
        try:
            yield
        finally:
            self._away = False
        if self._came:
            raise KeyboardInterrupt

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._away and not self._came:
            self._came = True
            return
        signal.default_int_handler(number, frame)
