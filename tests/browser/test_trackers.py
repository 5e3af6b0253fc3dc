"""A page with fifteen trackers of five kinds in a real browser: none is asked for, and the page works."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright
from playwright.sync_api import Error as BrowserError

from filterproxy.demo.certificate import SITE_CERTIFICATE
from filterproxy.proxy.open_anyway import PATH
from filterproxy.proxy.server import ProxyConfig, RunningProxy, running_proxy
from filterproxy.report.events import Kind, RequestEvent
from filterproxy.ruleset.store import load_ruleset
from tests.browser.chromium import PATIENCE, running_chromium, straight_to_site, through_proxy
from tests.support.lab import Events
from tests.support.server import LOOPBACK, Answer, Origin, Request, message, running_origin, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.long]

NEWS, ELSEWHERE = "news.example", "elsewhere.example"
TRACKERS = tuple(f"{kind}.tracker.example" for kind in ("script", "pixel", "beacon", "frame", "fetch"))
HOSTS = (NEWS, ELSEWHERE, *TRACKERS)
EACH = 3  # of a kind
DELAY = 0.3  # seconds that each tracker takes
URL = f"https://{NEWS}/a.html"
KINDS = {
    "script": "script",
    "pixel": "image",
    "beacon": "ping",
    "frame": "subdocument",
    "fetch": "xmlhttprequest",
}

RULES = f"""\
version: 1
site: {NEWS}
rules:
  - id: trackers
    category: tracking
    block: ["||tracker.example^", "||{NEWS}/blocked^$document"]
"""
WHOLE_HOSTS = """\
version: 1
site: "*"
rules:
  - id: whole
    category: tracking
    block: "||tracker.example^"
"""
PAGES = f"""\
version: 1
site: {NEWS}
rules:
  - id: advert
    category: ad
    remove: .advert
