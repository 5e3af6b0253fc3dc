"""Changed lists taken up while the proxy runs."""

import asyncio

from filterproxy.decide.requests import FilterLayer
from filterproxy.proxy.addon import FilterAddon
from filterproxy.proxy.subscribed import Subscribed
from filterproxy.proxy.watching import PATIENCE
from filterproxy.report.events import EventSink
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset


def keeping(lists: Subscribed, addon: FilterAddon, rewriter: Rewriter, sink: EventSink) -> asyncio.Task[None]:
    """Keep a proxy's lists up to date until the task is cancelled."""

    def take_up(ruleset: Ruleset, layer: FilterLayer | None) -> None:
        rewriter.replace(ruleset, patience=PATIENCE)
        addon.requests.lists = layer

    return asyncio.create_task(lists.keep(take_up, sink))
