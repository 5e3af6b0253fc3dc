"""Which NSS databases there are below a home directory."""

from pathlib import Path

import pytest

from filterproxy.setup.profiles import chromium_stores, firefox_stores


def database(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "cert9.db").touch()
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and a path with nothing but a Chromium on it."""
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/chromium").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ([], [".pki/nssdb"]),
        ([".pki/nssdb"], [".pki/nssdb"]),
        ([".local/share/pki/nssdb"], [".local/share/pki/nssdb"]),
        ([".pki/nssdb", ".local/share/pki/nssdb"], [".pki/nssdb", ".local/share/pki/nssdb"]),
        (["snap/chromium/current/.pki/nssdb"], [".pki/nssdb", "snap/chromium/current/.pki/nssdb"]),
    ],
)
def test_chromiums_are_those_that_are_there_else_one_to_make(
    home: Path, there: list[str], found: list[str]
) -> None:
    for place in there:
        database(home / place)
    assert [store.folder for store in chromium_stores(home)] == [home / place for place in found]


def test_where_there_is_no_chromium_none_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert chromium_stores(home) == []


PROFILES = """\
[Install4F96D1932A9F858E]
Default=a.default

[Profile1]
Name=默认
IsRelative=1
Path=a.default

[Profile0]
IsRelative=0
Path={elsewhere}

[Profile2]
IsRelative=1
Path=never.started
"""


@pytest.mark.parametrize(
    "place", [".mozilla/firefox", ".config/mozilla/firefox", "snap/firefox/common/.mozilla/firefox"]
)
def test_firefox_profiles_are_those_listed_that_have_a_database(home: Path, place: str) -> None:
    own, elsewhere = database(home / place / "a.default"), database(home / "elsewhere")
    (home / place / "never.started").mkdir()
    (home / place / "profiles.ini").write_text(PROFILES.format(elsewhere=elsewhere), encoding="utf-8")
    assert {store.folder for store in firefox_stores(home)} == {own, elsewhere}


@pytest.mark.parametrize("text", [b"", b"nonsense", b"\xff\xfe\x00", b"[Profile0]\nIsRelative=1\n"])
def test_a_list_that_cannot_be_read_lists_nothing(home: Path, text: bytes) -> None:
    (home / ".mozilla/firefox").mkdir(parents=True)
    (home / ".mozilla/firefox/profiles.ini").write_bytes(text)
    assert firefox_stores(home) == []
