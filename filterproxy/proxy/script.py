"""What mitmdump's `-s` loads: the addon in the user's own mitmproxy. `filterproxy addon-path` names it."""

import contextlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mitmproxy import ctx, exceptions
from mitmproxy.addonmanager import Loader

from filterproxy.errors import RulesetError, SettingsError
from filterproxy.lists.cache import ListCache
from filterproxy.lists.store import ListStore
from filterproxy.proxy.assembled import assembled
from filterproxy.proxy.keeping import keeping
from filterproxy.proxy.recorder import Recorder
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.subscribed import Subscribed
from filterproxy.proxy.watching import rules_event, watching
from filterproxy.recordings.scrubbed import lines
from filterproxy.report.events import Event, Fanout, Kind, TroubleEvent
from filterproxy.report.ledger import Ledger
from filterproxy.report.line import line
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Category, Ruleset
from filterproxy.ruleset.sources import rule_paths
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from filterproxy.settings_file import Categories, read_settings

if TYPE_CHECKING:
    from filterproxy.proxy.addon import FilterAddon

_log = logging.getLogger("filterproxy")


class LogSink:
    """An event sink that logs a line an event, through mitmproxy's own log."""

    def emit(self, event: Event) -> None:
        """Log it, where there is something to say: pages as information, trouble as a warning."""
        text = line(event)
        if text is not None:
            wrong = isinstance(event, TroubleEvent) or event.kind is Kind.RULES_BROKEN
            _log.log(logging.WARNING if wrong else logging.INFO, "%s", text)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The options, checked."""

    places: tuple[Path, ...]
    ruleset: Ruleset
    settings: Settings
    reach: Reach
    record: Path | None
    keep_secrets: bool
    ledger: Path | None
    lists: bool


class ScriptAddon:
    """Reads its options when mitmproxy is set up, then hands the hooks to `FilterAddon`."""

    def __init__(self) -> None:
        self.addons: list[FilterAddon] = []  # mitmproxy calls the hooks of these too
        self._stack = contextlib.ExitStack()
        self._plan: _Plan | None = None
        self._running = False

    def load(self, loader: Loader) -> None:
        """Declare the options."""
        reaches = [reach.value for reach in Reach]
        loader.add_option("filterproxy_rules", Sequence[str], [], "Rule files and directories, those "
                          "alone; none: the bundled ones and the user's.")  # fmt: skip
        loader.add_option("filterproxy_scope", str, Reach.RULES.value, "Which hosts are read.", reaches)
        loader.add_option("filterproxy_without", Sequence[str], [], "Categories that are off.")
        loader.add_option("filterproxy_also", Sequence[str], [], "Categories that are on all the same.")
        loader.add_option("filterproxy_record", str, "", "A flow file for original answers, scrubbed.")
        loader.add_option("filterproxy_keep_cookies", bool, False, "Record cookies, authorization, tokens in "  # noqa: FBT003 - mitmproxy's own
                          "URLs and bodies of requests as they were sent.")  # fmt: skip
        loader.add_option("filterproxy_ledger", str, "", "A file for the account of every removal.")
        loader.add_option("filterproxy_lists", bool, True, "Use the lists that are subscribed to "  # noqa: FBT003 - as above
                          "(filterproxy lists).")  # fmt: skip

    def configure(self, updated: Iterable[str]) -> None:
        """Check the options; while mitmproxy runs, begin anew with them.

        Raises:
            OptionsError: a category that is none, or every problem of every rule file.
        """
        if not any(name.startswith("filterproxy_") for name in updated):
            return
        self._plan = _checked()
        if self._running:
            self._end()
            try:
                self._begin(self._plan)
            except OSError as error:
                raise exceptions.OptionsError(str(error)) from error

    def running(self) -> None:
        """Begin, with the options as they are now.

        Raises:
            OSError: a recording or a ledger that can't be made.
        """
        self._running = True
        if not ctx.options.stream_large_bodies:  # a page of any size would be held in memory
            ctx.options.update(stream_large_bodies=str(Settings().limits.decoded))
        if self._plan is not None:
            self._begin(self._plan)

    def done(self) -> None:
        """End the workers and close the files."""
        self._running = False
        self._end()

    def _begin(self, plan: _Plan) -> None:
        limits = plan.settings.limits
        sink = Fanout([LogSink()])
        with contextlib.ExitStack() as stack:
            if plan.ledger is not None:
                ledger = Ledger(plan.ledger, limits.ledger, sink)
                stack.callback(ledger.close)
                sink = Fanout([sink, ledger])
            recorder = None
            if plan.record is not None:
                recorder = Recorder(plan.record, limits.decoded, sink, keep_secrets=plan.keep_secrets)
                stack.callback(_close, recorder, plan)
            lists = Subscribed(_lists(plan))
            rewriter = stack.enter_context(Rewriter(lists.dressed(plan.ruleset), plan.settings))
            addon = assembled(rewriter, plan.reach, plan.settings, sink, recorder=recorder, lists=lists.layer)
            for task in (watching(plan.places, rewriter, sink, lists), keeping(lists, addon, rewriter, sink)):
                stack.callback(task.cancel)
            self.addons.append(addon)
            stack.callback(self.addons.clear)
            self._stack = stack.pop_all()
        sink.emit(rules_event(Kind.RULES_LOADED, plan.ruleset))

    def _end(self) -> None:
        self._stack.close()


def _lists(plan: _Plan) -> ListCache | None:
    return ListCache(ListStore(), off=plan.settings.off_categories) if plan.lists else None


def _close(recorder: Recorder, plan: _Plan) -> None:
    """End the recording and say what was scrubbed."""
    recorder.close()
    if not plan.keep_secrets:
        for text in lines(recorder.scrubbed):
            _log.info("%s", text)


def _checked() -> _Plan:
    options = ctx.options
    places = tuple(map(Path, options.filterproxy_rules)) or rule_paths()
    unknown = {*options.filterproxy_without, *options.filterproxy_also} - set(Category)
    if unknown:
        known = ", ".join(Category)
        raise exceptions.OptionsError(f"no such category: {', '.join(sorted(unknown))}; there are {known}")
    try:
        # rules of one's own alone are tried alone: the user's settings are for the user's rules
        usual = Categories() if options.filterproxy_rules else read_settings()
    except SettingsError as error:
        raise exceptions.OptionsError(str(error)) from None
    also, without = (
        {Category(name) for name in names}
        for names in (
            options.filterproxy_also,
            options.filterproxy_without,
        )
    )
    if both := also & without:
        raise exceptions.OptionsError(f"{min(both)} is in filterproxy_also and in filterproxy_without")
    off = usual.switched(dict.fromkeys(also, ""), dict.fromkeys(without, "")).off
    try:
        ruleset = load_ruleset(places)
    except RulesetError as error:
        raise exceptions.OptionsError(str(error)) from None  # mitmproxy prints the whole chain
    return _Plan(
        places,
        ruleset,
        Settings(off_categories=frozenset(map(str, off))),
        Reach(options.filterproxy_scope),
        Path(options.filterproxy_record).expanduser() if options.filterproxy_record else None,
        options.filterproxy_keep_cookies,
        Path(options.filterproxy_ledger).expanduser() if options.filterproxy_ledger else None,
        options.filterproxy_lists,
    )


addons = [ScriptAddon()]
