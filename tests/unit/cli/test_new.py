from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from filterproxy.cli import main
from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.starter import starter_file


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


@pytest.mark.parametrize(
    "site", ["example-news.com", "新闻.example", "192.0.2.1", "::1", "*", "no", "1e3.example"]
)
def test_the_starter_passes_check(site: str, tmp_path: Path) -> None:
    path = tmp_path / "sub/x.yaml"
    result = run(site, "-o", path)
    assert result.exit_code == 0, result.output
    checked = CliRunner().invoke(main, ["check", str(path)])
    assert checked.stdout == f"ok: 1 file, 1 rule, {'every' if site == '*' else '1'} site\n"
    assert ("--scope all" in result.stdout) == (site == "*")


def test_its_commented_rules_are_right_too() -> None:
    """Every line that is a commented rule, taken as one."""
    lines = starter_file("a.example", "a.example").splitlines()
    opened = [
        line.replace("# ", "", 1) if line.startswith(("  # - ", "  #   ", "# pages", "# article")) else line
        for line in lines
    ]
    compiled = compile_file("\n".join(opened).encode(), path="x.yaml", name="x")
    assert compiled.problems == ()
    assert compiled.file
    assert [rule.id for rule in compiled.file.rules] == [
        "recommended", "close-ad", "statistics", "hot-links", "app-banner", "ping", "scroll-lock",
    ]  # fmt: skip
    assert compiled.file.pages == ("/article/*", "/*.html")


def test_it_goes_to_the_users_directory_and_says_what_is_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filterproxy.cli.new.user_rules_path", lambda: tmp_path / "my rules")
    result = run("Example-News.com")
    path = tmp_path / "my rules/sites/example-news.com.yaml"
    assert result.exit_code == 0
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["site"] == "example-news.com"
    assert f"wrote {path}" in result.stdout
    assert f'filterproxy check "{path}"' in result.stdout
    assert "filterproxy explain https://example-news.com/" in result.stdout


def test_it_overwrites_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("mine")
    result = run("a.example", "-o", path)
    assert result.exit_code == 1
    assert "is there already; --force overwrites it" in result.stderr
    assert path.read_text() == "mine"
    assert run("a.example", "-o", path, "--force").exit_code == 0
    assert path.read_text(encoding="utf-8") == starter_file("a.example", "a.example")
    assert list(tmp_path.iterdir()) == [path]


def test_it_can_go_to_standard_output() -> None:
    assert run("a.example", "-o", "-").stdout == starter_file("a.example", "a.example")


def test_a_wrong_site_says_what_to_write(tmp_path: Path) -> None:
    result = run("https://a.example/x", "-o", tmp_path / "x.yaml")
    assert result.exit_code == 2
    assert 'write "a.example"' in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("a.example", "-o", tmp_path / "file/x.yaml")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
