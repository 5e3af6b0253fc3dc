"""Every store of this machine that can trust the CA, and what has to be done to put it in or take it out."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography import x509

from filterproxy.setup.anchors import anchor_stores
from filterproxy.setup.authority import Authority, is_ours
from filterproxy.setup.keychains import Keychain, WindowsRoots
from filterproxy.setup.profiles import chromium_stores, firefox_stores
from filterproxy.setup.steps import Step
from filterproxy.setup.store import Held, StoreError, TrustStore


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in one store.

    Attributes:
        store: which.
        held: our certificates in it.
        trouble: why it could not be looked into, and what to do; empty where it could.
    """

    store: TrustStore
    held: tuple[Held, ...] = ()
    trouble: str = ""

    def trusts(self, certificate: x509.Certificate) -> bool:
        """Whether it takes this certificate as an authority."""
        return any(one.trusted and one.certificate == certificate for one in self.held)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to one store; `trouble` in place of steps where it can't be."""

    store: TrustStore
    steps: tuple[Step, ...] = ()
    trouble: str = ""


def machine_stores(home: Path | None = None, platform: str = sys.platform) -> list[TrustStore]:
    """The stores of this machine: one user's, then everybody's.

    On macOS and Windows browsers take the system's stores (Firefox since version 120).
    """
    home = Path.home() if home is None else home
    if platform == "win32":
        return [
            WindowsRoots("your Windows certificates", system=False),
            WindowsRoots("the machine's certificates", system=True),
        ]
    if platform == "darwin":
        login, every = (
            home / "Library/Keychains/login.keychain-db",
            Path("/Library/Keychains/System.keychain"),
        )
        return [
            Keychain("your login keychain", login, system=False),
            *firefox_stores(home),
            Keychain("the system keychain", every, system=True),
        ]
    return [*chromium_stores(home), *firefox_stores(home), *anchor_stores()]


def look(stores: Iterable[TrustStore], authority: Authority | None) -> list[Looked]:
    """What each store holds of ours: the CA itself and earlier ones that bear our name."""

    def wanted(certificate: x509.Certificate) -> bool:
        return is_ours(certificate) or (authority is not None and certificate == authority.certificate)

    found = []
    for store in stores:
        try:
            trouble = store.obstacle or ""
            found.append(Looked(store, () if trouble else store.held(wanted), trouble))
        except StoreError as error:
            found.append(Looked(store, trouble=str(error)))
    return found


def install_changes(looked: Iterable[Looked], authority: Authority) -> list[Change]:
    """What has to be done for each store to trust the CA; nothing for those that do."""
    wanting = (one for one in looked if not one.trusts(authority.certificate))
    return [_change(one, partial(one.store.install_steps, authority)) for one in wanting]


def remove_changes(looked: Iterable[Looked]) -> list[Change]:
    """What has to be done for every CA of ours to be gone from each store."""
    changes = [_change(one, partial(one.store.remove_steps, one.held)) for one in looked]
    return [change for change in changes if change.steps or change.trouble]


def _change(looked: Looked, steps: Callable[[], Sequence[Step]]) -> Change:
    if looked.trouble:
        return Change(looked.store, trouble=looked.trouble)
    try:
        return Change(looked.store, tuple(steps()))
    except StoreError as error:
        return Change(looked.store, trouble=str(error))


def of_kind(stores: Sequence[TrustStore], *, system: bool) -> list[TrustStore]:
    """Those of one user, or those of everybody."""
    return [store for store in stores if store.system is system]
