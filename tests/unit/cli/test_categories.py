"""Categories as a reader switches them: by options, by settings, in a mitmproxy of their own."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from filterproxy.cli import main
from filterproxy.ruleset.model import Category
from tests.support.client import Client
from tests.support.command import FILTERPROXY, MITMDUMP, running
from tests.support.server import Origin, message, running_origin

EVERY = [category.value for category in Category]
USUAL = {category for category in EVERY if category != "related"}
RULES = "site: localhost\nrules:\n" + "".join(
    f"  - {{id: {name}, category: {name}, remove: .{name}}}\n"
    f"  - {{id: {name}-requests, category: {name}, block: /{name}.js}}\n"
    for name in EVERY
)
PAGE = (
    "<!DOCTYPE html><html><head><meta charset=utf-8><title>题</title></head><body>"
    + "".join(f'<div class="{name}">{name} 的一块</div>' for name in EVERY)
    + "<p>正文第一段，说一件事。</p></body></html>"
)


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    folder = tmp_path / "origin"
    folder.mkdir()
    with running_origin(["localhost"], folder) as server:
        server.serve("/a.html", message(PAGE.encode()))
        for name in EVERY:
            server.serve(f"/{name}.js", message(b"sent", content_type="text/javascript"))
        yield server


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The user's own rules, where the program looks for them."""
    folder = tmp_path / "config/filterproxy/rules"
    folder.mkdir(parents=True)
    (folder / "here.yaml").write_text(RULES, "utf-8")
    return folder


def gone(body: str) -> set[str]:
    return {name for name in EVERY if f'class="{name}"' not in body}


def kept_back(client: Client, port: int) -> set[str]:
    """The categories whose script is never asked for."""
    return {
        name
        for name in EVERY
        if client.get(f"http://localhost:{port}/{name}.js", Sec_Fetch_Dest="script").body != b"sent"
    }


def seen(client: Client, port: int) -> tuple[set[str], set[str]]:
    """What goes of the page, and what is not asked for; workers that still start let a page pass."""
    for _ in range(20):
        page = client.get(f"http://localhost:{port}/a.html").body.decode()
        if gone(page):
            break
    return gone(page), kept_back(client, port)


RUNS = {  # settings and options, and what is on
    ("also: related\nwithout: [promo, clickbait]\n", "--also clickbait --without tracking"): {*EVERY}
    - {"promo", "tracking"},
    ("", ""): USUAL,
    ("", "--also related --without clickbait"): {*EVERY} - {"clickbait"},
}


@pytest.mark.parametrize(
    "said", [said if said[0] else pytest.param(said, marks=pytest.mark.long) for said in RUNS]
)
def test_run(tmp_path: Path, origin: Origin, rules: Path, said: tuple[str, str]) -> None:
    settings, options, wanted = said[0], said[1].split(), RUNS[said]
    (rules.parent / "settings.yaml").write_text(settings, "utf-8")
    command = (*FILTERPROXY, "run", "--listen", "127.0.0.1:0", "--confdir", str(tmp_path / "ca"), *options)
    with running(command, tmp_path) as proxy:
        client = Client(proxy.address("listens on"), tmp_path / "ca/mitmproxy-ca-cert.pem")
        told = proxy.line("leaves")
        assert seen(client, origin.port) == (wanted, wanted)
        proxy.end()
    named = re.sub(r"\([^)]*\)", "", told).replace(",", "").split()[1:]
    assert set(named) == {*EVERY} - wanted


@pytest.mark.long
@pytest.mark.parametrize("own", [False, True])
def test_a_mitmdump_of_ones_own(tmp_path: Path, origin: Origin, rules: Path, *, own: bool) -> None:
    """The settings count with the user's rules, not with rules that are named alone."""
    (rules.parent / "settings.yaml").write_text("without: [promo, ad]\n", "utf-8")
    script = CliRunner().invoke(main, ["addon-path"]).stdout.strip()
    options = ["filterproxy_also=ad", "filterproxy_without=tracking"]
    options += [f"filterproxy_rules={rules}"] if own else []
    sets = [part for option in options for part in ("--set", option)]
    command = (*MITMDUMP, "--listen-host", "127.0.0.1", "-p", "0", "-s", script,
               "--set", f"confdir={tmp_path / 'ca'}", *sets)  # fmt: skip
    with running(command, tmp_path) as proxy:
        client = Client(proxy.address("proxy listening at"), tmp_path / "ca/mitmproxy-ca-cert.pem")
        proxy.line("rules loaded")
        wanted = USUAL - {"tracking"} - (set() if own else {"promo"})
        assert seen(client, origin.port) == (wanted, wanted)
        proxy.end()


