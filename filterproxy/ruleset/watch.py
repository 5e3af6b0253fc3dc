"""Rules reloaded when their files change: whole or not at all, the last good ones kept.

What the file system tells (watchfiles) only wakes us; whether something changed is decided by a
signature of all rule files (names, inodes, sizes, times), which is also compared every second. So
renames over a file, deleting and making again, a directory that comes later and a file system
without notices all come to the same.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from pathlib import Path

import watchfiles

from filterproxy.errors import RulesetError
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import signature
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Limits

POLL = 1.0  # seconds between looks where no notice comes
SETTLE = 0.1  # seconds without a change before files are read: editors save in several steps
LONGEST_SETTLE = 2.0  # seconds; files that never rest are read all the same
TRIES = 3  # readings during which a file changed, before one is taken as it is


async def watch_rules(
    paths: Iterable[str | Path],
    on_ruleset: Callable[[Ruleset], object],
    on_error: Callable[[RulesetError], object],
    *,
    digest: str | None = None,
    limits: Limits | None = None,
) -> None:
    """Call back with every new ruleset, or with all problems of one that cannot be used. Never returns.

    Args:
        paths: as for `load_ruleset`; they need not exist yet, though a missing one is a problem.
        on_ruleset: gets the whole new ruleset; called where this coroutine runs.
        on_error: gets every problem of every file; the rules in use stay.
        digest: of the ruleset in use: the first look reports only what differs from it. None: the
            first look reports what it finds.
        limits: of the reader.

    Reading and compiling run in a thread. To end it, cancel the task.
    """
    places = tuple(map(Path, paths))
    seen: tuple[object, ...] | None = None
    failed = False
    async with aclosing(_wakeups(places)) as wakeups:
        async for _ in wakeups:
            if await asyncio.to_thread(signature, places) == seen:
                continue
            seen, loaded = await _load(places, limits)
            if isinstance(loaded, RulesetError):
                failed = True
                on_error(loaded)
            elif failed or loaded.digest != digest:
                failed, digest = False, loaded.digest
                on_ruleset(loaded)


async def _load(
    places: tuple[Path, ...], limits: Limits | None
) -> tuple[tuple[object, ...], Ruleset | RulesetError]:
    """The rules, and the signature of the files they were read from: none changed meanwhile."""
    for _ in range(TRIES):
        before = await _settled(places)
        try:
            loaded: Ruleset | RulesetError = await asyncio.to_thread(load_ruleset, places, limits=limits)
        except RulesetError as error:
            loaded = error
        if await asyncio.to_thread(signature, places) == before:
            break
    return before, loaded


async def _settled(places: tuple[Path, ...]) -> tuple[object, ...]:
    """The signature, once it has stood still."""
    until = time.monotonic() + LONGEST_SETTLE
    last = await asyncio.to_thread(signature, places)
    while time.monotonic() < until:
        await asyncio.sleep(SETTLE)
        now = await asyncio.to_thread(signature, places)
        if now == last:
            break
        last = now
    return last


async def _wakeups(places: tuple[Path, ...]) -> AsyncGenerator[None]:
    """Something when a file may have changed, and every `POLL` seconds at least."""
    while True:
        yield
        roots = _roots(places)
        if not roots:
            await asyncio.sleep(POLL)
            continue
        try:
            async with aclosing(_notices(roots)) as notices:
                async for _ in notices:
                    yield
                    if _roots(places) != roots:
                        break
        except OSError:  # no watches left, or a root went while it was set up: looking every second remains
            await asyncio.sleep(POLL)


def _notices(roots: dict[str, int]) -> AsyncGenerator[set[watchfiles.main.FileChange]]:
    return watchfiles.awatch(
        *roots,
        watch_filter=None,
        debounce=200,
        step=50,
        rust_timeout=int(POLL * 1000),
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )


def _roots(places: tuple[Path, ...]) -> dict[str, int]:
    """The places that are there, with their inodes: one that was made anew needs a new watch."""
    found = {}
    for path in places:
        try:
            found[str(path)] = path.stat().st_ino
        except OSError:
            continue
    return found
