"""`filterproxy run`: the proxy itself."""

import asyncio
import contextlib
import ipaddress
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click

from filterproxy.cli.options import RuleChoice, rule_options
from filterproxy.cli.scrubbing import KEEP_COOKIES, SCRUBBED, kept, told_of
from filterproxy.errors import SettingsError
from filterproxy.recordings.scrubbed import Tally
from filterproxy.report.background import BackgroundWriter
from filterproxy.report.events import Event, EventSink, Fanout, HostEvent, Kind, RulesEvent, TroubleEvent
from filterproxy.report.ledger import Ledger
from filterproxy.report.line import line, size
from filterproxy.report.record import as_json
from filterproxy.report.statistics import Totals
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings

EXAMPLES = """\b
Examples:
  filterproxy run
  filterproxy run --listen 127.0.0.1:9090 --rules ./my-rules
  filterproxy run --scope all --without promo
  filterproxy run --record visit.mitm --ledger removed.jsonl"""


class Output:
    """An event sink that prints: a line a page for people, or a JSON object a line.

    It prints on a thread of its own: a terminal that is held (Ctrl-S) or a reader that is slow must not
    hold the traffic. What the terminal's encoding lacks is escaped. That no browser trusts the CA yet is
    said to people once.
    """

    def __init__(self, *, quiet: bool = False, as_json: bool = False) -> None:
        self._quiet = quiet
        self._as_json = as_json
        self._advised = False
        self._writer = BackgroundWriter(_print, _unheard, name="filterproxy-output")

    def emit(self, event: Event) -> None:
        """Print it, where there is something to say."""
        if self._as_json:
            self.say(as_json(event, time=time.time()))
            return
        untrusted = event.kind is Kind.CA_NOT_TRUSTED
        if untrusted and self._advised:
            return
        self._advised |= untrusted
        if untrusted or not self._quiet or isinstance(event, TroubleEvent | RulesEvent):
            text = line(event)
            if text is not None:
                self.say(text)

    def say(self, text: str) -> None:
        """Print a text."""
        self._writer.put(text, len(text))

    def close(self) -> None:
        """Print what waits, for a second at most."""
        self._writer.close()


def _print(text: str) -> None:
    stream = sys.stdout
    data = f"{text}\n".encode(stream.encoding or "utf-8", "backslashreplace")
    while data:
        data = data[os.write(stream.fileno(), data) :]


def _unheard(_: str) -> None:
    """Nobody reads the output any more: there is nobody to tell."""


