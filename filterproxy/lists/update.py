"""Lists kept up to date: asked for when they want to be, the last good text kept whatever comes."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.lists.download import Fetched, fetch
from filterproxy.lists.faults import ListError
from filterproxy.lists.store import ListStore, State, Subscription
from filterproxy.lists.text import expires, fault

RETRY = dt.timedelta(hours=1)  # after an attempt that came to nothing
_SHRUNK = 0.5  # of the text there was: less is a mistake at the other end
_SMALL = 4096  # bytes; a list so short may shrink to anything


class What(StrEnum):
    """What came of an update."""

    NEW = "new"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # what came is no use: the last good text stays
    FAILED = "failed"  # and there is no text at all


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a list's update; `detail`: what was wrong."""

    name: str
    what: What
    detail: str = ""


def due(store: ListStore, now: dt.datetime | None = None) -> tuple[Subscription, ...]:
    """The lists that want to be asked for: their time is over, and they weren't just tried."""
    now = now or dt.datetime.now(tz=dt.UTC)
    return tuple(found for found in store.subscriptions() if _is_due(store.state(found.name), now))


def _is_due(state: State, now: dt.datetime) -> bool:
    if state.tried is not None and state.problem and state.tried <= now < state.tried + RETRY:
        return False
    # a clock that was set back must not keep a list for years
    return state.checked is None or not state.checked <= now < state.checked + state.expires


def update_due(store: ListStore) -> tuple[Outcome, ...]:
    """Update what is due. Takes as long as the network does: call it in a thread of its own."""
    return tuple(update(store, subscription) for subscription in due(store))


def update(store: ListStore, subscription: Subscription, *, force: bool = False) -> Outcome:
    """Ask for a list, and keep what is good of it.

    Args:
        store: where it is kept.
        subscription: which.
        force: ask for it whole, and take it however much it shrank.
    """
    name, state = subscription.name, store.state(subscription.name)
    state = dataclasses.replace(state, tried=dt.datetime.now(tz=dt.UTC))
    try:
        fetched = fetch(subscription.address, State().marks if force else state.marks)
        if fetched.data is not None:
            _check(store, subscription, fetched.data, force=force)
        return _kept(store, name, state, fetched)
    except (ListError, OSError) as error:
        problem = str(error)
    had = bool(state.sha256)
    try:
        if had:
            store.keep(name, dataclasses.replace(state, problem=problem))
    except OSError as error:
        problem = f"{problem}; and {error}"
    return Outcome(name, What.KEPT if had else What.FAILED, problem)


def _kept(store: ListStore, name: str, state: State, fetched: Fetched) -> Outcome:
    text = store.text_path(name).read_bytes() if fetched.data is None else fetched.data
    had = state.sha256
    state = dataclasses.replace(
        state, marks=fetched.marks, expires=expires(text), checked=state.tried, problem=""
    )
    store.keep(name, state, fetched.data)
    same = fetched.data is None or had == store.state(name).sha256
    return Outcome(name, What.UNCHANGED if same else What.NEW)


def _check(store: ListStore, subscription: Subscription, data: bytes, *, force: bool) -> None:
    """Raises ListError for what is no list, or not the list that it was."""
    if problem := fault(data):
        raise ListError(f"{subscription.address}: {problem}")
    path = store.text_path(subscription.name)
    had = path.stat().st_size if path.exists() else 0
    if not force and had > _SMALL and len(data) < _SHRUNK * had:
        shrank = f"it shrank from {had:,} bytes to {len(data):,}; if that is meant, update it with --force"
        raise ListError(f"{subscription.address}: {shrank}")
