"""Changed lists taken up while the proxy runs."""

import asyncio

from filterproxy.decide.requests import FilterLayer
from filterproxy.proxy.addon import FilterAddon
from filterproxy.proxy.subscribed import Subscribed
from filterproxy.proxy.watching import PATIENCE
from filterproxy.report.events import EventSink, Kind, TroubleEvent
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset


def keeping(lists: Subscribed, addon: FilterAddon, rewriter: Rewriter, sink: EventSink) -> asyncio.Task[None]:
    """Keep a proxy's lists up to date until the task is cancelled. Should that itself fail, it is told."""

    def take_up(ruleset: Ruleset, layer: FilterLayer | None) -> None:
        rewriter.replace(ruleset, patience=PATIENCE)
        addon.requests.lists = layer

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            detail = f"they are no longer kept up to date: {error!r}"
            sink.emit(TroubleEvent(Kind.LISTS_BROKEN, "lists", detail))

    task = asyncio.create_task(lists.keep(take_up, sink))
    task.add_done_callback(ended)
    return task
