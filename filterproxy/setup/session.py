"""The proxy and a browser that uses it and nothing else: both begin together and end together."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filterproxy.errors import SettingsError
from filterproxy.proxy.server import ProxyConfig, RunningProxy, serving
from filterproxy.report.events import EventSink
from filterproxy.report.redact import printable
from filterproxy.report.statistics import Totals
from filterproxy.setup.authority import Authority, ensure_authority
from filterproxy.setup.browsers import Browser, Engine
from filterproxy.setup.chromium import chromium_command, chromium_in_use, prepare_chromium
from filterproxy.setup.firefox import firefox_command, firefox_in_use, prepare_firefox
from filterproxy.setup.isolation import Den

PATIENCE = 5.0  # seconds for a browser to close its windows before it is killed
_SOON = 10.0  # seconds within which an end with an error means that it never started
_LAST_LINES = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be opened.

    Attributes:
        browser: in which.
        den: where it keeps what it writes.
        url: the first page; None: the browser's own.
        options: more options of the browser's command line.
    """

    browser: Browser
    den: Den
    url: str | None = None
    options: tuple[str, ...] = ()


async def browse(
    config: ProxyConfig,
    wish: Wish,
    sinks: Sequence[EventSink] = (),
    *,
    ended: asyncio.Event,
    started: Callable[[RunningProxy], None] = lambda _: None,
) -> Totals:
    """Run both until the browser's window is closed or `ended` is set; gives the proxy's totals.

    The CA is made first, under our name, where the configuration directory has none.

    Args:
        config: of the proxy; port 0 for any free one.
        wish: what to open.
        sinks: where the proxy's events go.
        ended: set it to close the browser.
        started: called when the browser runs.

    Raises:
        SettingsError: the proxy or the browser does not start; says why.
    """
    den = wish.den
    in_use = chromium_in_use if wish.browser.engine is Engine.CHROMIUM else firefox_in_use
    if in_use(den):
        raise SettingsError(f"{den.folder}: a browser has this profile open; close it first")
    authority = await asyncio.to_thread(ensure_authority, config.confdir)
    async with serving(config, sinks) as running:
        command = _command(wish, running, authority)
        log = den.folder / "browser.log"
        began = time.monotonic()
        with log.open("wb") as file:
            process = await _start(command, den, file.fileno())
        try:
            started(running)
            await _until_end(process, ended)
            code = process.returncode
        finally:
            await _close(process)
        _refuse_failed(code, time.monotonic() - began, log)
        return running.statistics.totals()


def _command(wish: Wish, running: RunningProxy, authority: Authority) -> list[str]:
    """Prepare the profile; gives the command line."""
    program, den = wish.browser.path, wish.den
    try:
        if wish.browser.engine is Engine.CHROMIUM:
            prepare_chromium(den)
            command = chromium_command(program, den, running.address, authority.file, wish.url)
        else:
            prepare_firefox(den, running.address, authority)
            command = firefox_command(program, den, wish.url)
    except OSError as error:
        raise SettingsError(f"can't write the profile in {den.folder}: {error}") from error
    return [command[0], *wish.options, *command[1:]]


async def _start(command: Sequence[str], den: Den, log: int) -> asyncio.subprocess.Process:
    """Start it in a session of its own: a Ctrl-C is for us, and we close it."""
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=den.environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise SettingsError(f"{command[0]} can't be started: {error.strerror or error}") from error


async def _until_end(process: asyncio.subprocess.Process, ended: asyncio.Event) -> None:
    waits = [asyncio.create_task(process.wait()), asyncio.create_task(ended.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def _close(process: asyncio.subprocess.Process) -> None:
    """Have it close its windows, and end what is left of it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), PATIENCE)
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.returncode is None:
        process.kill()
    await process.wait()


def _refuse_failed(code: int | None, took: float, log: Path) -> None:
    """Raise where the browser ended with an error before anybody could have seen it."""
    if code and took < _SOON:
        lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
        said = "\n".join(printable(line) for line in lines[-_LAST_LINES:])
        raise SettingsError(f"the browser ended at once with {code}" + (f":\n{said}" if said else ""))
