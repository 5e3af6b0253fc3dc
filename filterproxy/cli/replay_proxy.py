"""Recorded pages through the real proxy, over sockets, held against what the engine makes of them."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING

from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import Recording
from filterproxy.recordings.replayer import Replayed, Replayer, is_page
from filterproxy.recordings.shelf import address_key
from filterproxy.rewrite.result import Page, Removal

if TYPE_CHECKING:
    from filterproxy.proxy.replaying import EndToEnd

_AT_ONCE = 200  # pages a proxy is started for: as many are in memory


@dataclass(frozen=True, slots=True)
class Difference:
    """A page that went through the proxy. `what`: how it differs from the engine's; empty: not at all."""

    place: str
    url: str
    what: str = ""


def through_proxy(
    recording: Recording, replayer: Replayer, wants: Callable[[str], bool]
) -> Iterator[Difference | Problem]:
    """Send a recording's pages through a proxy of their own, and compare bytes and account.

    A URL that is recorded more than once is sent once, with its first page: a proxy that replays answers
    alike each time. Of the recording, what cannot be read is passed on.
    """
    problems: list[Problem] = []
    for entries in batched(_pages(recording, wants, problems), _AT_ONCE):
        yield from problems
        problems.clear()
        yield from _compared(list(entries), replayer)
    yield from problems


def _pages(recording: Recording, wants: Callable[[str], bool], problems: list[Problem]) -> Iterator[Entry]:
    seen: set[int] = set()
    for entry in recording.entries():
        if isinstance(entry, Problem):
            problems.append(entry)
        elif entry.body is not None and is_page(entry) and wants(entry.url):
            key = hash(address_key(entry.url))
            if key not in seen:
                seen.add(key)
                yield entry


def _compared(entries: list[Entry], replayer: Replayer) -> Iterator[Difference]:
    from filterproxy.proxy.replaying import replay_through_proxy  # noqa: PLC0415 - mitmproxy is slow to load
    from filterproxy.recordings import flows  # noqa: PLC0415 - the same

    with tempfile.TemporaryDirectory(prefix="filterproxy-pages-") as folder:
        file = Path(folder) / "pages.mitm"
        flows.write(file, entries)
        urls = [entry.url for entry in entries]
        answers = replay_through_proxy(file, urls, replayer.ruleset, replayer.settings)
        for entry, answer in zip(entries, answers, strict=True):
            yield Difference(entry.place, entry.url, difference(replayer.replay(entry), answer))


def difference(replayed: Replayed, answer: "EndToEnd") -> str:
    """How what came through the proxy differs from what the engine made of the page; empty: not at all."""
    if answer.problem:
        return f"no answer came: {answer.problem}"
    if answer.absent:
        return "the proxy's replay does not have it"
    if answer.status != replayed.entry.status:
        return f"status {answer.status}, {replayed.entry.status} was recorded"
    changed = replayed.page.body != replayed.original
    expected = replayed.page.body if changed else replayed.entry.body or b""
    if answer.body != expected:
        at = next((n for n, (a, b) in enumerate(zip(answer.body, expected, strict=False)) if a != b), None)
        at = min(len(answer.body), len(expected)) if at is None else at
        return f"{len(answer.body)} bytes came, {len(expected)} of the engine; they differ from byte {at} on"
    if answer.page is None:
        return "the proxy gave no account of it"
    return _accounts(answer.page, replayed.page)


def _accounts(proxy: Page, engine: Page) -> str:
    bare = [replace(page, body=b"", seconds=0.0, trace=None) for page in (proxy, engine)]
    if bare[0] == bare[1]:
        return ""
    if proxy.skipped is not engine.skipped:
        return (
            f"the account differs: proxy {proxy.skipped or 'filtered'}, engine {engine.skipped or 'filtered'}"
        )
    for whose, one, other in (("proxy", proxy, engine), ("engine", engine, proxy)):
        for removal in (*one.removals, *one.observed):
            if removal not in {*other.removals, *other.observed}:
                return f"the account differs: only the {whose} has {_named(removal)}"
    names = [name for name in Page.__dataclass_fields__ if getattr(bare[0], name) != getattr(bare[1], name)]
    return f"the account differs: {', '.join(names)}"


def _named(removal: Removal) -> str:
    return f"{removal.rule} at {removal.path}"
