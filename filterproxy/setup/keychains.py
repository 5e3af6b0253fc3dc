"""The stores of macOS (keychains, by `security`) and Windows (by its own `certutil`)."""

import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from filterproxy.setup.authority import NAME, PEM, Authority
from filterproxy.setup.steps import Step, StepError, run_program
from filterproxy.setup.store import Held, StoreError, Wanted


@dataclass(frozen=True, slots=True)
class Keychain:
    """A keychain of macOS. Trust is set for its user, or with `system` for all (`man security`).

    Attributes:
        name: whose it is.
        file: the keychain.
        system: whether it is everybody's.
    """

    name: str
    file: Path
    system: bool

    @property
    def place(self) -> str:
        """The keychain."""
        return str(self.file)

    @property
    def obstacle(self) -> str | None:
        """None: `security` is part of macOS."""
        return None

    def held(self, wanted: Wanted) -> tuple[Held, ...]:
        """See `TrustStore`. Trusted are those that macOS verifies for TLS."""
        found = []
        for name in (NAME, "mitmproxy"):
            try:
                told = run_program(("security", "find-certificate", "-a", "-c", name, "-p", str(self.file)))
            except StepError as error:
                if "could not be found" in str(error):
                    continue
                raise StoreError(f"{self.file}: {error}") from error
            found += [x509.load_pem_x509_certificate(pem.encode()) for pem in PEM.findall(told)]
        return tuple(Held(one, _verifies(one), _sha1(one)) for one in dict.fromkeys(found) if wanted(one))

    def install_steps(self, authority: Authority) -> list[Step]:
        """See `TrustStore`. macOS asks for the user's password itself."""
        everybody = ("-d",) if self.system else ()
        options = (*everybody, "-r", "trustRoot", "-p", "ssl", "-k", str(self.file))
        what = f"trust {authority.name} for web sites in {self.name} ({self.file})"
        return [
            Step(what, ("security", "add-trusted-cert", *options, str(authority.file)), as_root=self.system)
        ]

    def remove_steps(self, held: Sequence[Held]) -> list[Step]:
        """See `TrustStore`. `-t` takes the trust settings with the certificate."""
        delete = ("security", "delete-certificate", "-t", "-Z")
        return [
            Step(
                f"delete the certificate {one.handle} from {self.name} ({self.file})",
                (*delete, one.handle, str(self.file)),
                as_root=self.system,
            )
            for one in held
        ]


@dataclass(frozen=True, slots=True)
class WindowsRoots:
    """The root certificates of Windows, a user's or the machine's. Its certutil is not NSS's.

    Attributes:
        name: whose they are.
        system: whether they are everybody's.
    """

    name: str
    system: bool

    @property
    def place(self) -> str:
        """The store, as certutil names it."""
        return "Root" if self.system else "Root (-user)"

    @property
    def obstacle(self) -> str | None:
        """None: certutil is part of Windows."""
        return None

    def held(self, wanted: Wanted) -> tuple[Held, ...]:
        """See `TrustStore`. Windows shows a user the machine's roots among their own."""
        certificates = [
            x509.load_der_x509_certificate(data) for data, kind, _ in _roots() if kind == "x509_asn"
        ]
        return tuple(
            Held(one, trusted=True, handle=_sha1(one)) for one in dict.fromkeys(certificates) if wanted(one)
        )

    def install_steps(self, authority: Authority) -> list[Step]:
        """See `TrustStore`. For a user, Windows asks with a window of its own."""
        what = f"trust {authority.name} in {self.name}"
        return [Step(what, (*self._certutil(), "-addstore", "Root", str(authority.file)))]

    def remove_steps(self, held: Sequence[Held]) -> list[Step]:
        """See `TrustStore`."""
        return [
            Step(
                f"delete the certificate {one.handle} from {self.name}",
                (*self._certutil(), "-delstore", "Root", one.handle),
            )
            for one in held
        ]

    def _certutil(self) -> tuple[str, ...]:
        return ("certutil.exe",) if self.system else ("certutil.exe", "-user")


def _roots() -> list[tuple[bytes, str, object]]:
    read = getattr(ssl, "enum_certificates", None)  # Windows alone has it
    return list(read("ROOT")) if read is not None else []


def _sha1(certificate: x509.Certificate) -> str:
    """The hash by which both systems name a certificate; it protects nothing here."""
    return certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303


def _verifies(certificate: x509.Certificate) -> bool:
    with tempfile.TemporaryDirectory(prefix="filterproxy-") as folder:
        file = Path(folder) / "ca.pem"
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
        try:
            run_program(("security", "verify-cert", "-c", str(file), "-p", "ssl", "-l", "-L", "-q"))
        except StepError:
            return False
    return True
