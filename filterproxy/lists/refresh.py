"""What a running proxy does for its lists now and then, in a thread of its own."""

from dataclasses import dataclass

from filterproxy.lists.cache import CompiledLists, ListCache
from filterproxy.lists.faults import ListError
from filterproxy.lists.update import Outcome, update_due

INTERVAL = 600.0  # seconds between two looks at what is due


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What came of it.

    Attributes:
        outcomes: of each list that was due.
        lists: the lists as they are now, where they are not those in force; else None.
        problem: why they could not be read or compiled; empty: they could.
    """

    outcomes: tuple[Outcome, ...]
    lists: CompiledLists | None = None
    problem: str = ""


def refresh(cache: ListCache, digest: str | None) -> Refreshed:
    """Update what is due, and compile what changed: by that, by `filterproxy lists`, or by a damaged cache.

    Takes as long as the network and a build do. Never raises for what a list, a server or a disk does.

    Args:
        cache: the lists.
        digest: of those in force, `CompiledLists.digest`; None: there are none yet.
    """
    outcomes: tuple[Outcome, ...] = ()
    try:
        outcomes = update_due(cache.store)
        now = cache.digest()
        return Refreshed(outcomes, cache.build() if now != digest else None)
    except (ListError, OSError) as error:
        return Refreshed(outcomes, problem=str(error))
