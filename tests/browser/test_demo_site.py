"""The sample site in a real browser: through the proxy over HTTPS, beside the same page without it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificate
from playwright.sync_api import Browser, Page, Playwright

from filterproxy.demo.certificate import SITE_CERTIFICATE
from filterproxy.demo.pages import PAGE_NAMES, PAGES, SamplePage, site_hosts
from filterproxy.demo.run import Demonstration, running_demonstration
from tests.browser.chromium import WINDOW, View, look, running_chromium, straight_to_site, through_proxy

pytestmark = [pytest.mark.browser, pytest.mark.long]

ADVERTS_IN_STORIES = ".article-ad, .ad-slot"
JUNK = "#top-banner, #adTop, .float-ad, .side-ad, .app-open, .rec, ins, iframe, noscript"
LOADS = "() => [...document.querySelectorAll('[src], link[href]')].map(e => e.src || e.href)"
TRACKERS = "() => ['_hmt_loaded', 'gtag_loaded', 'cnzz_loaded'].filter(name => window[name])"
CLOCK = re.compile(r"今天是\d\d:\d\d")  # a page's own script writes it: minutes may pass between two looks
STORY = """([story, adverts]) => {
    const own = document.querySelector(story);
    const copy = own.cloneNode(true);
    copy.querySelectorAll(adverts).forEach(advert => advert.remove());
    return {
        text: copy.textContent,
        markup: copy.innerHTML,
        seen: [...own.querySelectorAll('h1, h2, h3, p, figcaption')].map(part => part.innerText),
    };
}"""
PICTURES = """(within) => [...document.querySelectorAll(within + ' img')].map(
    image => [image.getAttribute('src'), image.complete, image.naturalWidth, image.naturalHeight])"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A page of the sample site, with the proxy and without."""

    page: SamplePage
    filtered: View
    plain: View


@dataclass(frozen=True, slots=True)
class Bench:
    """The demonstration with both browsers, and the pairs seen so far; None: a page that did not load."""

    demonstration: Demonstration
    filtered: Browser
    plain: Browser
    pairs: dict[str, Pair | None]

    def hits(self) -> Counter[str]:
        """The site's requests so far, less those that Chromium makes for itself."""
        return Counter({host: self.demonstration.site.hits[host] for host in site_hosts()})


@pytest.fixture(scope="module")
def bench(chromium: Path, playwright: Playwright) -> Iterator[Bench]:
    with ExitStack() as stack:
        shown = stack.enter_context(running_demonstration())
        ways = (
            (through_proxy(shown.proxy.address), shown.proxy.authority),
            (straight_to_site(shown.site.port), shown.folder / SITE_CERTIFICATE),
        )
        browsers = [
            stack.enter_context(running_chromium(playwright, chromium, way, trusted)) for way, trusted in ways
        ]
        yield Bench(shown, browsers[0], browsers[1], {})


@pytest.fixture(params=PAGES, ids=PAGE_NAMES)
def pair(request: pytest.FixtureRequest, bench: Bench, shows: Callable[[Page], None]) -> Pair:
    """Each page, loaded once for all tests; tests leave it as they find it, but for its scroll."""
    page: SamplePage = request.param
    if page.name in bench.pairs:
        found = bench.pairs[page.name]
        if found is None:
            pytest.fail(f"{page.url} did not load for the first test that asked", pytrace=False)
        shows(found.filtered.tab)
        shows(found.plain.tab)
        return found
    bench.pairs[page.name] = None
    views = []
    for browser in (bench.filtered, bench.plain):
        tab = browser.new_page(viewport=WINDOW)
        shows(tab)
        views.append(look(tab, page.url, bench.hits))
    bench.pairs[page.name] = loaded = Pair(page, views[0], views[1])
    return loaded


def test_the_page_is_there_under_the_proxys_own_certificate(pair: Pair, bench: Bench) -> None:
    ours = load_pem_x509_certificate(bench.demonstration.proxy.authority.read_bytes())
    assert (pair.filtered.response.status, pair.filtered.tab.url) == (200, pair.page.url)
    pair.filtered.certificate.verify_directly_issued_by(ours)  # raises where it is not
    assert pair.filtered.certificate.issuer == ours.subject != pair.plain.certificate.issuer


def test_a_reader_finds_no_banner_no_list_no_advert(pair: Pair) -> None:
    filtered, plain = pair.filtered.text(), pair.plain.text()
    assert [words for words in pair.page.gone if words not in plain] == []
    assert [words for words in pair.page.gone if words in filtered] == []
    markup = pair.filtered.tab.content()
    assert [words for words in pair.page.gone if words in markup] == []


