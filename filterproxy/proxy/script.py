"""What mitmdump's `-s` loads: the addon in the user's own mitmproxy. `filterproxy addon-path` names it."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path

from mitmproxy import ctx, exceptions
from mitmproxy.addonmanager import Loader

from filterproxy.errors import RulesetError
from filterproxy.proxy.addon import FilterAddon
from filterproxy.proxy.recorder import Recorder
from filterproxy.proxy.scope import Reach, Scope
from filterproxy.proxy.server import rules_event
from filterproxy.report.events import Event, EventSink, Fanout, Kind, RulesEvent
from filterproxy.report.ledger import Ledger
from filterproxy.report.line import line
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Category, Ruleset
from filterproxy.ruleset.sources import rule_paths
from filterproxy.ruleset.store import load_ruleset
from filterproxy.ruleset.watch import watch_rules
from filterproxy.settings import Settings

_log = logging.getLogger("filterproxy")


class LogSink:
    """An event sink that logs a line an event, through mitmproxy's own log."""

    def emit(self, event: Event) -> None:
        """Log it, where there is something to say."""
        text = line(event)
        if text is not None:
            _log.info("%s", text)


class ScriptAddon:
    """Reads its options when mitmproxy is set up, then hands the hooks to `FilterAddon`."""

    def __init__(self) -> None:
        self.addons: list[FilterAddon] = []  # mitmproxy calls the hooks of these too
        self._stack = contextlib.ExitStack()
        self._watching: asyncio.Task[None] | None = None

    def load(self, loader: Loader) -> None:
        """Declare the options."""
        loader.add_option("filterproxy_rules", Sequence[str], [], "Rule files and directories; none: the "
                          "bundled ones and the user's.")  # fmt: skip
        loader.add_option(
            "filterproxy_scope", str, "rules", "Which hosts are read.", [r.value for r in Reach]
        )
        loader.add_option("filterproxy_without", Sequence[str], [], "Categories that are off.")
        loader.add_option("filterproxy_also", Sequence[str], [], "Categories that are on all the same.")
        loader.add_option("filterproxy_record", str, "", "A flow file for original answers.")
        loader.add_option("filterproxy_ledger", str, "", "A file for the account of every removal.")

    def running(self) -> None:
        """Begin, with the options as they are now."""
        places = tuple(map(Path, ctx.options.filterproxy_rules)) or rule_paths()
        settings = _settings()
        try:
            ruleset = load_ruleset(places)
        except RulesetError as error:
            _log.error("%s", error)
            raise exceptions.OptionsError(str(error)) from error
        sink: EventSink = LogSink()
        if ctx.options.filterproxy_ledger:
            ledger = Ledger(Path(ctx.options.filterproxy_ledger), settings.limits.ledger, sink)
            self._stack.callback(ledger.close)
            sink = Fanout([sink, ledger])
        recorder = None
        if ctx.options.filterproxy_record:
            recorder = Recorder(Path(ctx.options.filterproxy_record), settings.limits.decoded, sink)
            self._stack.callback(recorder.close)
        rewriter = self._stack.enter_context(Rewriter(ruleset, settings))
        if not ctx.options.stream_large_bodies:  # else a page of any size would be held in memory
            ctx.options.update(stream_large_bodies=str(settings.limits.decoded))
        scope = Scope(Reach(ctx.options.filterproxy_scope), rewriter.has_rules)
        self.addons.append(FilterAddon(rewriter, scope, sink, recorder, settings.limits.deadline))
        self._watching = asyncio.create_task(_watch(places, rewriter, sink, ruleset))
        sink.emit(rules_event(Kind.RULES_LOADED, ruleset))

    def done(self) -> None:
        """End the workers and close the files."""
        if self._watching is not None:
            self._watching.cancel()
        self.addons.clear()
        self._stack.close()


def _settings() -> Settings:
    names = [*ctx.options.filterproxy_without, *ctx.options.filterproxy_also]
    unknown = [name for name in names if name not in set(Category)]
    if unknown:
        raise exceptions.OptionsError(f"no such category: {', '.join(unknown)}")
    off = Settings().off_categories | set(ctx.options.filterproxy_without)
    return Settings(off_categories=off - set(ctx.options.filterproxy_also))


async def _watch(places: tuple[Path, ...], rewriter: Rewriter, sink: EventSink, ruleset: Ruleset) -> None:
    def take_up(changed: Ruleset) -> None:
        rewriter.replace(changed)
        sink.emit(rules_event(Kind.RULES_RELOADED, changed))

    def report(error: RulesetError) -> None:
        sink.emit(RulesEvent(Kind.RULES_BROKEN, problems=tuple(str(error).splitlines())))

    await watch_rules(places, take_up, report, digest=ruleset.digest)


addons = [ScriptAddon()]
