"""`filterproxy browser` where it does not come to a window; where it does: tests/browser."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path / "home"


def browser(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["browser", *arguments])


def program(tmp_path: Path, text: str, name: str = "browser") -> str:
    """Something that is started in a browser's place."""
    file = tmp_path / name
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def test_where_there_is_none_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    told = browser()
    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == (
        "filterproxy: no browser found on the path; install Chromium or Firefox, or say --browser-path FILE\n"
    )
    assert "no browser of Firefox's kind" in browser("--firefox").stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ftp://news.example/"], "only http and https"),
        (["--scope", "none"], "Invalid value"),
        (["--browser-path", "/nonexistent/browser"], "does not exist"),
        (["--only-rules"], "--only-rules wants --rules"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(arguments: list[str], words: str) -> None:
    told = browser(*arguments)
    assert (told.exit_code, told.stdout) == (2, "")
    assert words in told.stderr


@pytest.mark.long
def test_one_that_does_not_start_is_told_with_its_last_words(home: Path, tmp_path: Path) -> None:
    told = browser("--browser-path", program(tmp_path, "echo 'cannot open \033[31mdisplay' >&2; exit 9"))
    assert told.exit_code == 1
    assert told.stderr == "filterproxy: the browser ended at once with 9:\ncannot open \\x1b[31mdisplay\n"
    assert list(home.iterdir()) == list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.long
def test_one_that_is_no_program_is_told(tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("no program")
    told = browser("--browser-path", str(file))
    assert told.exit_code == 1
    assert told.stderr == f"filterproxy: {file} can't be started: Permission denied\n"


@pytest.mark.long
def test_it_gets_proxy_key_address_and_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no certutil there
    seen = tmp_path / "seen"
    path = program(tmp_path, f'printf "%s\\n" "$HOME" "$@" > {seen}')
    told = browser("news.example/新", "--browser-path", path, "--browser-option=--lang=zh", "--scope", "all")
    assert told.exit_code == 0, told.stderr
    home, first, *rest = seen.read_text("utf-8").splitlines()
    assert home != str(tmp_path / "home")
    assert (first, rest[-1]) == ("--lang=zh", "https://news.example/新")
    assert any(flag.startswith("--proxy-server=http://127.0.0.1:") for flag in rest)
    assert any(len(flag.removeprefix("--ignore-certificate-errors-spki-list=")) == 44 for flag in rest)
    assert ("--no-sandbox" in rest) == (os.geteuid() == 0)


def test_another_profile_is_not_touched(home: Path, tmp_path: Path) -> None:
    own = home / "profile"
    own.mkdir()
    (own / "prefs.js").write_text("own")
    told = browser("--browser-path", program(tmp_path, "true"), "--profile", str(own))
    assert told.exit_code == 1
    assert "holds something else than a profile that filterproxy made" in told.stderr
    assert [path.name for path in own.rglob("*")] == ["prefs.js"]


@pytest.mark.long
def test_firefox_without_certutil_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = program(tmp_path, "true", "firefox")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("certutil") is None
    told = browser("--browser-path", path)
    assert told.exit_code == 1
    assert "Firefox needs NSS's certutil, which comes in the package libnss3-tools" in told.stderr
