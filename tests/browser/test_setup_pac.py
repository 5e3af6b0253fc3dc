"""The PAC file in a real browser: the very hosts that decide finds rules for, and a browser that uses it."""

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, Playwright

from filterproxy.classify.hostname import normalise
from filterproxy.decide.site_index import SiteIndex
from filterproxy.ruleset.sources import RuleSource
from filterproxy.ruleset.store import build_ruleset
from filterproxy.setup.pac import Reached, hosts_to_proxy, pac_file
from tests.browser.chromium import FLAGS, PATIENCE, running_chromium, straight_to_site
from tests.support.lab import OTHER, RULED, page, running_lab
from tests.support.server import message

pytestmark = [pytest.mark.browser, pytest.mark.long]

SITES = (
    *("example", "a.example", "b.a.example", "news.test", "新闻.test", "__proto__", "x.constructor"),
    *("xn--fiqs8s", "tostring", "192.0.2.7", "[2001:db8::1]", "_dmarc.site.test"),
)
LABELS = st.sampled_from(
    [*{part for site in SITES for part in site.split(".")}, "www", "valueof", "hasownproperty"]
)
NAMES = st.lists(LABELS | st.from_regex(r"[a-z0-9_-]{1,8}", fullmatch=True), min_size=1, max_size=5).map(
    ".".join
)
ADDRESSES = st.sampled_from(
    ["192.0.2.7", "7.192.0.2", "10.192.0.2.7", "[2001:db8::1]", "[2001:db8::2]", "[::1]"]
)
HOSTS = (NAMES | st.sampled_from(SITES) | ADDRESSES | st.ip_addresses().map(str)).map(normalise).filter(bool)


def test_one_that_is_listed_is_found_and_no_other(chromium: Path, playwright: Playwright) -> None:
    rules = "rules: [{id: a, category: ad, remove: .a}]"
    quoted = ", ".join(f'"{site}"' for site in SITES)
    ruleset = build_ruleset([RuleSource("a", "a.yaml", f"version: 1\nsite: [{quoted}]\n{rules}\n".encode())])
    index = SiteIndex(ruleset.files)
    script = pac_file(hosts_to_proxy(ruleset), ("127.0.0.1", 8080))
    seen = {True: 0, False: 0}
    with running_chromium(playwright, chromium, straight_to_site(9), None) as browser:
        tab = browser.new_page()
        tab.evaluate(
            "script => { window.find = new Function(script + '; return FindProxyForURL') () }", script
        )

        @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(st.lists(HOSTS, min_size=5, max_size=20))
        def same(hosts: list[str]) -> None:
            ways = answers(tab, hosts)
            for host, way in zip(hosts, ways, strict=True):
                named = bool(index.named(host))
                assert way == ("PROXY 127.0.0.1:8080; DIRECT" if named else "DIRECT"), host
                seen[named] += 1
            forms = [host.upper() if host.startswith("[") else f"{host.upper()}." for host in hosts]
            assert answers(tab, forms) == ways
            assert answers(tab, [host.strip("[]") for host in hosts]) == ways  # Chromium gives no brackets

        same()
    assert min(seen.values()) > 300, seen


def answers(tab: Page, hosts: list[str]) -> list[str]:
    found: list[str] = tab.evaluate("hosts => hosts.map(host => find('https://' + host + '/', host))", hosts)
    return found


def test_a_browser_sends_those_hosts_alone_and_goes_on_without_the_proxy(
    tmp_path: Path, chromium: Path, playwright: Playwright
) -> None:
    with running_lab(tmp_path) as lab, socket.create_server(("127.0.0.1", 0)) as taken:
        lab.origin.serve("/a.html", message(page()))
        nobody = ("127.0.0.1", int(taken.getsockname()[1]))
        taken.close()
        with browsing(playwright, chromium, lab.proxy.address, lab.origin.port) as tab:
            assert shown(tab, OTHER) == page().decode()
            assert lab.events.pages("/a.html") == []
            assert shown(tab, RULED) == page(banner=False).decode()
            assert [event.url for event in lab.events.pages("/a.html")] == [f"http://{RULED}/a.html"]
        with browsing(playwright, chromium, nobody, lab.origin.port) as tab:
            assert shown(tab, RULED) == page().decode()


@contextmanager
def browsing(playwright: Playwright, chromium: Path, proxy: tuple[str, int], port: int) -> Iterator[Page]:
    """A tab of a browser that has the file for this proxy; straight on, every host is at this port."""
    data = base64.b64encode(pac_file(Reached(frozenset({RULED})), proxy).encode()).decode()
    way = f"--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,{data}"
    flags = [*FLAGS, way, f"--host-resolver-rules=MAP *.example:80 127.0.0.1:{port}"]
    browser = playwright.chromium.launch(executable_path=chromium, args=flags, timeout=PATIENCE)
    try:
        yield browser.new_page()
    finally:
        browser.close()


def shown(tab: Page, host: str) -> str:
    answer = tab.goto(f"http://{host}/a.html", timeout=PATIENCE)
    assert answer is not None
    return answer.text()
