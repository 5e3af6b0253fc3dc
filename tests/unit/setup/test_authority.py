"""The CA: made once under our name, as mitmproxy takes it up, private, and read with its faults."""

import datetime as dt
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mitmproxy.certs import CertStore

from filterproxy.errors import SettingsError
from filterproxy.proxy.server import CA_FILE, CA_KEY, default_confdir
from filterproxy.setup.authority import (
    CERTIFICATE_FILE,
    KEY_FILE,
    Authority,
    default_folder,
    delete_authority,
    ensure_authority,
    fingerprint,
    is_ours,
    read_authority,
    validity,
)

FILES = {
    "mitmproxy-ca.pem", "mitmproxy-ca.p12", "mitmproxy-ca-cert.pem", "mitmproxy-ca-cert.cer",
    "mitmproxy-ca-cert.p12", "mitmproxy-dhparam.pem",
}  # fmt: skip


def test_it_bears_our_name_and_mitmproxy_takes_it_up(ca: Authority) -> None:
    assert ca.name.startswith("filterproxy ")
    assert is_ours(ca.certificate)
    assert {file.name for file in ca.folder.iterdir()} == FILES
    store = CertStore.from_store(ca.folder, "mitmproxy", 2048)
    assert store.default_ca.to_cryptography() == ca.certificate
    leaf = store.get_cert("新闻.example".encode("idna").decode(), []).cert.to_cryptography()
    leaf.verify_directly_issued_by(ca.certificate)
    assert store.default_ca.organization == "filterproxy"


def test_names_of_files_and_place_are_the_proxys() -> None:
    assert (CERTIFICATE_FILE, KEY_FILE, default_folder()) == (CA_FILE, CA_KEY, default_confdir())


def test_it_is_private(tmp_path: Path) -> None:
    ca = ensure_authority(tmp_path / "ca")
    assert stat.S_IMODE(ca.folder.stat().st_mode) == 0o700
    exposed = [file.name for file in ca.folder.iterdir() if file.stat().st_mode & 0o077]
    assert sorted(exposed) == sorted(FILES - {"mitmproxy-ca.pem", "mitmproxy-ca.p12"})


def test_one_that_is_there_is_kept_whoever_made_it(tmp_path: Path) -> None:
    CertStore.create_store(tmp_path, "mitmproxy", 1024)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    found = ensure_authority(tmp_path)
    assert (found.name, is_ours(found.certificate)) == ("mitmproxy", False)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_of_many_at_once_one_is_made(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ensure_authority, [tmp_path / "ca"] * 4))
    assert len({fingerprint(one.certificate) for one in found}) == 1
    assert {file.name for file in (tmp_path / "ca").iterdir()} == FILES


def test_a_lost_certificate_file_is_written_from_the_key_file(ca: Authority) -> None:
    told = ca.file.read_bytes()
    ca.file.unlink()
    assert ensure_authority(ca.folder).file.read_bytes() == told


def test_none_is_none(tmp_path: Path) -> None:
    assert read_authority(tmp_path) is None
    assert read_authority(tmp_path / "none") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        (KEY_FILE, b"", "not a key and a certificate in PEM"),
        (
            KEY_FILE,
            b"-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n",
            "not a key and a certificate",
        ),
        (CERTIFICATE_FILE, b"nonsense", "not a key and a certificate in PEM"),
    ],
)
def test_a_broken_one_is_named_and_kept(ca: Authority, file: str, content: bytes, problem: str) -> None:
    (ca.folder / file).write_bytes(content)
    with pytest.raises(SettingsError, match=problem):
        ensure_authority(ca.folder)
    assert (ca.folder / file).read_bytes() == content


def test_halves_of_two_are_none(make_ca: Callable[[str], Authority]) -> None:
    one, other = make_ca("one"), make_ca("other")
    one.file.write_bytes(other.file.read_bytes())
    with pytest.raises(SettingsError, match="another certificate than the one in"):
        read_authority(one.folder)
    key = one.key_file.read_text().partition("-----BEGIN CERTIFICATE-----")[0]
    other.key_file.write_text(key + other.file.read_text())
    with pytest.raises(SettingsError, match="the key is not the certificate's"):
        read_authority(other.folder)


def test_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=str(tmp_path / "file")):
        ensure_authority(tmp_path / "file" / "ca")


def test_only_its_own_files_are_deleted(ca: Authority) -> None:
    (ca.folder / "rules").mkdir()
    (ca.folder / "mitmproxy-notes.txt").touch()
    assert {file.name for file in delete_authority(ca.folder)} == FILES
    assert {file.name for file in ca.folder.iterdir()} == {"rules", "mitmproxy-notes.txt"}


def test_its_time(ca: Authority) -> None:
    certificate = ca.certificate
    day = dt.timedelta(days=1)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    assert validity(certificate, dt.datetime.now(dt.UTC)) is None
    assert validity(certificate, begins - day) == f"not valid before {begins:%Y-%m-%d %H:%M} UTC"
    assert validity(certificate, ends + day) == f"expired on {ends:%Y-%m-%d %H:%M} UTC"
