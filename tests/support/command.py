"""The program as a user starts it, in a process of its own."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILTERPROXY = (sys.executable, "-X", "utf8", "-c", "from filterproxy.cli import main; main()")
MITMDUMP = (sys.executable, "-X", "utf8", "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()")


class Running:
    """A process whose output is read as it comes."""

    def __init__(self, command: tuple[str, ...], home: Path) -> None:
        # a home of its own: neither the user's rules, lists nor their CA have a part in it
        own = {"XDG_DATA_HOME": home / ".local/share", "XDG_CACHE_HOME": home / ".cache"}
        environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
        environment |= {name: str(folder) for name, folder in own.items()}
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env=environment,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self._queue.put(text.rstrip("\n"))
        self._queue.put(None)

    def line(self, part: str, seconds: float = 30.0) -> str:
        """The next line that holds this."""
        until = time.monotonic() + seconds
        with suppress(queue.Empty):
            while (text := self._queue.get(timeout=max(0.1, until - time.monotonic()))) is not None:
                self.lines.append(text)
                if part in text:
                    return text
        raise AssertionError(f"no line with {part!r} in {self.lines}")

    def address(self, part: str) -> tuple[str, int]:
        """The address at the end of the first word with a port in the next line that holds this."""
        text = self.line(part)
        word = next(
            w for w in text.replace("http://", "").rstrip(".").split() if w.rpartition(":")[2].isdigit()
        )
        host, _, port = word.rpartition(":")
        return host, int(port)

    def end(self, number: int = signal.SIGINT, seconds: float = 10.0) -> tuple[int, float, str]:
        """Send a signal and wait: exit code, seconds it took, everything it has printed."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        took = time.monotonic() - began
        self._reader.join(5)
        while (text := self._queue.get(timeout=5)) is not None:
            self.lines.append(text)
        return code, took, "\n".join(self.lines)


@contextmanager
def running(command: tuple[str, ...], home: Path) -> Iterator[Running]:
    """Start it; whatever is left of it at the end is killed."""
    started = Running(command, home)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.wait(10)
        if started.process.stdout is not None:
            started._reader.join(5)
            started.process.stdout.close()
