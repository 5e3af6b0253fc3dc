"""Chromium's kind of browsers: told of the proxy and its CA on the command line alone."""

import json
import os
import sys
from pathlib import Path

from filterproxy.proxy.browsers import key_pin
from filterproxy.setup.isolation import Den, downloads

_QUIET = (
    *("--no-first-run", "--no-default-browser-check", "--disable-sync", "--disable-breakpad"),
    *("--disable-background-mode", "--disable-background-networking", "--disable-component-update"),
    "--disable-quic",  # it would go past the proxy
    "--password-store=basic",  # no entry in the desktop's keyring
    "--use-mock-keychain",
)


def chromium_command(
    program: Path, den: Den, proxy: tuple[str, int], authority: Path, url: str | None
) -> list[str]:
    """The command line of a Chromium that uses the proxy and takes its CA, by key, for good.

    No certificate store is touched: `--ignore-certificate-errors-spki-list` excepts chains that hold this
    key, and has effect only with a profile directory of its own. Every other certificate is verified.
    """
    host, port = proxy
    flags = [
        f"--user-data-dir={den.profile}",
        f"--proxy-server=http://{f'[{host}]' if ':' in host else host}:{port}",
        f"--ignore-certificate-errors-spki-list={key_pin(authority)}",
        *_QUIET,
    ]
    if sys.platform == "linux" and os.geteuid() == 0:
        flags.append("--no-sandbox")  # it does not start for root otherwise
    return [str(program), *flags, *([url] if url else [])]


def prepare_chromium(den: Den) -> None:
    """Have downloads go where they stay; a profile's own settings are kept."""
    preferences = den.profile / "Default/Preferences"
    if not preferences.exists():
        preferences.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {
            "download": {"default_directory": str(downloads())},
            "browser": {"has_seen_welcome_page": True},
        }
        preferences.write_text(json.dumps(told), encoding="utf-8")


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
