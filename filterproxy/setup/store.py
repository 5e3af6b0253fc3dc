"""What a store of trusted certificates is to us, whoever keeps it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509

from filterproxy.setup.authority import Authority
from filterproxy.setup.steps import Step

Wanted = Callable[[x509.Certificate], bool]
"""Whether a certificate is one of ours."""


class StoreError(Exception):
    """A store that can't be looked into or changed; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Held:
    """One of our certificates in a store.

    Attributes:
        certificate: which.
        trusted: whether the store takes it as an authority for web sites; it may hold one and not trust it.
        handle: how the store names it: a file, a nickname, a hash.
    """

    certificate: x509.Certificate
    trusted: bool
    handle: str


class TrustStore(Protocol):
    """A store of this machine."""

    @property
    def name(self) -> str:
        """Whose it is, in words."""

    @property
    def place(self) -> str:
        """Where it lies."""

    @property
    def system(self) -> bool:
        """Whether it is everybody's on this machine, not one user's."""

    @property
    def obstacle(self) -> str | None:
        """Why it can be neither read nor changed now, and what to do; None where it can."""

    def held(self, wanted: Wanted) -> tuple[Held, ...]:
        """Those of our certificates that it holds. Raises StoreError."""

    def install_steps(self, authority: Authority) -> list[Step]:
        """What has to be done for it to trust the CA. Raises StoreError."""

    def remove_steps(self, held: Sequence[Held]) -> list[Step]:
        """What has to be done for these to be gone, and what was made for them. Raises StoreError."""
