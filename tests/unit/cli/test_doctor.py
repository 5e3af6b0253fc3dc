"""`filterproxy doctor` and `filterproxy pac` as a whole; each check by itself: tests/unit/setup."""

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main

RULES = """\
version: 1
site: 新闻.example
rules:
  - {id: c, category: tracking, block: ["||hm.example^", /t.js]}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def rules(tmp_path: Path) -> list[str]:
    (tmp_path / "a.yaml").write_text(RULES, encoding="utf-8")
    return ["--only-rules", "--rules", str(tmp_path / "a.yaml")]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_it_looks_at_everything_and_changes_nothing(home: Path, rules: list[str], port: int) -> None:
    told = run("doctor", "--listen", f"127.0.0.1:{port}", *rules)
    assert told.exit_code == 0, told.stdout
    pieces = [line.split()[1] for line in told.stdout.splitlines() if not line.startswith(" ")]
    assert list(dict.fromkeys(pieces)) == [
        "rules",
        "switches",
        "CA",
        "trust",
        "clock",
        "port",
        "browsers",
        "workers",
    ]
    assert "→ filterproxy ca install" in told.stdout
    assert not home.exists()


def test_what_fails_is_an_exit_code_and_a_command(tmp_path: Path, rules: list[str]) -> None:
    (tmp_path / "a.yaml").write_text("version: 1\nsite: [\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = run("doctor", "--json", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", *rules)
    data = json.loads(told.stdout)
    assert (told.exit_code, data["ok"]) == (1, False)
    found = {finding["piece"]: finding for finding in data["findings"]}
    assert found["rules"]["state"] == "fail"
    assert found["rules"]["remedy"] == "filterproxy check"
    assert "a.yaml:" in found["rules"]["detail"]
    assert found["port"]["detail"].endswith("another program listens there")
    assert "upstream" not in found  # nobody asked for it


@pytest.mark.parametrize(
    "arguments",
    [["--listen", "127.0.0.1"], ["http://news.example/"], ["ftp://news.example"], ["--online", "http://a"]],
)
def test_what_is_asked_for_wrongly_is_refused(arguments: list[str]) -> None:
    told = run("doctor", *arguments)
    assert (told.exit_code, told.stdout) == (2, "")


def test_a_server_is_asked_when_it_is_named(rules: list[str], port: int) -> None:
    told = run("doctor", f"https://localhost:{port}/", "--listen", f"127.0.0.1:{port}", *rules)
    assert told.exit_code == 1
    assert "fail  upstream  localhost: " in told.stdout


def test_the_pac_file_is_printed_and_what_it_leaves_is_told(rules: list[str]) -> None:
    told = run("pac", "--listen", "127.0.0.1:9090", *rules)
    assert told.exit_code == 0
    assert "PROXY 127.0.0.1:9090; DIRECT" in told.stdout
    assert '"=hm.example":1' in told.stdout
    assert told.stdout.isascii()
    assert told.stderr == "1 filters name no host: what they block is blocked on these hosts alone\n"


def test_broken_rules_make_no_pac_file(tmp_path: Path, rules: list[str]) -> None:
    (tmp_path / "a.yaml").write_text("version: 2\n", encoding="utf-8")
    told = run("pac", *rules)
    assert (told.exit_code, told.stdout) == (1, "")
    assert run("pac", "--listen", "nonsense").exit_code == 2
