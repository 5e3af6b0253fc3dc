"""`filterproxy ca` in a home of its own. The system's store is never changed here, only said to be."""

import json
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.x509 import load_pem_x509_certificate

from filterproxy.cli import main
from filterproxy.setup.authority import KEY_FILE, fingerprint


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a Firefox profile in it, and a path with NSS's certutil on it and no browser."""
    found = shutil.which("certutil")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no certutil on the path (libnss3-tools)")
    folder = tmp_path / "home"
    profile = folder / ".mozilla/firefox/甲.default"
    profile.mkdir(parents=True)
    (profile.parent / "profiles.ini").write_text("[Profile0]\nPath=甲.default\n", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/certutil").symlink_to(str(found))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    subprocess.run(["certutil", "-N", "-d", f"sql:{profile}", "--empty-password"], check=True)
    return folder


def ca(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["ca", *arguments], input=answer)


def files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / ".config/filterproxy").glob("*"))


def trusted() -> list[bool]:
    return [
        store["trusted"] for store in json.loads(ca("show", "--json").stdout)["stores"] if not store["system"]
    ]


def test_show_makes_one_and_says_all_of_it(home: Path) -> None:
    told = ca("show")
    assert told.exit_code == 0
    folder = home / ".config/filterproxy"
    certificate = load_pem_x509_certificate((folder / "mitmproxy-ca-cert.pem").read_bytes())
    for part in (str(folder / KEY_FILE), fingerprint(certificate), "not in       Firefox profile 甲.default"):
        assert part in told.stdout
    assert "made a CA, as there was none" in told.stderr
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again = ca("show", "--json")
    assert again.stderr == ""
    data = json.loads(again.stdout)
    assert data["sha256"] == fingerprint(certificate)
    assert re.fullmatch("filterproxy [0-9a-f]{8}", data["name"])
    assert (data["stores"][0]["trusted"], data["stores"][0]["earlier"]) == (False, [])


def test_install_says_asks_does_and_remove_undoes(home: Path) -> None:
    refused = ca("install", answer="n\n")
    assert (refused.exit_code, trusted()) == (1, [False])
    assert "This will be changed:\n  trust filterproxy " in refused.stdout
    assert "certutil -A -d 'sql:" in refused.stdout
    assert "nothing was changed" in refused.stderr
    assert ca("install").exit_code == 1  # nobody to ask
    assert ca("install", "--dry-run").exit_code == 0
    assert trusted() == [False]
    done = ca("install", answer="y\n")
    assert (done.exit_code, trusted()) == (0, [True])
    assert "done: trust filterproxy " in done.stdout
    assert "is trusted already" in ca("install").stdout
    kept = files(home)
    assert ca("remove", "--user", "--dry-run").exit_code == 0
    assert trusted() == [True]
    assert ca("remove", "--user", "--yes").exit_code == 0
    assert (trusted(), files(home)) == ([False], kept)
    assert "no store of this machine holds" in ca("remove", "--user").stdout


def test_earlier_ones_are_told_and_go_as_well(home: Path) -> None:
    ca("install", "--yes")
    shutil.rmtree(home / ".config/filterproxy")
    ca("install", "--yes")
    assert "and an earlier CA: filterproxy " in ca("show").stdout
    gone = ca("remove", "--user", "--yes", "--delete-key")
    assert gone.exit_code == 0
    assert gone.stdout.count("done: take filterproxy ") == 2
    assert files(home) == []
    assert trusted() == [False]


def test_a_broken_ca_is_told_and_its_certificates_still_go(home: Path) -> None:
    ca("install", "--yes")
    (home / ".config/filterproxy" / KEY_FILE).write_bytes(b"broken")
    for command in (("show",), ("install", "--yes")):
        told = ca(*command)
        assert (told.exit_code, told.stdout) == (1, "")
        assert f"{KEY_FILE}: not a key and a certificate in PEM" in told.stderr
    assert ca("remove", "--user", "--yes", "--delete-key").exit_code == 0
    assert trusted() == [False]


def test_a_store_that_fails_is_told_and_stops_no_other(home: Path) -> None:
    other = home / ".mozilla/firefox/乙.default"
    other.mkdir()
    (other / "cert9.db").write_bytes(b"broken" * 100)
    list_of = home / ".mozilla/firefox/profiles.ini"
    list_of.write_text("[Profile0]\nPath=乙.default\n[Profile1]\nPath=甲.default\n", encoding="utf-8")
    told = ca("install", "--yes")
    assert told.exit_code == 1
    assert "Firefox profile 乙.default" in told.stderr
    assert trusted() == [None, True]


def test_without_certutil_it_names_the_package(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    told = ca("install", "--yes")
    assert told.exit_code == 1
    assert "libnss3-tools" in told.stderr
    assert "unknown" in ca("show").stdout


def test_the_systems_store_is_asked_for_by_name(home: Path) -> None:
    if not Path("/usr/local/share/ca-certificates").is_dir():
        pytest.skip("not a Debian")
    assert "/usr/local/share" not in ca("install", "--dry-run").stdout
    told = ca("install", "--system", "--dry-run").stdout
    assert "update-ca-certificates" in told
    assert ("sudo" in told) == (os.geteuid() != 0)
    assert home.is_dir()
