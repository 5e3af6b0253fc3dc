"""`filterproxy browser`: a browser that is filtered, with nothing to set up and nothing left behind."""

import asyncio
import contextlib
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from filterproxy.cli.options import RuleChoice, as_page_url, rule_options
from filterproxy.cli.run import Output
from filterproxy.errors import SettingsError
from filterproxy.report.events import Event, Kind
from filterproxy.report.line import size
from filterproxy.report.statistics import Totals
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings
from filterproxy.setup.authority import default_folder
from filterproxy.setup.browsers import Browser, Engine, browser_at, installed_browsers
from filterproxy.setup.chromium import without_sandbox
from filterproxy.setup.isolation import Den, den

EXAMPLES = """\b
Examples:
  filterproxy browser
  filterproxy browser news.163.com
  filterproxy browser --firefox --rules ./my-rules https://news.example/
  filterproxy browser --profile ~/filtered --scope all"""


@click.command(epilog=EXAMPLES)
@click.argument("url", metavar="[URL]", required=False, callback=as_page_url)
@click.option(
    "--chromium", "engine", flag_value="chromium", help="Chromium, Chrome, Edge or Brave (the default)."
)
@click.option("--firefox", "engine", flag_value="firefox", help="Firefox; needs certutil (libnss3-tools).")
@click.option("--browser-path", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
              help="This program, and not the first that is found.")  # fmt: skip
@click.option("--browser-option", "options", multiple=True, metavar="OPTION",
              help="An option for the browser itself, such as --headless. Repeatable.")  # fmt: skip
@click.option("--profile", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Keep the profile here for another time. Without it: thrown away at the end.")  # fmt: skip
@click.option("--scope", type=click.Choice(["rules", "all"]), default="rules", show_default=True,
              help="Read only hosts that have rules of their own, or all.")  # fmt: skip
@click.option("--confdir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where the certificate authority is kept. Without it, and without --profile: "
              "one is made for this time alone.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Say nothing of pages.")
@rule_options
def browser(
    url: str | None,
    engine: str | None,
    browser_path: Path | None,
    options: tuple[str, ...],
    profile: Path | None,
    scope: str,
    confdir: Path | None,
    quiet: bool,
    choice: RuleChoice,
) -> None:
    """Open a browser whose pages are filtered. Nothing has to be set up, and nothing is left behind.

    A proxy is started for it on a free port, and the browser, in a profile of its own, uses that proxy and
    trusts its certificate authority. Your other browsers, your profiles and the system's certificates are
    not touched. Closing the window ends both; so does Ctrl-C.
    """
    program = _program(engine, browser_path)
    ruleset = choice.load()
    output = Output(quiet=quiet)
    try:
        with contextlib.ExitStack() as stack:
            stack.callback(output.close)
            place = stack.enter_context(den(program, profile))
            kept = confdir or (place.folder / "authority" if profile is None else default_folder())
            opening = _browse(program, url, options, place, _Proxy(ruleset, scope, kept, choice), output)
            totals = asyncio.run(opening)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends now; a second Ctrl-C is no news
            output.say(_sum(totals))
    except SettingsError as error:
        print(f"filterproxy: {error}", file=sys.stderr)
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class _Proxy:
    ruleset: Ruleset
    scope: str
    confdir: Path
    choice: RuleChoice


async def _browse(
    program: Browser, url: str | None, options: tuple[str, ...], place: Den, proxy: _Proxy, output: Output
) -> Totals:
    # mitmproxy is imported here, so that --help and mistakes in options don't wait for it
    from filterproxy.lists.cache import ListCache  # noqa: PLC0415
    from filterproxy.lists.store import ListStore  # noqa: PLC0415
    from filterproxy.proxy.scope import Reach  # noqa: PLC0415
    from filterproxy.proxy.server import ProxyConfig, RunningProxy  # noqa: PLC0415
    from filterproxy.setup.session import Wish, browse  # noqa: PLC0415

    settings = proxy.choice.settings(Settings().workers)
    config = ProxyConfig(
        proxy.ruleset,
        port=0,
        confdir=proxy.confdir.absolute(),
        reach=Reach(proxy.scope),
        settings=settings,
        lists=ListCache(ListStore(), off=settings.off_categories),
        watch=proxy.choice.places(),
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, ended.set)

    def started(running: RunningProxy) -> None:
        reads = "every host" if proxy.scope == "all" else "hosts that have rules"
        host, port = running.address
        output.say(f"{program.path.name} is open; the proxy at {host}:{port} reads {reads}")
        if program.engine is Engine.CHROMIUM and without_sandbox():
            output.say(
                "  note      as root, Chromium runs without its sandbox; start this as an ordinary user"
            )
        output.say(f"  leaves    {proxy.choice.categories.told()}   (categories that are off)")
        output.say("  end       close its window, or Ctrl-C")

    sinks = [_WithoutFalseAlarm(output)]
    return await browse(config, Wish(program, place, url, options), sinks, ended=ended, started=started)


class _WithoutFalseAlarm:
    """Passes events on, but for the advice to trust the CA: this browser does, by key.

    What it asks for itself, beside the pages, may go by other rules. It is summed up at the end.
    """

    def __init__(self, output: Output) -> None:
        self._output = output

    def emit(self, event: Event) -> None:
        if event.kind is not Kind.CA_NOT_TRUSTED:
            self._output.emit(event)


def _program(engine: str | None, path: Path | None) -> Browser:
    """The browser to open; ends the program with 1 where none of the kind is found."""
    if path is not None:
        found = browser_at(path)
        return found if engine is None else Browser(Engine(engine), path)
    browsers = [one for one in installed_browsers() if engine is None or one.engine == engine]
    if not browsers:
        kind = "browser" if engine is None else f"browser of {engine.title()}'s kind"
        hint = "install Chromium or Firefox, or say --browser-path FILE"
        print(f"filterproxy: no {kind} found on the path; {hint}", file=sys.stderr)
        sys.exit(1)
    return browsers[0]


def _sum(totals: Totals) -> str:
    pages = totals.kinds.get(Kind.PAGE_REWRITTEN, 0)
    count = sum(totals.categories.values())
    told = f"closed · {pages} pages filtered, {count} elements removed, {size(totals.removed)} less"
    dropped = totals.kinds.get(Kind.CA_NOT_TRUSTED, 0) + totals.kinds.get(Kind.HANDSHAKE_DROPPED, 0)
    broken_off = f" · {dropped} connections broken off as they began" if dropped else ""
    return f"{told} · {totals.tunnelled_hosts} hosts passed unread{broken_off}"
