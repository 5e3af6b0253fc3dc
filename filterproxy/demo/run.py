"""The demonstration: the sample site and the real proxy on loopback, and pages fetched through both."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filterproxy.demo.fetch import FetchError, fetch
from filterproxy.demo.outcome import Outcome, judge
from filterproxy.demo.pages import SamplePage, site_hosts
from filterproxy.demo.server import LOOPBACK, SiteServer, running_site
from filterproxy.errors import SettingsError
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, RunningProxy, running_proxy
from filterproxy.report.events import Event, PageEvent
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset


class Accounts:
    """An event sink that keeps the last account of each page, by address."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}

    def emit(self, event: Event) -> None:
        """Keep it, if it is a page's."""
        if isinstance(event, PageEvent) and event.page is not None:
            self._pages[event.url] = event.page

    def of(self, url: str) -> Page:
        """The account of a page that was fetched.

        Raises:
            FetchError: the proxy has not accounted for it.
        """
        if url not in self._pages:
            raise FetchError(f"{url}: the proxy has not accounted for this page")
        return self._pages[url]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Both servers, running. All of it is gone when it ends: keys, certificates, ports.

    Attributes:
        site: the sample site's server.
        site_authority: certificate (PEM) that vouches for the site; only the proxy trusts it.
        proxy: the proxy; its `authority` vouches for what it sends on.
        ruleset: the bundled rules alone, whatever rules the user has.
        accounts: what the proxy said of each page.
        folder: private and temporary.
    """

    site: SiteServer
    site_authority: Path
    proxy: RunningProxy
    ruleset: Ruleset
    accounts: Accounts
    folder: Path

    def show(self, page: SamplePage) -> Outcome:
        """Fetch a page from the site and through the proxy, and judge the one against the other.

        Raises:
            FetchError: a page that did not come, or that the proxy did not account for.
        """
        site = (LOOPBACK, self.site.port)
        before = fetch(page, site, self.site_authority, through_proxy=False)
        after = fetch(page, self.proxy.address, self.proxy.authority, through_proxy=True)
        return judge(page, before, after, self.accounts.of(page.url))


@contextmanager
def running_demonstration(port: int = 0) -> Iterator[Demonstration]:
    """Run the sample site and a proxy in front of it while the context is open.

    Args:
        port: where the proxy listens; 0: any free port.

    Raises:
        SettingsError: the port is taken.
        OSError: no loopback address, or no room for temporary files.
    """
    ruleset = load_ruleset([bundled_rules_path()])
    accounts = Accounts()
    with tempfile.TemporaryDirectory(prefix="filterproxy-demo-") as made:
        folder = Path(made)
        with running_site(folder) as (site, authority):
            config = ProxyConfig(
                ruleset,
                LOOPBACK,
                port,
                folder / "proxy",
                Reach.ALL,
                upstreams=dict.fromkeys(site_hosts(), (LOOPBACK, site.port)),
                upstream_ca=authority,
            )
            with running_proxy(config, [accounts]) as proxy:
                _await_file(proxy.authority)
                yield Demonstration(site, authority, proxy, ruleset, accounts, folder)


def _await_file(path: Path) -> None:
    """Wait for the proxy's CA: mitmproxy makes it just after it has begun to listen."""
    for _ in range(500):
        if path.is_file() and b"END CERTIFICATE" in path.read_bytes():
            return
        time.sleep(0.01)
    raise SettingsError(f"the proxy has made no certificate authority at {path}")
