"""A browser's own directory: what it hides, what it lends, and that only what is ours is touched."""

import os
import sys
from pathlib import Path

import pytest

from filterproxy.errors import SettingsError
from filterproxy.setup.authority import Authority
from filterproxy.setup.browsers import Browser, Engine, browser_at, installed_browsers
from filterproxy.setup.chromium import chromium_in_use, prepare_chromium
from filterproxy.setup.firefox import firefox_in_use
from filterproxy.setup.isolation import MARK, den

BROWSER = Browser(Engine.CHROMIUM, Path("/usr/bin/chromium"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    (folder / ".local/share/fonts").mkdir(parents=True)
    (folder / ".local/share/fonts/字.ttf").write_bytes(b"font")
    (folder / ".Xauthority").touch()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XAUTHORITY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/elsewhere")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="HOME says where programs write on Linux alone")
def test_the_home_directory_is_hidden_but_for_fonts(home: Path) -> None:
    with den(BROWSER, None) as place:
        environment = place.environment()
        assert Path(environment["HOME"]).is_relative_to(place.folder)
        assert environment["XAUTHORITY"] == str(home / ".Xauthority")
        assert [name for name in environment if name.startswith("XDG_") and name.endswith("_HOME")] == []
        assert Path(environment["HOME"], ".local/share/fonts/字.ttf").read_bytes() == b"font"
        Path(environment["TMPDIR"], "rest").touch()
        assert place.folder.stat().st_mode & 0o777 == 0o700
    assert not place.folder.exists()
    assert (home / ".local/share/fonts/字.ttf").read_bytes() == b"font"  # links are not followed
    assert os.environ["HOME"] == str(home)


@pytest.mark.usefixtures("home")
def test_it_is_gone_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), den(BROWSER, None):
        _ = 1 / 0
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.usefixtures("home")
def test_a_kept_one_stays_with_its_settings(tmp_path: Path, ca: Authority) -> None:
    for _ in range(2):
        with den(BROWSER, tmp_path / "kept") as place:
            prepare_chromium(place, ca)
            preferences = place.profile / "Default/Preferences"
            if preferences.stat().st_size > 5:
                preferences.write_text("{}")
    assert preferences.read_text() == "{}"
    assert list((tmp_path / "tmp").iterdir()) == []
    assert (tmp_path / "kept" / MARK).exists()


@pytest.mark.usefixtures("home")
def test_a_directory_with_other_things_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own-profile"
    own.mkdir()
    (own / "prefs.js").touch()
    with pytest.raises(SettingsError, match="holds something else"), den(BROWSER, own):
        pass
    assert [path.name for path in own.iterdir()] == ["prefs.js"]
    with pytest.raises(SettingsError, match="can't make a profile"), den(BROWSER, own / "prefs.js" / "x"):
        pass
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.usefixtures("home")
def test_a_profile_in_use_is_known_by_its_lock(tmp_path: Path) -> None:
    with den(BROWSER, tmp_path / "kept") as place:
        for in_use, name, form in (
            (chromium_in_use, "SingletonLock", "host-{}"),
            (firefox_in_use, "lock", "127.0.0.1:+{}"),
        ):
            lock = place.profile / name
            assert not in_use(place)
            for number, used in ((os.getpid(), True), (2**22 + 1, False), ("none", False)):
                lock.symlink_to(form.format(number))
                assert in_use(place) is used, (name, number)
                lock.unlink()


def test_browsers_are_found_on_the_path_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed_browsers() == []
    (tmp_path / "firefox").touch(mode=0o755)
    (tmp_path / "chromium").touch(mode=0o755)
    (tmp_path / "google-chrome").symlink_to("chromium")
    found = [(browser.engine.value, browser.path.name) for browser in installed_browsers()]
    assert found == [("chromium", "chromium"), ("firefox", "firefox")]
    assert installed_browsers()[0].snap is None


@pytest.mark.parametrize(
    ("name", "engine"),
    [
        ("chrome", Engine.CHROMIUM),
        ("Firefox", Engine.FIREFOX),
        ("librewolf", Engine.FIREFOX),
        ("vivaldi", Engine.CHROMIUM),
    ],
)
def test_a_browser_by_its_program(name: str, engine: Engine) -> None:
    assert browser_at(Path("/opt", name)).engine is engine