@pytest.fixture
def at_home(tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("filterproxy.ruleset.sources.user_rules_path", lambda: rules)
    monkeypatch.setattr("filterproxy.settings_file.user_rules_path", lambda: rules)
    (rules.parent / "settings.yaml").write_text("also: related\nwithout: [promo]\n", "utf-8")
    (tmp_path / "a.html").write_text(PAGE, "utf-8")
    return tmp_path


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_rewrite_and_rules_that_are_tried_alone(at_home: Path, rules: Path) -> None:
    page = at_home / "a.html"
    wanted = {*EVERY} - {"promo"}
    assert gone(invoke("rewrite", page, "--url", "https://localhost/", "-q").stdout) == wanted
    alone = ("--rules", rules, "--only-rules")
    assert gone(invoke("rewrite", page, "--url", "https://localhost/", "-q", *alone).stdout) == USUAL


def test_explain_says_who_switched_a_category_off(at_home: Path, rules: Path) -> None:
    told = invoke("explain", "https://localhost/a.html", "--without", "ad").stdout
    place = rules.parent / "settings.yaml"
    assert f"the category promo is off ({place}:2:11); --also promo switches it on" in told
    assert "the category ad is off (--without); --also ad switches it on" in told
    assert "the category related is off" not in told
    assert at_home


def test_replay_and_coverage_count_what_the_settings_leave(at_home: Path) -> None:
    table = at_home / "pages.tsv"
    table.write_text("path\turl\na.html\thttps://localhost/a.html\n")
    told = [json.loads(line) for line in invoke("replay", at_home, "--json").stdout.splitlines()]
    page = next(line for line in told if line["kind"] == "page")
    assert {name.rpartition("/")[2] for name in page["removals"]} == {*EVERY} - {"promo"}
    covered = json.loads(invoke("coverage", at_home, "--json").stdout)
    off = [rule["name"] for rule in covered["rules"] if rule["verdict"] == "off"]
    assert {"here/promo", "here/promo-requests"} <= set(off)
    assert "here/related" not in off


def test_doctor_says_what_is_on_and_what_is_off(at_home: Path, rules: Path) -> None:
    told = json.loads(invoke("doctor", "--json", "--listen", "127.0.0.1:0").stdout)
    found = next(finding for finding in told["findings"] if finding["piece"] == "switches")
    place = rules.parent / "settings.yaml"
    assert found["detail"] == (
        f"on: ad, close-ad, recommended, related, tracking, clickbait; off: promo ({place}:2:11)"
    )
    assert at_home


@pytest.mark.parametrize(
    "command",
    [
        ["run"], ["browser"], ["rewrite", "-", "--url", "a.example"], ["explain", "a.example"], ["replay"],
        ["coverage", "x"], ["doctor"], ["pac"],
    ],
)  # fmt: skip
def test_wrong_settings_and_wrong_names_are_refused(at_home: Path, rules: Path, command: list[str]) -> None:
    result = invoke(*command, "--without", "adverts")
    assert result.exit_code == 2
    for name in EVERY:
        assert f"'{name}'" in result.stderr
    (rules.parent / "settings.yaml").write_text("without: adverts\n", "utf-8")
    result = invoke(*command)
    assert result.exit_code == 1
    assert f"{rules.parent}/settings.yaml:1:10: category" in result.stderr
    assert at_home


@pytest.mark.parametrize("option", ["--also", "--without"])
@pytest.mark.parametrize("command", ["run", "browser", "rewrite", "explain", "replay", "coverage", "compare"])
def test_categories_are_completed(command: str, option: str) -> None:
    complete = ShellComplete(main, {}, "filterproxy", "_FILTERPROXY_COMPLETE")
    found = complete.get_completions([command, option], "")
    assert [item.value for item in found] == EVERY
    assert [item.value for item in complete.get_completions([command, option], "rel")] == ["related"]


def test_the_option_lists_them() -> None:
    program = subprocess.run(
        [*FILTERPROXY, "run", "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "400"},
    ).stdout  # fmt: skip
    assert ", ".join(EVERY) in " ".join(program.split())
