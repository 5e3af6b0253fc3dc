"""What `filterproxy lists add`, `remove` and `update` do. Outcomes are plain data: name, what, detail."""

from collections.abc import Iterable

import click

from filterproxy.cli.lists import as_address
from filterproxy.lists.cache import ListCache
from filterproxy.lists.download import check_address, local_path
from filterproxy.lists.faults import ListError
from filterproxy.lists.known import KNOWN, NAME, name_for
from filterproxy.lists.store import ListStore, Subscription
from filterproxy.lists.update import Outcome, What, update
from filterproxy.ruleset.model import Category

type Told = dict[str, str]


def subscribe(address: str, name: str | None, category: str | None) -> Told:
    """Subscribe to a list and fetch it; not where it can't be had."""
    store = ListStore()
    known = KNOWN.get(address)
    wanted = Subscription(
        name or (address if known else name_for(address)),
        known.url if known else as_address(address),
        Category(category) if category else known.category if known else Category.AD,
    )
    if not NAME.fullmatch(wanted.name):
        raise click.UsageError(f'"{wanted.name}" is no name: a-z, 0-9 and "-", at most 40')
    try:
        if local_path(wanted.address) is None:
            check_address(wanted.address)
        had = store.get(wanted.name)
        if had == wanted:
            return _told(wanted.name, "subscribed already")
        store.add(wanted)
        outcome = update(store, wanted)
        if outcome.what is What.FAILED:
            store.remove(wanted.name)
    except (ListError, OSError) as error:
        return _told(wanted.name, "failed", str(error))
    return _of(outcome)


def unsubscribe(name: str) -> Told:
    """Unsubscribe from a list."""
    try:
        ListStore().remove(name)
    except (ListError, OSError) as error:
        return _told(name, "failed", str(error).removeprefix(f"{name}: "))
    return _told(name, "removed")


def renew(names: Iterable[str], *, force: bool) -> list[Told]:
    """Update lists; none named: all."""
    store = ListStore()
    try:
        subscriptions = {item.name: item for item in store.subscriptions()}
    except ListError as error:
        return [_told("lists", "failed", str(error))]
    told = []
    for name in names or subscriptions:
        item = subscriptions.get(name)
        told.append(
            _told(name, "unknown", "no list of this name; `filterproxy lists show` has them")
            if item is None
            else _of(update(store, item, force=force))
        )
    return told


def compiled() -> str:
    """Compile what there is; what went wrong, or nothing."""
    try:
        ListCache(ListStore()).build()
    except ListError as error:
        return str(error)
    return ""


def _of(outcome: Outcome) -> Told:
    return _told(outcome.name, outcome.what, outcome.detail)


def _told(name: str, what: str, detail: str = "") -> Told:
    return {"name": name, "what": str(what), "detail": detail}
