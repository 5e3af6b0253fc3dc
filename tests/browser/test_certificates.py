"""Whose certificate a browser sees: the proxy's where rules apply, else the server's own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.x509 import Certificate, load_pem_x509_certificate
from playwright.sync_api import Page, Playwright

from filterproxy.demo.certificate import SITE_CERTIFICATE
from filterproxy.demo.pages import PAGES, site_hosts
from filterproxy.demo.server import LOOPBACK, SiteServer, running_site
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, RunningProxy, running_proxy
from filterproxy.report.events import Kind
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from tests.browser.chromium import View, look, refusal, running_chromium, through_proxy
from tests.support.server import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.long]

RULED = next(page for page in PAGES if page.name == "about-ads")
UNRULED = next(page for page in PAGES if page.name == "traditional")
REFUSED = "ERR_CERT_AUTHORITY_INVALID"


@dataclass(frozen=True, slots=True)
class Bench:
    """The sample site behind a proxy that reads only hosts with rules."""

    site: SiteServer
    site_certificate: Path
    proxy: RunningProxy


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    with running_site(folder) as (site, authority):
        config = ProxyConfig(
            load_ruleset([bundled_rules_path()]),
            port=0,
            confdir=folder / "proxy",
            reach=Reach.RULES,
            upstreams=dict.fromkeys(site_hosts(), (LOOPBACK, site.port)),
            upstream_ca=authority,
        )
        with running_proxy(config) as proxy:
            yield Bench(site, folder / SITE_CERTIFICATE, proxy)


def read(file: Path) -> Certificate:
    return load_pem_x509_certificate(file.read_bytes())


def test_a_browser_that_trusts_the_proxys_key_reads_ruled_hosts_only(
    bench: Bench, chromium: Path, playwright: Playwright, shows: Callable[[Page], None]
) -> None:
    way = through_proxy(bench.proxy.address)
    with running_chromium(playwright, chromium, way, bench.proxy.authority) as browser:
        shows(tab := browser.new_page())
        view = look(tab, RULED.url, bench.site.hits.copy)
        view.certificate.verify_directly_issued_by(read(bench.proxy.authority))
        assert has_junk(view, RULED.gone) == []
        assert refusal(tab, UNRULED.url) == REFUSED


def test_a_host_without_rules_shows_its_own_certificate_and_page(
    bench: Bench, chromium: Path, playwright: Playwright, shows: Callable[[Page], None]
) -> None:
    way = through_proxy(bench.proxy.address)
    with running_chromium(playwright, chromium, way, bench.site_certificate) as browser:
        shows(tab := browser.new_page())
        view = look(tab, UNRULED.url, bench.site.hits.copy)
        assert view.certificate == read(bench.site_certificate)
        assert has_junk(view, UNRULED.gone) == list(UNRULED.gone)
        assert refusal(tab, RULED.url) == REFUSED


def test_a_browser_that_trusts_nobody_here_gets_nothing(
    bench: Bench, chromium: Path, playwright: Playwright, shows: Callable[[Page], None]
) -> None:
    before, refused = bench.site.hits.copy(), refusals(bench)
    with running_chromium(playwright, chromium, through_proxy(bench.proxy.address), None) as browser:
        shows(tab := browser.new_page())
        assert refusal(tab, RULED.url) == REFUSED
        assert refusal(tab, UNRULED.url) == REFUSED
    assert bench.site.hits == before
    wait_until(lambda: refusals(bench) > refused)  # Chromium says why it goes; one that drops says nothing


def refusals(bench: Bench) -> int:
    """How often a client said that it does not take the proxy's certificate."""
    kinds = bench.proxy.statistics.totals().kinds
    return sum(kinds.get(kind, 0) for kind in (Kind.CA_NOT_TRUSTED, Kind.CERTIFICATE_REFUSED))


def has_junk(view: View, words: tuple[str, ...]) -> list[str]:
    text = view.text()
    return [word for word in words if word in text]
