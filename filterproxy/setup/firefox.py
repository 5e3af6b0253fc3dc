"""Firefox: told of the proxy by its profile's `user.js`, and of the CA by the profile's own NSS database."""

import json
import os
import sys
from pathlib import Path

from filterproxy.errors import SettingsError
from filterproxy.setup.authority import Authority, is_ours
from filterproxy.setup.isolation import Den, downloads
from filterproxy.setup.nss import NEEDS_CERTUTIL, NssStore, has_certutil
from filterproxy.setup.steps import StepError
from filterproxy.setup.store import StoreError


def firefox_command(program: Path, den: Den, url: str | None) -> list[str]:
    """The command line of a Firefox of its own, beside any that runs."""
    waits = ["-wait-for-browser"] if sys.platform == "win32" else []  # the launcher would end at once
    return [str(program), "--no-remote", "--profile", str(den.profile), *waits, *([url] if url else [])]


def prepare_firefox(den: Den, proxy: tuple[str, int], authority: Authority) -> None:
    """Write the profile's settings, and have its database trust the CA and no earlier one of ours.

    Raises:
        SettingsError: NSS's certutil is missing (says which package has it), or did not do it.
    """
    store = NssStore("Firefox's profile", den.profile)
    if not has_certutil():
        raise SettingsError(f"Firefox {NEEDS_CERTUTIL}")
    (den.profile / "user.js").write_text(_preferences(proxy), encoding="utf-8")
    try:
        held = store.held(is_ours)
        if any(one.trusted and one.certificate == authority.certificate for one in held):
            return
        for step in (*store.remove_steps(held), *store.install_steps(authority)):
            step.run()
    except (StepError, StoreError) as error:
        raise SettingsError(str(error)) from error


def _preferences(proxy: tuple[str, int]) -> str:
    host, port = proxy
    settings: dict[str, str | int | bool] = {
        "network.proxy.type": 1,  # by hand
        "network.proxy.http": host,
        "network.proxy.http_port": port,
        "network.proxy.ssl": host,
        "network.proxy.ssl_port": port,
        "browser.download.folderList": 2,  # the folder named in
        "browser.download.dir": str(downloads()),
        "browser.shell.checkDefaultBrowser": False,
        "browser.aboutwelcome.enabled": False,
        "browser.startup.homepage_override.mstone": "ignore",
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.reportingpolicy.firstRun": False,
        "app.normandy.enabled": False,
        "security.certerrors.mitm.priming.enabled": False,
    }
    return "".join(
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items()
    )


def firefox_in_use(den: Den) -> bool:
    """Whether a Firefox has the profile open."""
    lock = den.profile / "lock"  # a link to address:+pid
    try:
        number = os.readlink(lock).rpartition("+")[2]  # noqa: PTH115 - leads to no file
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
