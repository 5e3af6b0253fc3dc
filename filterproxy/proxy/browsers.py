"""A real browser in a throwaway profile, that goes through the proxy and trusts its authority alone."""

import base64
import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from filterproxy.errors import SettingsError
from filterproxy.proxy.visiting import BROWSER_FIELDS

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FIREFOX = ("firefox", "firefox-esr", "librewolf")
_PATIENCE = 5.0  # seconds a browser may take to end
_OFF = (
    "HttpsUpgrades",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationGuideModelDownloading",
    "OptimizationHints",
    "Translate",
)
_CHROMIUM_FLAGS = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",  # what it asks for itself is no part of the page
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",  # it would go past the proxy
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    f"--disable-features={','.join(_OFF)}",
    "--metrics-recording-only",
    "--no-pings",
    "--password-store=basic",  # asks for no key ring
    # pages of this machine are recorded too; what fetches parts of the browser no switch keeps quiet
    "--proxy-bypass-list=<-loopback>;update.googleapis.com",
    "--host-resolver-rules=MAP update.googleapis.com ~NOTFOUND",
)
_FIREFOX_PREFERENCES = """\
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "{host}");
user_pref("network.proxy.http_port", {port});
user_pref("network.proxy.ssl", "{host}");
user_pref("network.proxy.ssl_port", {port});
user_pref("network.proxy.no_proxies_on", "");
user_pref("network.proxy.allow_hijacking_localhost", true);
user_pref("network.http.http3.enable", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.prefetch-next", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.auto", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.search.update", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.healthreport.uploadEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.security.https_first", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
"""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that is installed. `firefox`: it takes Firefox's options, else Chromium's."""

    path: Path
    firefox: bool


def find_browser(given: Path | None = None) -> Browser:
    """The browser of this path, or the first on the search path: Chromium, Chrome, Firefox.

    Raises:
        SettingsError: there is none.
    """
    if given is not None:
        found = shutil.which(given)
        if found is None:
            raise SettingsError(f"{given}: no program that can be run")
        return Browser(Path(found), any(name in given.name.lower() for name in ("firefox", "librewolf")))
    for name in (*CHROMIUM, *FIREFOX):
        if path := shutil.which(name):
            return Browser(Path(path), name in FIREFOX)
    raise SettingsError(
        f"no browser on the path (looked for {', '.join((*CHROMIUM, *FIREFOX))}): say --browser-path FILE"
    )


def without_sandbox() -> bool:
    """Whether Chromium has to run without its sandbox: root can't have it."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def key_pin(certificate: Path) -> str:
    """A certificate's key as Chromium's command line names it: base64 of its SHA-256 (RFC 7469, 2.4)."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return base64.b64encode(digest).decode("ascii")


@dataclass(frozen=True, slots=True)
class Way:
    """Through which proxy, and which authority (PEM) vouches for what it sends."""

    address: tuple[str, int]
    authority: Path


def command(browser: Browser, way: Way, profile: Path, urls: Sequence[str], *, visible: bool) -> list[str]:
    """The command line that opens these pages; a Firefox needs its profile made first."""
    head = [] if visible else ["--headless"]
    if browser.firefox:
        return [str(browser.path), *head, "--no-remote", "--profile", str(profile), *urls]
    host, port = way.address
    shown = f"[{host}]" if ":" in host else host
    agent = dict(BROWSER_FIELDS)["User-Agent"]  # without a window it would say so, and get other pages
    return [
        str(browser.path),
        *(head and [*head, f"--user-agent={agent}", "--accept-lang=zh-CN,zh,en", "--window-size=1366,900"]),
        *(["--no-sandbox"] if without_sandbox() else []),
        *_CHROMIUM_FLAGS,
        f"--user-data-dir={profile}",
        f"--proxy-server=http://{shown}:{port}",
        f"--ignore-certificate-errors-spki-list={key_pin(way.authority)}",
        *urls,
    ]


@contextmanager
def running_browser(
    browser: Browser, way: Way, profile: Path, urls: Sequence[str], *, visible: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """The browser with these pages open while the context is; what is left of it then is ended.

    Args:
        browser: which.
        way: through which proxy.
        profile: a folder that is not there yet, and is thrown away by who gave it.
        urls: the pages.
        visible: with a window.

    Raises:
        SettingsError: it can't be started, or Firefox can't be made to trust the proxy.
    """
    profile.mkdir(mode=0o700)
    if browser.firefox:
        _make_firefox_profile(profile, way)
    words = command(browser, way, profile, urls, visible=visible)
    with (profile / "output.txt").open("wb") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the browser that was asked for
                words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        except OSError as error:
            raise SettingsError(f"{browser.path}: {error.strerror or error}") from error
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the browser and what it started: its processes are a group of their own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _make_firefox_profile(profile: Path, way: Way) -> None:
    """Preferences, and the authority in the profile's own certificate store (NSS)."""
    certutil = shutil.which("certutil")
    if certutil is None:
        raise SettingsError(
            "Firefox trusts the proxy's authority only where certutil has put it in its store; install "
            "libnss3-tools (Debian, Ubuntu), nss-tools (Fedora) or nss (Arch, Homebrew), or use Chromium"
        )
    host, port = way.address
    (profile / "user.js").write_text(_FIREFOX_PREFERENCES.format(host=host, port=port), encoding="utf-8")
    store = f"sql:{profile}"
    name, authority = "filterproxy", str(way.authority)
    for words in (
        ["-N", "-d", store, "--empty-password"],
        ["-A", "-d", store, "-n", name, "-t", "C,,", "-i", authority],
    ):
        done = subprocess.run([certutil, *words], capture_output=True, text=True, check=False)  # noqa: S603 - as found
        if done.returncode:
            raise SettingsError(f"certutil: {done.stderr.strip() or f'ended with {done.returncode}'}")
