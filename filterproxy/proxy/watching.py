"""Changed rules taken up while the proxy runs."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filterproxy.errors import RulesetError
from filterproxy.proxy.subscribed import Subscribed
from filterproxy.report.events import EventSink, Kind, RulesEvent, TroubleEvent
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.watch import watch_rules

PATIENCE = 10.0  # seconds; workers that have not started by then are waited for page by page


def watching(
    places: tuple[Path, ...], rewriter: Rewriter, sink: EventSink, lists: Subscribed | None = None
) -> asyncio.Task[None]:
    """Give the rewriter every new ruleset of these places, with the lists; cancel the task to end it.

    Broken rules are reported and the last good ones stay. Should the watching itself fail, that is
    reported as well.
    """

    def swap(ruleset: Ruleset) -> None:
        try:
            rewriter.replace(ruleset if lists is None else lists.dressed(ruleset), patience=PATIENCE)
        except Exception as error:  # noqa: BLE001 - whatever it is, the rules in force stay
            sink.emit(TroubleEvent(Kind.INTERNAL, "taking up the rules", repr(error)))
        else:
            sink.emit(rules_event(Kind.RULES_RELOADED, ruleset))

    def take_up(ruleset: Ruleset) -> None:
        swaps.submit(swap, ruleset)  # workers take half a second to start: not in the event loop

    def report(error: RulesetError) -> None:
        sink.emit(RulesEvent(Kind.RULES_BROKEN, problems=tuple(map(str, error.problems))))

    def ended(task: asyncio.Task[None]) -> None:
        swaps.shutdown(wait=False, cancel_futures=True)
        if not task.cancelled() and (error := task.exception()) is not None:
            detail = f"changes are no longer taken up: {error!r}"
            sink.emit(TroubleEvent(Kind.INTERNAL, "watching the rules", detail))

    swaps = ThreadPoolExecutor(1, "filterproxy-rules")
    plain = rewriter.ruleset if lists is None or lists.plain is None else lists.plain
    task = asyncio.create_task(watch_rules(places, take_up, report, digest=plain.digest))
    task.add_done_callback(ended)
    return task


def rules_event(kind: Kind, ruleset: Ruleset) -> RulesEvent:
    """The event of rules that are now in force."""
    sites = {site for file in ruleset.files for site in file.sites if site != "*"}
    return RulesEvent(kind, len(ruleset.files), len(sites), sum(len(file.rules) for file in ruleset.files))
