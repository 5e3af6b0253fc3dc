"""NSS databases, changed and looked into by the real certutil."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from mitmproxy.certs import CertStore

from filterproxy.setup.authority import Authority, ensure_authority, is_ours
from filterproxy.setup.machine import install_changes, look, remove_changes
from filterproxy.setup.nss import MARK, NEEDS_CERTUTIL, NssStore
from filterproxy.setup.store import StoreError

pytestmark = pytest.mark.usefixtures("certutil")


@pytest.fixture
def store(tmp_path: Path) -> NssStore:
    return NssStore("测试", tmp_path / "home/.pki/nssdb")


def certutil(store: NssStore, *options: str) -> str:
    command = ["certutil", options[0], "-d", f"sql:{store.folder}", *options[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def database(store: NssStore) -> NssStore:
    """As a browser makes it."""
    store.folder.mkdir(parents=True)
    certutil(store, "-N", "--empty-password")
    return store


def install(store: NssStore, authority: Authority) -> None:
    for change in install_changes(look([store], authority), authority):
        assert change.trouble == ""
        for step in change.steps:
            step.run()


def remove(store: NssStore, authority: Authority | None) -> None:
    for change in remove_changes(look([store], authority)):
        assert change.trouble == ""
        for step in change.steps:
            step.run()


def trusted(store: NssStore) -> list[x509.Certificate]:
    return [held.certificate for held in store.held(lambda _: True) if held.trusted]


def test_what_it_makes_it_takes_away(tmp_path: Path, store: NssStore, ca: Authority) -> None:
    (tmp_path / "home").mkdir()
    install(store, ca)
    assert trusted(store) == [ca.certificate]
    assert "C,," in certutil(store, "-L")
    assert install_changes(look([store], ca), ca) == []  # twice is once
    remove(store, ca)
    assert list((tmp_path / "home").rglob("*")) == []
    assert remove_changes(look([store], ca)) == []


def test_a_browsers_own_database_stays(
    store: NssStore, ca: Authority, make_ca: Callable[[str], Authority]
) -> None:
    CertStore.create_store(ca.folder / "other", "corporate", 1024)
    database(store)
    certutil(store, "-A", "-t", "C,,", "-n", "公司的", "-i", str(ca.folder / "other/corporate-ca-cert.pem"))
    before = certutil(store, "-L")
    install(store, ca)
    install(store, make_ca("earlier"))
    assert len(trusted(store)) == 3
    remove(store, None)  # without a CA on disk: by our name
    assert certutil(store, "-L") == before
    assert len(trusted(store)) == 1


def test_one_we_made_stays_once_others_use_it(tmp_path: Path, store: NssStore, ca: Authority) -> None:
    install(store, ca)
    CertStore.create_store(tmp_path / "other", "corporate", 1024)
    certutil(store, "-A", "-t", "C,,", "-n", "corporate", "-i", str(tmp_path / "other/corporate-ca-cert.pem"))
    remove(store, ca)
    assert [one.subject.rfc4514_string() for one in trusted(store)] == ["O=corporate,CN=corporate"]
    assert (store.folder / MARK).exists()


def test_a_certificate_that_is_there_but_not_trusted_is_trusted(store: NssStore, ca: Authority) -> None:
    database(store)
    certutil(store, "-A", "-t", ",,", "-n", ca.name, "-i", str(ca.file))
    assert trusted(store) == []
    install(store, ca)
    assert trusted(store) == [ca.certificate]


def test_several_of_one_name_all_go(tmp_path: Path, store: NssStore) -> None:
    database(store)
    made = []
    for number in range(3):  # as early versions made them
        CertStore.create_store(tmp_path / str(number), "mitmproxy", 1024, "filterproxy", "filterproxy")
        made.append(ensure_authority(tmp_path / str(number)))
        install(store, made[-1])
    assert len(trusted(store)) == 3
    assert all(is_ours(one.certificate) for one in made)
    remove(store, made[-1])
    assert trusted(store) == []


def test_anothers_certificate_of_the_same_name_is_never_taken(tmp_path: Path, store: NssStore) -> None:
    database(store)
    for name in ("own", "other"):
        CertStore.create_store(tmp_path / name, "mitmproxy", 1024)
    own, other = ensure_authority(tmp_path / "own"), ensure_authority(tmp_path / "other")
    install(store, own)
    certutil(store, "-A", "-t", "C,,", "-n", "mitmproxy", "-i", str(other.file))
    (change,) = remove_changes(look([store], own))
    assert change.steps == ()
    assert "holds another certificate named" in change.trouble
    assert len(trusted(store)) == 2


def test_a_broken_database_is_named(store: NssStore, ca: Authority) -> None:
    store.folder.mkdir(parents=True)
    (store.folder / "cert9.db").write_bytes(b"nonsense" * 100)
    (found,) = look([store], ca)
    assert found.trouble.startswith(f"{store.folder}: certutil ended with")
    assert install_changes([found], ca)[0].trouble == found.trouble


def test_without_certutil_it_says_what_to_install(
    store: NssStore, ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(store, ca)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert store.obstacle == NEEDS_CERTUTIL
    assert "libnss3-tools" in NEEDS_CERTUTIL
    assert [one.trouble for one in look([store], ca)] == [NEEDS_CERTUTIL]
    unmade = replace(store, folder=tmp_path / "none")
    assert unmade.obstacle is None
    assert [one.trouble for one in look([unmade], ca)] == [""]  # nothing can be in it
    with pytest.raises(StoreError, match="libnss3-tools"):
        unmade.install_steps(ca)
