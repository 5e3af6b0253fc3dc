"""The system's store on Linux: the real update-ca-certificates, on directories of the test's own."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from mitmproxy.certs import CertStore

from filterproxy.setup.anchors import AnchorStore, anchor_stores
from filterproxy.setup.authority import Authority, is_ours
from filterproxy.setup.machine import install_changes, look, remove_changes
from filterproxy.setup.steps import StepError, run_program


@pytest.fixture
def store(tmp_path: Path) -> AnchorStore:
    """Debian's: its program takes other directories as options."""
    if shutil.which("update-ca-certificates") is None:
        pytest.skip("no update-ca-certificates on the path (ca-certificates)")
    for name in ("local", "shipped", "etc", "hooks"):
        (tmp_path / name).mkdir()
    for name in ("one", "other"):  # a bundle of one would be taken for a certificate
        CertStore.create_store(tmp_path / "made", name, 1024)
        shutil.copy(tmp_path / f"made/{name}-ca-cert.pem", tmp_path / f"shipped/{name}.crt")
    (tmp_path / "conf").write_text("one.crt\nother.crt\n")
    options = {"localcertsdir": "local", "certsdir": "shipped", "etccertsdir": "etc", "hooksdir": "hooks",
               "certsconf": "conf"}  # fmt: skip
    command = [part for name, place in options.items() for part in (f"--{name}", str(tmp_path / place))]
    refresh = ("update-ca-certificates", *command)
    (known,) = anchor_stores()
    assert known.refresh == refresh[:1]
    return replace(
        known, folder=tmp_path / "local", refresh=refresh, bundle=tmp_path / "etc/ca-certificates.crt"
    )


def run(store: AnchorStore, authority: Authority, *, remove: bool = False) -> None:
    looked = look([store], authority)
    for change in remove_changes(looked) if remove else install_changes(looked, authority):
        assert change.trouble == ""
        for step in change.steps:
            step.run()


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="asks for rights")


@as_root
def test_it_goes_in_and_comes_out(store: AnchorStore, ca: Authority, tmp_path: Path) -> None:
    run_program(store.refresh)
    before = links_and_bundle(tmp_path / "etc")
    assert len(before) == 5  # the bundle, and of each a link and a link by hash
    run(store, ca)
    assert [held.trusted for held in store.held(is_ours)] == [True]
    assert len(links_and_bundle(tmp_path / "etc")) == 7
    run(store, ca, remove=True)
    assert store.held(is_ours) == ()
    assert list((tmp_path / "local").iterdir()) == []
    assert links_and_bundle(tmp_path / "etc") == before


def links_and_bundle(folder: Path) -> dict[str, object]:
    return {
        path.name: path.readlink() if path.is_symlink() else path.read_bytes() for path in folder.iterdir()
    }


@as_root
def test_earlier_ones_and_those_put_there_by_hand_go_too(
    store: AnchorStore, make_ca: Callable[[str], Authority]
) -> None:
    now, earlier = make_ca("now"), make_ca("earlier")
    by_hand = store.folder / "filterproxy.crt"
    by_hand.write_bytes(earlier.certificate.public_bytes(Encoding.DER))
    (store.folder / "other.crt").write_bytes(b"no certificate")
    run(store, now)
    run(store, now, remove=True)
    assert [path.name for path in store.folder.iterdir()] == ["other.crt"]


@as_root
def test_one_that_was_not_taken_up_is_not_trusted(store: AnchorStore, ca: Authority) -> None:
    shutil.copy(ca.file, store.folder / "filterproxy.crt")
    assert [held.trusted for held in store.held(is_ours)] == [False]
    assert [bool(change.steps) for change in install_changes(look([store], ca), ca)] == [True]


def test_what_fails_is_told(store: AnchorStore, ca: Authority) -> None:
    broken = replace(store, folder=store.folder / "none")
    (found,) = look([broken], ca)
    assert found.trouble == f"{store.folder / 'none'}: No such file or directory"
    copy, _ = broken.install_steps(ca)
    with pytest.raises(StepError, match=r"copy the CA's certificate to .*: (install|sudo) "):
        copy.run()


@pytest.mark.parametrize(
    ("folder", "refresh"),
    [
        ("usr/local/share/ca-certificates", ("update-ca-certificates",)),
        ("etc/pki/ca-trust/source/anchors", ("update-ca-trust", "extract")),
        ("etc/ca-certificates/trust-source/anchors", ("update-ca-trust",)),
        ("etc/pki/trust/anchors", ("update-ca-certificates",)),
    ],
)
def test_distributions_are_told_by_their_directories(
    tmp_path: Path, folder: str, refresh: tuple[str, ...]
) -> None:
    assert anchor_stores(tmp_path) == []
    (tmp_path / folder).mkdir(parents=True)
    (found,) = anchor_stores(tmp_path)
    assert (found.folder, found.refresh, found.system) == (tmp_path / folder, refresh, True)
