"""Chromium's kind of browsers: told of the proxy on the command line, of its CA there or in its own home."""

import contextlib
import json
import os
import sys
from pathlib import Path

from filterproxy.proxy.browsers import key_pin
from filterproxy.setup.authority import Authority
from filterproxy.setup.isolation import Den, downloads
from filterproxy.setup.nss import NssStore, trust_alone
from filterproxy.setup.steps import StepError
from filterproxy.setup.store import StoreError

_QUIET = (
    *("--no-first-run", "--no-default-browser-check", "--disable-sync", "--disable-breakpad"),
    *("--disable-background-mode", "--disable-background-networking", "--disable-component-update"),
    "--disable-quic",  # it would go past the proxy
    "--password-store=basic",  # no entry in the desktop's keyring
    "--use-mock-keychain",
)


def chromium_command(
    program: Path, den: Den, proxy: tuple[str, int], pin: str | None, url: str | None
) -> list[str]:
    """The command line of a Chromium that uses the proxy.

    Args:
        program: which.
        den: where it keeps what it writes.
        proxy: the proxy's address.
        pin: the CA's key (RFC 7469), where no certificate store holds the CA: chains that hold this key are
            taken for good, all others verified. Chromium's notice that the flag is unusual is left out.
        url: the first page.
    """
    host, port = proxy
    flags = [
        f"--user-data-dir={den.profile}",
        f"--proxy-server=http://{f'[{host}]' if ':' in host else host}:{port}",
        *_QUIET,
    ]
    if pin is not None:
        flags += [f"--ignore-certificate-errors-spki-list={pin}", "--test-type"]
    if without_sandbox():
        flags.append("--no-sandbox")
    return [str(program), *flags, *([url] if url else [])]


def without_sandbox() -> bool:
    """Whether Chromium has to do without its sandbox: it does not start for root otherwise."""
    return sys.platform == "linux" and os.geteuid() == 0


def prepare_chromium(den: Den, authority: Authority) -> str | None:
    """Write the profile, and have the browser trust the CA; gives the pin where that is the way to.

    A browser with a home directory of its own has its NSS database there. Where it has none, or certutil is
    not installed, the key is pinned on the command line. Downloads go where they stay.
    """
    preferences = den.profile / "Default/Preferences"
    if not preferences.exists():
        preferences.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {
            "download": {"default_directory": str(downloads())},
            "browser": {"has_seen_welcome_page": True},
        }
        preferences.write_text(json.dumps(told), encoding="utf-8")
    if den.private:
        with contextlib.suppress(StepError, StoreError):
            trust_alone(NssStore("the browser's own certificates", den.home / ".pki/nssdb"), authority)
            return None
    return key_pin(authority.file)


def chromium_in_use(den: Den) -> bool:
    """Whether a Chromium has the profile open: it would take the address, and not the proxy."""
    lock = den.profile / "SingletonLock"  # a link to host-pid
    try:
        number = os.readlink(lock).rpartition("-")[2]  # noqa: PTH115 - leads to no file
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