"""

PIXELS = "\n".join(
    f'<img alt="" src="https://pixel.tracker.example/t/{n}.gif" onload="done(\'pixel\')">'
    for n in range(EACH)
)
FRAMES = "\n".join(
    f'<iframe src="https://frame.tracker.example/t/{n}.html" onload="done(\'frame\')"></iframe>'
    for n in range(EACH)
)
PAGE = f"""\
<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>新闻</title><link rel="icon" href="data:,">
<script>
window.called = {{}};
function done(kind) {{ called[kind] = (called[kind] || 0) + 1; }}
window._queue = window._queue || [];
_queue.push(["page", 1]);
(function load(number) {{  // one after the other, as a tag manager does
  if (number === {EACH}) return;
  const script = document.createElement("script");
  script.src = `https://script.tracker.example/t/${{number}}.js`;
  script.onload = () => {{ done("script"); load(number + 1); }};
  document.head.append(script);
}})(0);
</script>
</head><body><h1>正文</h1><p id="story">第一段。</p><ul id="list"></ul>
{PIXELS}
{FRAMES}
<script src="/own.js"></script>
</body></html>
"""
OWN = """\
const asked = {method: "POST", credentials: "include", headers: {"X-Own": "1"}, body: "{}"};
for (let n = 0; n < 3; n++) {
  if (navigator.sendBeacon(`https://beacon.tracker.example/t/${n}`, "left")) done("beacon");
  fetch(`https://fetch.tracker.example/t/${n}`, n ? {} : asked)
    .then(answer => answer.text()).then(() => done("fetch"));
}
fetch("/list.json").then(answer => answer.json()).then(titles => {
  for (const title of titles) {
    const item = document.createElement("li");
    item.textContent = title;
    document.getElementById("list").append(item);
  }
  document.documentElement.dataset.ready = "yes";
});
"""
TITLES = ["今天的第一条", "今天的第二条"]
ALL_CALLED = f"() => ['script', 'pixel', 'beacon', 'frame', 'fetch'].every(kind => called[kind] === {EACH})"
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


def tracker(request: Request) -> Answer:
    """What takes its time, and would be seen to work."""
    kind = {"js": "text/javascript", "gif": "image/gif", "html": "text/html"}.get(
        request.path.rpartition(".")[2], "text/plain"
    )
    body = (
        PIXEL if kind == "image/gif" else b"window.tracked = 1;" if kind == "text/javascript" else b"tracked"
    )
    allowed = [
        ("Access-Control-Allow-Origin", f"https://{NEWS}"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Headers", "x-own"),
    ]
    return [DELAY, message(body, *allowed, content_type=kind)]


PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


@dataclass(frozen=True, slots=True)
class Bench:
    """The site, a proxy, and a browser each with it and without."""

    origin: Origin
    proxy: RunningProxy
    events: Events
    rules: Path
    filtered: Browser
    plain: Browser

    def tracked(self) -> list[Request]:
        """What trackers were asked so far."""
        return [request for request in self.origin.requests if request.headers["host"] in TRACKERS]

    def ruled(self, text: str) -> None:
        """Other rules from now on."""
        (self.rules / "trackers.yaml").write_text(text, "utf-8")
        self.proxy.rewriter.replace(load_ruleset([self.rules]), patience=30)


@pytest.fixture(scope="module")
def bench(
    chromium: Path, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("trackers")
    (folder / "rules").mkdir()
    (folder / "rules" / "pages.yaml").write_text(PAGES, "utf-8")
    (folder / "rules" / "trackers.yaml").write_text(RULES, "utf-8")
    events = Events()
    with running_origin(HOSTS, folder) as origin:
        served(origin)
        config = ProxyConfig(
            load_ruleset([folder / "rules"]),
            port=0,
            confdir=folder / "proxy",
            upstreams=dict.fromkeys(HOSTS, (LOOPBACK, origin.port)),
            upstream_ca=origin.authority,
        )
        with (
            running_proxy(config, [events]) as proxy,
            running_chromium(playwright, chromium, through_proxy(proxy.address), proxy.authority) as filtered,
            running_chromium(
                playwright, chromium, straight_to_site(origin.port), folder / SITE_CERTIFICATE
            ) as plain,
        ):
            yield Bench(origin, proxy, events, folder / "rules", filtered, plain)


def served(origin: Origin) -> None:
    origin.serve("/a.html", message(PAGE))
    origin.serve("/own.js", message(OWN, content_type="text/javascript; charset=utf-8"))
    origin.serve("/list.json", message(json.dumps(TITLES), content_type="application/json"))
    origin.serve("/blocked", message('<title>读</title><link rel="icon" href="data:,"><p>还是要看</p>'))
    origin.serve("/sw.js", message("", content_type="text/javascript"))
    for number in range(EACH):
        for ending in (".js", ".gif", ".html", ""):
            origin.serve(f"/t/{number}{ending}", tracker)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a page: console errors, callbacks, its own list, milliseconds until it was loaded."""

    console: Sequence[str]
    called: dict[str, int]
    titles: list[str]
    loaded: float


def visit(browser: Browser, shows: Callable[[Page], None], until: str = ALL_CALLED) -> Seen:
    """Load the page in a profile of its own."""
    console: list[str] = []
    tab = browser.new_context().new_page()
    shows(tab)
    tab.on("console", lambda said: console.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: console.append(str(error)))
    tab.goto(URL, wait_until="load", timeout=PATIENCE)
    tab.wait_for_function("() => document.documentElement.dataset.ready === 'yes'", timeout=PATIENCE)
    tab.wait_for_function(until, timeout=PATIENCE)
    tab.wait_for_load_state("networkidle", timeout=PATIENCE)
    titles = tab.locator("#list li").all_inner_texts()
    seen = Seen(tuple(console), tab.evaluate("() => called"), titles, tab.evaluate(LOADED))
    tab.context.close()
    return seen


def test_none_leaves_and_the_page_works_as_it_did(bench: Bench, shows: Callable[[Page], None]) -> None:
    bench.ruled(RULES)
    plain = visit(bench.plain, shows)
    asked = [request.headers["host"] for request in bench.tracked() if request.method != "OPTIONS"]
    assert {host: asked.count(host) for host in TRACKERS} == dict.fromkeys(TRACKERS, EACH)
    before = len(bench.tracked())
    filtered = visit(bench.filtered, shows)
    assert bench.tracked()[before:] == []
    assert (plain.console, filtered.console) == ((), ())
    assert plain.called == filtered.called == dict.fromkeys(KINDS, EACH)
    assert plain.titles == filtered.titles == TITLES
    blocked = [event for event in bench.events.all if isinstance(event, RequestEvent)]
    assert {event.kind for event in blocked} == {Kind.REQUEST_BLOCKED}
    found = {(host.partition(".")[0], event.what) for event in blocked for host in [event.url.split("/")[2]]}
    assert found == set(KINDS.items())


