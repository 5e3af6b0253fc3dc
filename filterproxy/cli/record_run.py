"""The proxy behind `filterproxy record`, and what goes through it."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filterproxy.cli.record_plan import Plan
from filterproxy.cli.record_text import Report
from filterproxy.proxy.activity import Activity
from filterproxy.proxy.browsers import Browser, Way, find_browser, without_sandbox
from filterproxy.proxy.browsing import Browsing
from filterproxy.proxy.client import Client
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, RunningProxy, running_proxy
from filterproxy.proxy.visiting import Failures, Visit, Visitor
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings

Visits = Callable[[Sequence[str]], Iterator[Visit]]


@contextmanager
def recorded(plan: Plan, report: Report) -> Iterator[Visits]:
    """A proxy that records all that goes through it, and gives a function that visits pages through it.

    At the end everything is written, and the report knows what.

    Raises:
        SettingsError: no browser, a file or directory that can't be made.
    """
    browser = find_browser(plan.browser_path) if plan.browser else None
    if browser is not None and not browser.firefox and without_sandbox():
        print(f"{browser.path.name} runs without its sandbox, as root can't have one", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="filterproxy-record-", ignore_cleanup_errors=True) as made:
        folder, activity, failures = Path(made), Activity(), Failures()
        config = ProxyConfig(
            load_ruleset([]),  # nothing is filtered; and it is the originals that are kept
            port=0,
            confdir=folder / "proxy",
            reach=Reach.ALL,
            settings=Settings(workers=1),
            record=plan.file,
            keep_secrets=plan.keep_cookies,
            append=plan.append,
            lazy=True,
            activity=activity if plan.browser else None,
            upstream_ca=plan.upstream_ca,
        )
        with running_proxy(config, [failures, report]) as proxy:
            try:
                yield _visits(plan, proxy, browser, folder, activity, failures)
            finally:
                report.proxy = proxy


def _visits(
    plan: Plan,
    proxy: RunningProxy,
    browser: Browser | None,
    folder: Path,
    activity: Activity,
    failures: Failures,
) -> Visits:
    if browser is None:
        visitor = Visitor(Client(proxy.address, proxy.authority), failures, plan.fields, plan.timeout)
        return lambda urls: map(visitor.visit, urls)
    browsing = Browsing(browser, Way(proxy.address, proxy.authority), folder, activity, failures)
    if plan.visible:
        return browsing.until_closed
    return lambda urls: browsing.until_quiet(urls, plan.wait)