def test_nothing_of_them_is_left_in_the_tree(pair: Pair) -> None:
    assert pair.plain.tab.locator(JUNK).count() >= 1
    assert pair.filtered.tab.locator(JUNK).count() == 0
    own = f"https://{pair.page.host}/"
    assert any(not address.startswith(own) for address in pair.plain.ask(LOADS))
    assert [address for address in pair.filtered.ask(LOADS) if not address.startswith(own)] == []
    assert len(pair.plain.tab.frames) >= len(pair.filtered.tab.frames) == 1


def test_what_else_a_reader_found_is_there_in_its_order(pair: Pair) -> None:
    filtered, plain = (CLOCK.sub("", view.text()) for view in (pair.filtered, pair.plain))
    assert [words for words in pair.page.kept if words not in filtered] == []
    rest = iter(plain.splitlines())
    assert [line for line in filtered.splitlines() if line not in rest] == []  # `in` moves on: order counts
    assert pair.filtered.tab.title() == pair.plain.tab.title() != ""


def test_the_article_is_whole_character_for_character(pair: Pair) -> None:
    story = pair.page.article or "h1"  # the home page has no article, but a lead
    asked = [story, ADVERTS_IN_STORIES]
    filtered, plain = pair.filtered.ask(STORY, asked), pair.plain.ask(STORY, asked)
    assert filtered == plain
    assert len(filtered["text"].strip()) > (500 if pair.page.article else 5)
    assert len(filtered["seen"]) >= (8 if pair.page.article else 0)
    assert pair.filtered.tab.locator(story).first.is_visible()


def test_the_charset_and_mode_are_what_they_were(pair: Pair) -> None:
    modes = (
        "() => [document.characterSet, document.contentType, document.compatMode, document.doctype.publicId]"
    )
    filtered = pair.filtered.ask(modes)
    assert filtered == pair.plain.ask(modes)
    assert filtered[0].lower() == pair.page.charset
    assert "\ufffd" not in pair.filtered.text()


def test_no_tracker_and_no_advert_is_asked_for_anything(pair: Pair) -> None:
    others = pair.plain.asked - {pair.page.host}
    assert len(others) >= 2
    assert others <= set(pair.plain.hits)  # so the counter sees them
    assert pair.filtered.asked == {pair.page.host} == set(pair.filtered.hits)
    assert pair.plain.ask(TRACKERS) != []
    assert pair.filtered.ask(TRACKERS) == []


def test_nothing_fails_that_did_not(pair: Pair) -> None:
    assert (pair.plain.console, pair.plain.failed) == ((), frozenset())
    assert (pair.filtered.console, pair.filtered.failed) == ((), frozenset())


def test_every_picture_that_stays_is_loaded(pair: Pair) -> None:
    filtered = pair.filtered.ask(PICTURES, "body")
    assert [image for image in filtered if not (image[1] and image[2] > 1 and image[3] > 1)] == []
    story = pair.page.article or ".lead"
    assert pair.filtered.ask(PICTURES, story) == pair.plain.ask(PICTURES, story) != []


def test_no_hole_is_left_above_or_inside_the_story(pair: Pair) -> None:
    """Gaps between its parts are no wider than without the proxy, and it stands no lower."""
    story = pair.page.article or ".lead"
    boxes = """(story) => [...document.querySelector(story).querySelectorAll('h1, h2, p, figure')].map(
        part => part.getBoundingClientRect()).map(box => [box.top + scrollY, box.bottom + scrollY])"""
    filtered, plain = (view.ask(boxes, story) for view in (pair.filtered, pair.plain))
    assert len(filtered) == len(plain) >= 1
    assert filtered[0][0] <= plain[0][0]
    gaps = [[low[0] - high[1] for high, low in pairwise(found)] for found in (filtered, plain)]
    assert all(less <= more for less, more in zip(*gaps, strict=True))


def test_the_pages_own_script_works(pair: Pair) -> None:
    tab = pair.filtered.tab
    if pair.page.name == "gbk":
        assert CLOCK.search(pair.filtered.text())
    if (button := tab.locator(".to-top")).count():
        assert tab.evaluate("() => document.documentElement.dataset.ready") == "yes"
        tab.evaluate("() => window.scrollTo(0, 300)")
        assert tab.evaluate("() => window.scrollY") == 300
        button.click()
        tab.wait_for_function("() => window.scrollY === 0")
    own = "() => [...document.scripts].filter(script => script.src || script.text.includes('clock')).length"
    assert tab.evaluate(own) == {"traditional": 0, "gbk": 2}.get(pair.page.name, 1)


def test_what_fails_would_be_seen(bench: Bench, shows: Callable[[Page], None]) -> None:
    tab = bench.filtered.new_page()
    shows(tab)
    url = f"https://{PAGES[0].host}/none.html"
    view = look(tab, url, bench.hits)
    assert view.response.status == 404
    assert view.failed == {url}
    assert any("404" in line for line in view.console)