def test_the_page_loads_faster_without_them(
    bench: Bench, shows: Callable[[Page], None], record_testsuite_property: Callable[[str, object], None]
) -> None:
    """What trackers take dominates: three scripts in turn are 900 ms, whatever the machine is busy with."""
    bench.ruled(RULES)
    visit(bench.filtered, shows)  # certificates are made once, for the first visit
    times = [[visit(browser, shows).loaded for browser in (bench.plain, bench.filtered)] for _ in range(3)]
    plain, filtered = (min(column) for column in zip(*times, strict=True))
    record_testsuite_property("milliseconds until loaded, without and with", (round(plain), round(filtered)))
    assert plain >= EACH * DELAY * 1000
    assert filtered < plain


def test_hosts_that_are_refused_as_a_whole_leave_the_page_working(
    bench: Bench, shows: Callable[[Page], None]
) -> None:
    """Nothing is decrypted for them, so that nothing can stand in: the page is told that they failed."""
    bench.ruled(WHOLE_HOSTS)
    before = len(bench.tracked())
    filtered = visit(bench.filtered, shows, until="() => called.beacon === 3")
    assert bench.tracked()[before:] == []
    assert filtered.titles == TITLES
    assert {said for said in filtered.console if "ERR_TUNNEL_CONNECTION_FAILED" not in said} <= {
        "Failed to fetch"
    }


def test_a_blocked_page_opens_by_its_own_button_alone(bench: Bench, shows: Callable[[Page], None]) -> None:
    bench.ruled(RULES)
    url = f"https://{NEWS}/blocked"
    tab = bench.filtered.new_context().new_page()
    shows(tab)

    def is_blocked() -> bool:
        answer = tab.goto(url, timeout=PATIENCE)
        assert answer is not None
        return answer.status == 403 and tab.title().startswith("Blocked")

    assert is_blocked()
    token = tab.locator("input[name=token]").get_attribute("value")
    assert token
    button = f"https://{NEWS}{PATH}"
    bench.origin.serve("/evil", message(f"""\
        <title>elsewhere</title><link rel="icon" href="data:,"><a href="{button}?token={token}">链接</a>
        <form method="post" action="{button}"><input name="token" value="{token}"><button>投票</button></form>
        <iframe src="{url}"></iframe>"""))  # fmt: skip
    for press in ("a", "button"):  # even with a token that nobody there could have
        tab.goto(f"http://{ELSEWHERE}/evil", timeout=PATIENCE)
        with tab.expect_navigation(timeout=PATIENCE) as led:
            tab.locator(press).click()
        assert led.value.status == 403
        assert is_blocked()
    tab.goto(f"http://{ELSEWHERE}/evil", timeout=PATIENCE)
    tab.evaluate(
        "([url, token]) => fetch(url, {method: 'POST', mode: 'no-cors', body: `token=${token}`})",
        [button, token],
    )
    with pytest.raises(BrowserError, match="Failed to fetch"):
        tab.evaluate("url => fetch(url).then(answer => answer.text())", url)
    asked = {request.headers.get("sec-fetch-dest") for request in bench.origin.asked("/blocked")}
    assert asked <= {"empty", "iframe"}
    assert is_blocked()
    with tab.expect_navigation(url=url, timeout=PATIENCE) as opened:
        tab.locator("button").click()
    assert opened.value.status == 200
    assert tab.locator("p").inner_text() == "还是要看"
    assert not is_blocked()
    assert any(event.kind is Kind.REQUEST_OPENED for event in bench.events.all)


def test_a_service_worker_is_told_of(bench: Bench, shows: Callable[[Page], None]) -> None:
    bench.ruled(RULES)
    tab = bench.filtered.new_context().new_page()
    shows(tab)
    tab.goto(URL, timeout=PATIENCE)
    tab.evaluate("() => navigator.serviceWorker.register('/sw.js').then(() => true)")
    wait_until(lambda: NEWS in bench.events.hosts(Kind.SERVICE_WORKER))
