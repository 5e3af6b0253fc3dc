"""A real Chromium that trusts one key and nothing else beyond its own roots, and what it sees of a page."""

import os
import re
import shutil
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.x509 import Certificate, load_der_x509_certificate
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, Response, ViewportSize
from playwright.sync_api import Error as BrowserError

from filterproxy.demo.server import LOOPBACK
from filterproxy.proxy.browsers import key_pin

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",  # CI runs as root, where the sandbox can't start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WINDOW: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 15_000  # milliseconds for anything asked of the browser


def installed() -> Path | None:
    """The Chromium on the path, if there is one."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return None if found is None else Path(found)


def why_missing() -> str:
    """The words for a machine without one."""
    return f"no Chromium on the path (looked for {', '.join(NAMES)})"


def in_ci() -> bool:
    """Whether a skip would be a silent loss."""
    return bool(os.environ.get("CI"))


def through_proxy(address: tuple[str, int]) -> str:
    """The flag that sends everything through a proxy."""
    return f"--proxy-server=http://{address[0]}:{address[1]}"


def straight_to_site(port: int) -> str:
    """The flag that finds every host on the site's port; no host is looked up outside."""
    return f"--host-resolver-rules=MAP * {LOOPBACK}:{port}"


@contextmanager
def running_chromium(
    playwright: Playwright, executable: Path, way: str, trusted: Path | None
) -> Iterator[Browser]:
    """Chromium while the context is open, in a profile of its own.

    Args:
        playwright: drives it.
        executable: which.
        way: how it reaches the site, `through_proxy` or `straight_to_site`.
        trusted: the certificate (PEM) whose key it takes for good where it stands in a chain; every
            other certificate has to hold by itself. None: no exception at all.
    """
    pin = [] if trusted is None else [f"--ignore-certificate-errors-spki-list={key_pin(trusted)}"]
    browser = playwright.chromium.launch(
        executable_path=executable, args=[*FLAGS, way, *pin], timeout=PATIENCE
    )
    try:
        yield browser
    finally:
        browser.close()


@dataclass(frozen=True, slots=True)
class View:
    """A page as a browser has it, still open.

    Attributes:
        tab: the open page.
        response: the answer of the page itself.
        console: errors on the console, and exceptions that scripts left.
        failed: addresses that were asked for and did not come, or came as an error.
        asked: hosts that it and its frames asked for anything, answered or not.
        hits: the site's requests by host while it loaded.
        certificate: what the server of the page showed.
    """

    tab: Page
    response: Response
    console: tuple[str, ...]
    failed: frozenset[str]
    asked: frozenset[str]
    hits: Counter[str]
    certificate: Certificate

    def ask(self, script: str, argument: object = None) -> Any:
        """What a function of the page's own world gives."""
        return self.tab.evaluate(script, argument)

    def text(self) -> str:
        """What a reader can see."""
        return str(self.ask("() => document.body.innerText"))


def look(tab: Page, url: str, hits: Callable[[], Counter[str]]) -> View:
    """Load a page and wait until the network has been quiet for half a second."""
    console: list[str] = []
    failed: set[str] = set()
    asked: set[str] = set()
    before = hits()
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("Network.enable")

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            console.append(message.text)

    def on_failed(request: Request) -> None:
        failed.add(request.url)

    def on_response(response: Response) -> None:
        if response.status >= 400:
            failed.add(response.url)

    tab.on("console", on_console)
    tab.on("pageerror", lambda error: console.append(str(error)))
    tab.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
    tab.on("requestfailed", on_failed)
    tab.on("response", on_response)
    response = tab.goto(url, wait_until="networkidle", timeout=PATIENCE)
    assert response is not None, f"{url}: no answer"
    parts = urlsplit(url)
    shown = devtools.send("Network.getCertificate", {"origin": f"{parts.scheme}://{parts.netloc}"})
    return View(
        tab,
        response,
        tuple(console),
        frozenset(failed),
        frozenset(asked),
        hits() - before,
        load_der_x509_certificate(b64decode(shown["tableNames"][0])),
    )


def refusal(tab: Page, url: str) -> str:
    """The name of the network error that a page does not load for; empty: it loads."""
    try:
        tab.goto(url, timeout=PATIENCE)
    except BrowserError as error:
        if (named := re.search(r"net::(\w+)", error.message)) is None:
            raise
        return named[1]
    return ""


def picture(tab: Page, path: Path) -> None:
    """Keep what a tab shows as a PNG; a tab that is gone or hangs has none to keep."""
    with suppress(BrowserError):
        tab.screenshot(path=path, full_page=True, timeout=PATIENCE)
