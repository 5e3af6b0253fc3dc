"""Where browsers keep certificates for a user: NSS databases below the home directory."""

import configparser
import os
from collections.abc import Iterator
from pathlib import Path

from filterproxy.setup.browsers import Engine, installed_browsers
from filterproxy.setup.nss import NssStore

CHROMIUM = "Chromium's and Chrome's certificates"

_FIREFOX_FOLDERS = (
    ".mozilla/firefox",
    ".config/mozilla/firefox",  # Firefox 147 and later, where the other is not there
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    "Library/Application Support/Firefox",
)


def chromium_stores(home: Path) -> list[NssStore]:
    """The databases that Chromium reads on Linux; where there is none, the place of the one to make.

    Chromium reads `~/.pki/nssdb`; later versions the XDG data directory's `pki/nssdb` where the former is
    not there. So the former, if made, is read by every version, but is made only where neither is, and only
    where such a browser is installed.
    """
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    usual = NssStore(CHROMIUM, home / ".pki/nssdb")
    snap = NssStore(f"{CHROMIUM} (snap)", home / "snap/chromium/current/.pki/nssdb")
    found = [store for store in (usual, NssStore(CHROMIUM, data / "pki/nssdb")) if store.made]
    installed = any(browser.engine is Engine.CHROMIUM for browser in installed_browsers())
    return [*(found or [usual] * installed), *([snap] if snap.made else [])]


def firefox_stores(home: Path, roaming: Path | None = None) -> list[NssStore]:
    """The database of each Firefox profile that has one.

    Args:
        home: the user's home directory.
        roaming: on Windows, the directory of application data (`%APPDATA%`).
    """
    places = [home / folder for folder in _FIREFOX_FOLDERS]
    if roaming is not None:
        places.append(roaming / "Mozilla/Firefox")
    folders = dict.fromkeys(profile for place in places for profile in _profiles(place))
    stores = [NssStore(f"Firefox profile {folder.name}", folder) for folder in folders]
    return [store for store in stores if store.made]


def _profiles(place: Path) -> Iterator[Path]:
    """The profiles that `profiles.ini` lists."""
    listed = configparser.RawConfigParser(strict=False)
    try:
        listed.read(place / "profiles.ini", encoding="utf-8-sig")
    except (configparser.Error, UnicodeError, OSError):
        return
    for name in listed.sections():
        section = listed[name]
        if name.startswith("Profile") and (path := section.get("Path")):
            yield place / path if section.get("IsRelative", "1") == "1" else Path(path)
