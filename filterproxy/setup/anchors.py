"""The system's store on Linux: a directory of anchors, and a program that makes bundles of them."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from filterproxy.setup.authority import NAME, PEM, Authority
from filterproxy.setup.steps import Step
from filterproxy.setup.store import Held, StoreError, Wanted

ANCHOR_SUFFIXES = (".crt", ".pem", ".cer")

_UPDATE, _TRUST = ("update-ca-certificates",), ("update-ca-trust",)
_KNOWN = (  # Fedora, Arch, openSUSE, Debian and Ubuntu: anchors, what takes them up, the bundle
    ("etc/pki/ca-trust/source/anchors", (*_TRUST, "extract"), "etc/pki/tls/certs/ca-bundle.crt"),
    ("etc/ca-certificates/trust-source/anchors", _TRUST, "etc/ssl/certs/ca-certificates.crt"),
    ("etc/pki/trust/anchors", _UPDATE, "var/lib/ca-certificates/ca-bundle.pem"),
    ("usr/local/share/ca-certificates", _UPDATE, "etc/ssl/certs/ca-certificates.crt"),
)


@dataclass(frozen=True, slots=True)
class AnchorStore:
    """A directory whose certificates a program takes into the system's bundle.

    Attributes:
        name: whose it is.
        folder: where anchors are put.
        refresh: the program that takes them up, with its arguments.
        bundle: the file of every trusted certificate that it writes.
    """

    name: str
    folder: Path
    refresh: tuple[str, ...]
    bundle: Path

    @property
    def place(self) -> str:
        """The directory of anchors."""
        return str(self.folder)

    @property
    def system(self) -> bool:
        """Everybody's."""
        return True

    @property
    def obstacle(self) -> str | None:
        """None: the directory is there and readable by all."""
        return None

    def held(self, wanted: Wanted) -> tuple[Held, ...]:
        """See `TrustStore`. Trusted are those that stand in the bundle."""
        try:
            files = [path for path in sorted(self.folder.iterdir()) if path.suffix in ANCHOR_SUFFIXES]
            read = ((path, _read(path)) for path in files)
            found = [(path, one) for path, one in read if one is not None and wanted(one)]
            trusted = _certificates(self.bundle) if found and self.bundle.exists() else frozenset()
        except OSError as error:
            raise StoreError(f"{error.filename}: {error.strerror}") from error
        return tuple(
            Held(certificate, certificate.public_bytes(Encoding.DER) in trusted, str(path))
            for path, certificate in found
        )

    def install_steps(self, authority: Authority) -> list[Step]:
        """See `TrustStore`."""
        short = authority.certificate.fingerprint(hashes.SHA256()).hex()[:8]
        anchor = self.folder / f"{NAME}-{short}.crt"  # update-ca-certificates takes .crt alone
        copy = ("install", "-m", "644", "--", str(authority.file), str(anchor))
        return [
            Step(f"copy the CA's certificate to {anchor}", copy, as_root=True),
            Step(f"take it up into {self.bundle}", self.refresh, as_root=True),
        ]

    def remove_steps(self, held: Sequence[Held]) -> list[Step]:
        """See `TrustStore`."""
        files = [one.handle for one in held]
        return [
            *(Step(f"delete {file}", ("rm", "--", file), as_root=True) for file in files),
            *([Step(f"take it out of {self.bundle}", self.refresh, as_root=True)] if files else []),
        ]


def anchor_stores(root: Path = Path("/")) -> list[AnchorStore]:
    """The store of this distribution, as its directory tells; none where no known one is there."""
    for folder, refresh, bundle in _KNOWN:
        if (root / folder).is_dir():
            return [AnchorStore("the system's store", root / folder, refresh, root / bundle)]
    return []


def _read(path: Path) -> x509.Certificate | None:
    """A certificate in PEM or DER; None where the file is something else."""
    try:
        data = path.read_bytes()
        text = b"-----BEGIN" in data
        return x509.load_pem_x509_certificate(data) if text else x509.load_der_x509_certificate(data)
    except (OSError, ValueError):
        return None


def _certificates(bundle: Path) -> frozenset[bytes]:
    """The certificates of a bundle, in DER; comments stand between them."""
    text = bundle.read_text("utf-8", "replace")
    return frozenset(map(ssl.PEM_cert_to_DER_cert, PEM.findall(text)))
