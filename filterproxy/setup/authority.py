"""The proxy's certificate authority: made before mitmproxy makes one, under our name, and read."""

import datetime as dt
import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from filterproxy.errors import SettingsError

NAME = "filterproxy"
"""The organisation of every CA we make, and the first word of its name."""

KEY_FILE = "mitmproxy-ca.pem"  # mitmproxy's own names: it takes up what lies under them
CERTIFICATE_FILE = "mitmproxy-ca-cert.pem"
PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
"""A certificate in text (RFC 7468)."""

_BASENAME = "mitmproxy"
_KEY_BITS = 2048  # mitmproxy's own; RFC 8446 clients take nothing less


def default_folder() -> Path:
    """Where `filterproxy run` keeps its CA: the platform's configuration directory, `filterproxy/`."""
    return platformdirs.user_config_path(NAME, appauthor=False)


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA as it lies on disk.

    Attributes:
        folder: its directory.
        certificate: what clients are to trust.
    """

    folder: Path
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        """The certificate (PEM), without the key."""
        return self.folder / CERTIFICATE_FILE

    @property
    def key_file(self) -> Path:
        """The private key, with the certificate (PEM)."""
        return self.folder / KEY_FILE

    @property
    def name(self) -> str:
        """The common name, as stores show it."""
        return common_name(self.certificate)


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name; empty where it has none."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the certificate, as browsers show it: `AB:CD:…`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def is_ours(certificate: x509.Certificate) -> bool:
    """Whether a certificate is one of the CAs this program makes, told by its subject."""
    made_by = [
        str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    ]
    return (
        made_by == [NAME]
        and common_name(certificate).split(" ")[0] == NAME
        and certificate.issuer == certificate.subject
    )


def read_authority(folder: Path) -> Authority | None:
    """The CA that lies in a directory, or None where there is none.

    Raises:
        SettingsError: there is one, but it can't be read, or is no CA, or key and certificate are not one.
    """
    key_file, file = folder / KEY_FILE, folder / CERTIFICATE_FILE
    try:
        if not key_file.exists():
            return None
        data = key_file.read_bytes()
        certificate = x509.load_pem_x509_certificate(data)
        key = load_pem_private_key(data, None)
        told = x509.load_pem_x509_certificate(file.read_bytes()) if file.exists() else None
    except OSError as error:
        raise SettingsError(f"{error.filename}: can't be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{key_file}: not a key and a certificate in PEM: {error}") from error
    if key.public_key() != certificate.public_key():
        raise SettingsError(f"{key_file}: the key is not the certificate's")
    if told is not None and told != certificate:
        raise SettingsError(f"{file}: another certificate than the one in {key_file}")
    return Authority(folder, certificate)


def ensure_authority(folder: Path) -> Authority:
    """The CA of a directory, made where there is none: directory 0700, key 0600.

    Its name is `filterproxy` and eight hex digits, so that a store tells it from an earlier one. A CA that
    is there is kept, whatever its name; a certificate file that is missing beside its key is written anew.

    Raises:
        SettingsError: it can't be made or read.
    """
    found = read_authority(folder)
    try:
        if found is None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder == default_folder() or not any(folder.iterdir()):
                folder.chmod(0o700)  # rules may have been put there first, under the usual rights
            _make(folder)
            found = read_authority(folder)
            if found is None:
                raise SettingsError(f"{folder}: the CA that was just made is gone")
        if not found.file.exists():
            found.file.write_bytes(found.certificate.public_bytes(Encoding.PEM))
    except OSError as error:
        raise SettingsError(f"can't keep a CA in {folder}: {error}") from error
    return found


def _make(folder: Path) -> None:
    """Make it aside and link the key into its place: of two that make one at once, one makes it."""
    from mitmproxy.certs import CertStore  # noqa: PLC0415 - slow to import, and a CA is made once

    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as made:
        aside = Path(made)
        name = f"{NAME} {secrets.token_hex(4)}"
        CertStore.create_store(aside, _BASENAME, _KEY_BITS, NAME, name)
        try:
            os.link(aside / KEY_FILE, folder / KEY_FILE)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            shutil.copyfile(aside / KEY_FILE, folder / KEY_FILE)
        (folder / KEY_FILE).chmod(0o600)
        (aside / KEY_FILE).unlink()
        for file in aside.iterdir():
            file.replace(folder / file.name)


def delete_authority(folder: Path) -> list[Path]:
    """Delete the CA's files, key and all, and nothing else; gives what was deleted.

    Raises:
        SettingsError: one can't be deleted.
    """
    deleted = []
    for file in sorted(folder.glob(f"{_BASENAME}-*")):
        if file.name.removeprefix(f"{_BASENAME}-").split(".")[0] in {"ca", "ca-cert", "dhparam"}:
            try:
                file.unlink()
            except OSError as error:
                raise SettingsError(f"{file}: can't be deleted: {error.strerror}") from error
            deleted.append(file)
    return deleted


def validity(certificate: x509.Certificate, now: dt.datetime) -> str | None:
    """Why it does not hold at this time, in words; None where it does."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begins:
        return f"not valid before {begins:%Y-%m-%d %H:%M} UTC"
    if now > ends:
        return f"expired on {ends:%Y-%m-%d %H:%M} UTC"
    return None
