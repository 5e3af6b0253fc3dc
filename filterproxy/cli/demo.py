"""`filterproxy demo`: see it work, with no network and nothing to set up."""

import json
import shlex
import signal
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console

from filterproxy.demo.certificate import SITE_CERTIFICATE
from filterproxy.demo.fetch import FetchError
from filterproxy.demo.outcome import Outcome
from filterproxy.demo.pages import PAGE_NAMES, PAGES
from filterproxy.demo.run import Demonstration, running_demonstration
from filterproxy.demo.server import LOOPBACK
from filterproxy.demo.show import show_page, show_summary
from filterproxy.errors import SettingsError
from filterproxy.proxy.browsers import key_pin

STEP = 0.2  # seconds between looks at whether Ctrl-C came


@click.command()
@click.option(
    "--page",
    "names",
    type=click.Choice(PAGE_NAMES),
    multiple=True,
    help="Show this page in full; may be given again. Without it: the first in full, all in short.",
)
@click.option(
    "--serve", is_flag=True, help="Keep the site and the proxy running, for a browser, until Ctrl-C."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Where the proxy listens. Without it: any free port.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def demo(names: tuple[str, ...], serve: bool, port: int, as_json: bool) -> None:
    """Filter a made-up news site through the real proxy, and check the result.

    The site is served on this machine alone and fetched over HTTPS through the proxy; the network is
    not used, and nothing stays behind. Each page is compared with its original, byte for byte.

    The exit code is 0 when every check holds, 1 when one does not.
    """
    chosen = [page for page in PAGES if page.name in names] or list(PAGES)
    console = Console(soft_wrap=False)
    try:
        with running_demonstration(port) as demonstration:
            outcomes = [demonstration.show(page) for page in chosen]
            if as_json:
                print(json.dumps(_as_json(demonstration, outcomes), ensure_ascii=False, indent=2))
            else:
                _tell(console, demonstration, outcomes, in_full=bool(names))
            if serve:
                _serve(console, demonstration)
    except (SettingsError, FetchError, OSError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell expects of a program that Ctrl-C ended
    sys.exit(0 if all(outcome.holds for outcome in outcomes) else 1)


def _tell(console: Console, demonstration: Demonstration, outcomes: list[Outcome], *, in_full: bool) -> None:
    rules = sum(len(file.rules) for file in demonstration.ruleset.files)
    files = len(demonstration.ruleset.files)
    console.print(
        "A made-up news site on this machine, fetched over HTTPS through the real proxy.\n"
        f"{rules} rules from {files} files. No network is used, and nothing stays behind.\n",
        highlight=False,
    )
    for outcome in outcomes if in_full else outcomes[:1]:
        show_page(console, outcome)
    if len(outcomes) > 1:
        show_summary(console, outcomes)
    if all(outcome.holds for outcome in outcomes):
        console.print("[green]Every check holds.[/]", highlight=False)
    else:
        console.print("[bold red]A check does not hold.[/]", highlight=False)


def _serve(console: Console, demonstration: Demonstration) -> None:
    """Say how to look at it in a browser, and wait for Ctrl-C."""
    host, port = demonstration.proxy.address
    profile = demonstration.folder / "browser"
    filtered = [f"--proxy-server={host}:{port}", _pin(key_pin(demonstration.proxy.authority))]
    plain = [
        f"--host-resolver-rules=MAP * {LOOPBACK}:{demonstration.site.port}",
        _pin(key_pin(demonstration.folder / SITE_CERTIFICATE)),
    ]
    lines = [
        "",
        f"The proxy listens on {host}:{port}. With a browser profile that is thrown away afterwards:",
        "",
        "  filtered:  " + _chromium(f"{profile}-filtered", filtered),
        "  as it is:  " + _chromium(f"{profile}-plain", plain),
        "",
        f"Or set {host}:{port} as the proxy in a browser that trusts {demonstration.proxy.authority}",
        "and open:",
        *(f"  {page.url}" for page in PAGES),
        "",
        "Ctrl-C ends it.",
    ]
    with suppress(KeyboardInterrupt):  # ended either way, from now on, the keys are wiped
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, signal.default_int_handler)
        console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
        while True:
            time.sleep(STEP)


def _chromium(profile: str, flags: list[str]) -> str:
    return shlex.join(["chromium", f"--user-data-dir={profile}", "--no-first-run", *flags, PAGES[0].url])


def _pin(key: str) -> str:
    return f"--ignore-certificate-errors-spki-list={key}"


def _as_json(demonstration: Demonstration, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "holds": all(outcome.holds for outcome in outcomes),
        "rules": sum(len(file.rules) for file in demonstration.ruleset.files),
        "pages": [_page_as_json(outcome) for outcome in outcomes],
    }


def _page_as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.page.name,
        "url": outcome.page.url,
        "charset": outcome.page.charset,
        "bytes": {"before": len(outcome.before.body), "after": len(outcome.after.body)},
        "other_hosts": dict(zip(("before", "after"), outcome.hosts(), strict=True)),
        "removals": [asdict(removal) for removal in outcome.account.removals],
        "vetoes": [asdict(veto) for veto in outcome.account.vetoes],
        "checks": [asdict(check) for check in outcome.checks],
        "holds": outcome.holds,
    }
