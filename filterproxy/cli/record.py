"""`filterproxy record`: pages fetched through the proxy, their original answers kept."""

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import click

from filterproxy.cli.record_plan import Plan, check_file, fields_of
from filterproxy.cli.record_text import Report
from filterproxy.cli.scrubbing import KEEP_COOKIES
from filterproxy.errors import SettingsError

EXAMPLES = """\b
Examples:
  filterproxy record https://news.example/a.html -o news.mitm
  filterproxy record --from pages.txt -o news.mitm --append
  filterproxy record --browser https://news.example/ -o visit.mitm"""


@click.command(epilog=EXAMPLES)
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The recording, a mitmproxy flow file.",
)
@click.option(
    "--from",
    "lists",
    type=click.File("r", encoding="utf-8"),
    multiple=True,
    metavar="FILE",
    help="More URLs, one a line; - is standard input. What begins with # is a comment. Repeatable.",
)
@click.option("--append", is_flag=True, help="Record after what FILE holds.")
@click.option("--force", is_flag=True, help="Write FILE anew where it is there.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME:VALUE",
    help="Send this header field, in the place of a browser's if it has one. What opens an account "
    "(Cookie, Authorization …) goes to the URL's own host alone. Repeatable.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="For a page with all its redirects.",
)
@click.option(
    "--browser",
    is_flag=True,
    help="Open each URL in a browser, in a profile that is thrown away, and record all it loads.",
)
@click.option("--visible", is_flag=True, help="With --browser: open a window, and record until it is closed.")
@click.option(
    "--wait",
    type=click.FloatRange(1, 3600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="With --browser: for a page at most. It is done once nothing is loaded for a second.",
)
@click.option(
    "--browser-path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --browser: which. Else Chromium, Chrome or Firefox, as the path has them.",
)
@click.option(
    "--upstream-ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Verify servers with these certificates (PEM), in the place of the usual ones.",
)
@click.option("--keep-cookies", is_flag=True, help=KEEP_COOKIES)
@click.option("--json", "as_json", is_flag=True, help="One JSON object at the end, instead of lines.")
def record(
    urls: tuple[str, ...],
    file: Path,
    lists: tuple[IO[str], ...],
    append: bool,
    force: bool,
    headers: tuple[str, ...],
    timeout: float,
    browser: bool,
    visible: bool,
    wait: float,
    browser_path: Path | None,
    upstream_ca: Path | None,
    keep_cookies: bool,
    as_json: bool,
) -> None:
    """Fetch pages and keep the servers' answers as they came, to replay and to test rules with.

    Each URL is fetched as a browser would, redirects followed and recorded too (10 at most); servers'
    certificates are verified. The recording grows page by page: Ctrl-C keeps what has come. It can be read by
    its owner alone, and it is scrubbed: the values of cookies, authorization, other secret fields and tokens
    in URLs become `scrubbed`, the bodies of requests are left out; at the end it says what was scrubbed. The
    bodies of answers stay as they came, with all that a page says of a reader who is signed in.

    The exit code is 1 where a page did not come, or came as an error (400 and above); the others are in FILE.
    """
    if not browser and (visible or browser_path is not None):
        raise click.UsageError("--visible and --browser-path want --browser")
    if browser and headers:
        raise click.UsageError("--header is for what is fetched without --browser")
    wanted = [*urls, *_listed(lists)]
    if not wanted:
        raise click.UsageError("no URL to record: give some, or --from FILE")
    plan = Plan(
        file,
        append,
        keep_cookies,
        fields_of(headers),
        timeout,
        wait,
        browser,
        visible,
        browser_path,
        upstream_ca,
    )
    check_file(file, append=append, force=force)
    report = Report(file, plan, as_json=as_json)
    sys.exit(_record(plan, wanted, report))


def _listed(lists: Iterable[IO[str]]) -> Iterator[str]:
    for file in lists:
        yield from (
            url for line in file if (url := line.strip().removeprefix("\ufeff")) and not url.startswith("#")
        )


def _record(plan: Plan, urls: list[str], report: Report) -> int:
    """The exit code."""
    from filterproxy.cli.record_run import recorded  # noqa: PLC0415 - mitmproxy is slow to import

    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    interrupted = False
    try:
        with recorded(plan, report) as visits:
            try:
                for visit in visits(urls):
                    report.tell(visit)
            except KeyboardInterrupt:
                interrupted = True
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends now; a second Ctrl-C is no news
    except SettingsError as error:
        report.end(str(error))
        return 1
    report.end()
    if interrupted:
        return 130  # what a shell expects of a program that Ctrl-C ended
    return 0 if report.all_came else 1