@click.command(epilog=EXAMPLES)
@click.option("--listen", default="127.0.0.1:8080", metavar="HOST:PORT", show_default=True)
@click.option("--allow-lan", is_flag=True, help="Let --listen be an address that others can reach.")
@click.option(
    "--scope",
    type=click.Choice(["rules", "all"]),
    default="rules",
    show_default=True,
    help="Read only hosts that have rules of their own, or all: rules for every site then apply everywhere.",
)
@click.option("--record", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help=f"Keep the original answers as a mitmproxy flow file. {SCRUBBED}")  # fmt: skip
@click.option("--keep-cookies", is_flag=True, help=KEEP_COOKIES)
@click.option("--ledger", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Keep an account of every removal, a JSON object a page.")  # fmt: skip
@click.option("--confdir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where the certificate authority is kept.")  # fmt: skip
@click.option("--no-lists", is_flag=True, help="Leave the subscribed lists out (filterproxy lists show).")
@click.option("--quiet", is_flag=True, help="Say nothing of pages.")
@click.option("--json", "json_lines", is_flag=True, help="Print events as JSON, one a line.")
@rule_options
def run(
    listen: str,
    allow_lan: bool,
    scope: str,
    record: Path | None,
    keep_cookies: bool,
    ledger: Path | None,
    confdir: Path | None,
    no_lists: bool,
    quiet: bool,
    json_lines: bool,
    choice: RuleChoice,
) -> None:
    """Start the proxy: adverts, recommendation lists and trackers go before the browser sees them.

    Point the browser at it and let it trust the proxy's certificate authority (filterproxy ca install).
    Ctrl-C ends it. Rules and subscribed lists are taken up as they change. For a browser that needs nothing
    set up: filterproxy browser.
    """
    if keep_cookies and record is None:
        raise click.UsageError("--keep-cookies is about a recording: it wants --record FILE")
    host, port = listen_address(listen, allow_lan=allow_lan)
    ruleset = choice.load()
    options = _Options(
        host, port, scope, record, keep_cookies, confdir, choice.places(),
        choice.settings(Settings().workers), not no_lists, choice.categories.told(),
    )  # fmt: skip
    try:
        with contextlib.ExitStack() as stack:
            output = Output(quiet=quiet, as_json=json_lines)
            stack.callback(output.close)
            sinks: list[EventSink] = [output]
            if ledger is not None:
                kept = _ledger(ledger, options.settings, output)
                stack.callback(kept.close)
                sinks.append(kept)
            told = None if json_lines else output
            totals, scrubbed = asyncio.run(_serve(options, ruleset, Fanout(sinks), told))
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends now; a second Ctrl-C is no news
            if not json_lines:
                output.say(_sum(totals))
            if scrubbed is not None:
                output.say(told_of(scrubbed, as_json=json_lines))
    except SettingsError as error:
        print(f"filterproxy: {error}", file=sys.stderr)
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class _Options:
    host: str
    port: int
    scope: str
    record: Path | None
    keep_cookies: bool
    confdir: Path | None
    watch: tuple[Path, ...]
    settings: Settings
    lists: bool
    off: str


async def _serve(
    options: _Options, ruleset: Ruleset, sink: EventSink, output: Output | None
) -> tuple[Totals, Tally | None]:
    """Run until Ctrl-C; the counts, and of a recording that was scrubbed what of it was."""
    # mitmproxy is imported here, so that --help and mistakes in options don't wait for it
    from filterproxy.lists.cache import ListCache  # noqa: PLC0415
    from filterproxy.lists.store import ListStore  # noqa: PLC0415
    from filterproxy.proxy.scope import Reach  # noqa: PLC0415
    from filterproxy.proxy.server import ProxyConfig, RunningProxy, default_confdir, serving  # noqa: PLC0415
    from filterproxy.proxy.watching import rules_event  # noqa: PLC0415

    config = ProxyConfig(
        ruleset,
        host=options.host,
        port=options.port,
        confdir=(options.confdir or default_confdir()).absolute(),
        reach=Reach(options.scope),
        settings=options.settings,
        record=options.record,
        keep_secrets=options.keep_cookies,
        lists=ListCache(ListStore(), off=options.settings.off_categories) if options.lists else None,
        watch=options.watch,
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, ended.set)
    running: RunningProxy
    async with serving(config, [sink]) as running:
        if output is not None:
            output.say(_greeting(running.address, running.authority, options, running.lists))
        host, port = running.address
        sink.emit(HostEvent(Kind.LISTENING, _shown(host, port), str(running.authority)))
        sink.emit(rules_event(Kind.RULES_LOADED, ruleset))
        with contextlib.suppress(asyncio.CancelledError):
            await ended.wait()
        recorder = None if options.keep_cookies else running.recorder
        return running.statistics.totals(), None if recorder is None else recorder.scrubbed


def listen_address(listen: str, *, allow_lan: bool) -> tuple[str, int]:
    """The address that `--listen` names; port 0: any free one.

    Raises:
        BadParameter: it is none, or one that others can reach and `allow_lan` is not said.
    """
    host, _, number = listen.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not number.isdecimal() or int(number) > 65535:  # noqa: PLR2004 - RFC 9293: ports have 16 bits
        raise click.BadParameter(f"{listen!r} is no HOST:PORT", param_hint="--listen")
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise click.BadParameter(f"{host!r} is no address", param_hint="--listen") from error
    if not loopback and not allow_lan:
        raise click.BadParameter(
            f"others could use the proxy at {host}; say --allow-lan if they may", param_hint="--listen"
        )
    return ("127.0.0.1" if host == "localhost" else host), int(number)


def _ledger(path: Path, settings: Settings, trouble: EventSink) -> Ledger:
    try:
        return Ledger(path, settings.limits.ledger, trouble)
    except OSError as error:
        raise SettingsError(f"can't write the ledger {path}: {error}") from error


def _greeting(address: tuple[str, int], authority: Path, options: _Options, lists: tuple[str, ...]) -> str:
    shown = _shown(*address)
    where = f" --confdir {authority.parent}" if options.confdir else ""
    reads = "hosts that have rules; the rest passes unread" if options.scope == "rules" else "every host"
    return "\n".join([
        f"filterproxy listens on http://{shown} and reads {reads}",
        "  browser   filterproxy browser   (one that is set up and trusts the proxy, with nothing to undo)",
        f"  your own  send it through {shown}, and once: filterproxy ca install{where}",
        f"  its CA    {authority}",
        f"  leaves    {options.off}   (categories that are off: --also CATEGORY takes one, too)",
        *([f"  lists     {', '.join(lists)}   (filterproxy lists show)"] if lists else []),
        *([f"  records   {options.record}   ({kept(keep=options.keep_cookies)})"] if options.record else []),
        "  end       Ctrl-C",
    ])  # fmt: skip


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _sum(totals: Totals) -> str:
    pages = totals.kinds.get(Kind.PAGE_REWRITTEN, 0)
    unchanged = totals.kinds.get(Kind.PAGE_UNCHANGED, 0)
    parts = [f"{pages} pages filtered, {unchanged} with nothing to remove"]
    if totals.categories:
        counts = sorted(totals.categories.items(), key=lambda item: -item[1])
        parts.append("removed " + ", ".join(f"{count} {category}" for category, count in counts))
        parts.append(f"{size(totals.removed)} less")
    if totals.blocked:
        parts.append(f"{sum(totals.blocked.values())} requests blocked")
    if totals.vetoes:
        parts.append(f"{sum(totals.vetoes.values())} kept by the article guard")
    if totals.tunnelled_hosts:
        parts.append(f"{totals.tunnelled_hosts} hosts passed unread")
    return " · ".join(parts)
