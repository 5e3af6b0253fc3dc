"""The commands for macOS and Windows: what can be said of them away from there."""

import shlex
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from filterproxy.setup.authority import Authority
from filterproxy.setup.keychains import Keychain, WindowsRoots
from filterproxy.setup.machine import machine_stores, of_kind
from filterproxy.setup.store import Held

LOGIN = Keychain("login", Path("/k"), system=False)
SYSTEM = Keychain("system", Path("/k"), system=True)
OWN = WindowsRoots("own", system=False)
ALL = WindowsRoots("all", system=True)


@pytest.mark.parametrize(
    ("store", "install", "remove"),
    [
        (
            LOGIN,
            "security add-trusted-cert -r trustRoot -p ssl -k /k CA",
            "security delete-certificate -t -Z HASH /k",
        ),
        (
            SYSTEM,
            "security add-trusted-cert -d -r trustRoot -p ssl -k /k CA",
            "security delete-certificate -t -Z HASH /k",
        ),
        (OWN, "certutil.exe -user -addstore Root CA", "certutil.exe -user -delstore Root HASH"),
        (ALL, "certutil.exe -addstore Root CA", "certutil.exe -delstore Root HASH"),
    ],
)
def test_what_is_run(store: Keychain | WindowsRoots, install: str, remove: str, ca: Authority) -> None:
    (step,) = store.install_steps(ca)
    assert shlex.join(step.command) == install.replace("CA", str(ca.file))
    assert step.as_root == (store is SYSTEM)
    name = ca.certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name
    (step,) = store.remove_steps([Held(ca.certificate, trusted=True, handle=name)])
    assert shlex.join(step.command) == remove.replace("HASH", name)
    assert store.obstacle is None


@pytest.mark.parametrize(("platform", "own", "everybodys"), [("win32", 1, 1), ("darwin", 1, 1)])
def test_the_stores_of_a_platform(tmp_path: Path, platform: str, own: int, everybodys: int) -> None:
    stores = machine_stores(tmp_path, platform)
    assert len(of_kind(stores, system=False)) == own
    assert len(of_kind(stores, system=True)) == everybodys
