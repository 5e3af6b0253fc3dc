"""Changed rules taken up while the proxy runs."""

import asyncio
from pathlib import Path

from filterproxy.errors import RulesetError
from filterproxy.report.events import EventSink, Kind, RulesEvent, TroubleEvent
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.watch import watch_rules


def watching(places: tuple[Path, ...], rewriter: Rewriter, sink: EventSink) -> asyncio.Task[None]:
    """Give the rewriter every new ruleset of these places; cancel the task to end it.

    Broken rules are reported and the last good ones stay. Should the watching itself fail, that is
    reported as well.
    """

    def take_up(ruleset: Ruleset) -> None:
        rewriter.replace(ruleset)
        sink.emit(rules_event(Kind.RULES_RELOADED, ruleset))

    def report(error: RulesetError) -> None:
        sink.emit(RulesEvent(Kind.RULES_BROKEN, problems=tuple(map(str, error.problems))))

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            detail = f"changes are no longer taken up: {error!r}"
            sink.emit(TroubleEvent(Kind.INTERNAL, "watching the rules", detail))

    task = asyncio.create_task(watch_rules(places, take_up, report, digest=rewriter.ruleset.digest))
    task.add_done_callback(ended)
    return task


def rules_event(kind: Kind, ruleset: Ruleset) -> RulesEvent:
    """The event of rules that are now in force."""
    sites = {site for file in ruleset.files for site in file.sites if site != "*"}
    return RulesEvent(kind, len(ruleset.files), len(sites), sum(len(file.rules) for file in ruleset.files))
