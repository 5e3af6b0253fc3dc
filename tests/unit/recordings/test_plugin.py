"""pytest in a rule repository of its own, in a process of its own, without our source tree's tests."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.rule_repository import RULES, make_repository, write

ROOT = Path(__file__).parents[3]
NAME = "rules/sites/news.example.yaml"
ARTICLE = (
    f"{NAME}::www.news.example/2026/1.html: removes float, like, keywords; "
    "keeps #story p, 昨天下午，江边的老码头重新开放, 下载客户端"
)
HOME = f"{NAME}::www.news.example/: removes nothing by like"
WORDS = "tests/test_words.py::test_words"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
    environment.pop("PYTEST_ADDOPTS", None)
    command = (sys.executable, "-X", "utf8", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:anyio")
    return subprocess.run(
        (*command, *arguments),
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


class Collected:
    """A plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.names = [item.nodeid for item in session.items]


@pytest.fixture
def collected(repository: Path, monkeypatch: pytest.MonkeyPatch) -> "Collect":
    """Collect in this process: much quicker than in another."""
    monkeypatch.chdir(repository)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Collect()


class Collect:
    def __call__(self, *arguments: str, code: int = 0) -> list[str]:
        seen = Collected()
        quiet = (
            "--collect-only",
            "-q",
            "--import-mode=importlib",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:anyio",
        )
        assert pytest.main([*quiet, *arguments], plugins=[seen]) == code
        return seen.names


@pytest.mark.long
def test_each_entry_is_an_item_and_the_fixtures_work(repository: Path) -> None:
    ran = run(repository, "-v", "--filterproxy-rules", "rules")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for name in (ARTICLE, HOME, WORDS):
        assert f"{name} PASSED" in ran.stdout
    assert "3 passed" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--filterproxy-rules", "rules"), [ARTICLE, HOME, WORDS]),
        (("tests", "--filterproxy-rules", "rules"), [WORDS, ARTICLE, HOME]),
        (
            (".", "rules", "--filterproxy-rules", "rules", "--filterproxy-rules", "rules"),
            [ARTICLE, HOME, WORDS],
        ),
        ((WORDS, "rules/sites", "--filterproxy-rules", "rules"), [WORDS, ARTICLE, HOME]),
        ((HOME, "--filterproxy-rules", "rules"), [HOME]),
        (("tests", "--filterproxy-rules", NAME), [WORDS, ARTICLE, HOME]),
        (("--filterproxy-rules", "rules", "--filterproxy-bundled", "tests"), [WORDS, ARTICLE, HOME]),
        (("tests",), [WORDS]),
        ((".",), [WORDS]),
    ],
)
def test_rules_are_collected_once_wherever_pytest_is_sent(
    collected: Collect, arguments: tuple[str, ...], found: list[str]
) -> None:
    assert collected(*arguments) == found


def test_directories_in_the_configuration_with_a_name_that_pytest_leaves_out(
    repository: Path, collected: Collect
) -> None:
    (repository / "rules").rename(repository / "build")
    write(repository / "pytest.ini", "[pytest]\nfilterproxy_rules = build\n")
    assert collected() == [*(name.replace("rules/", "build/") for name in (ARTICLE, HOME)), WORDS]


def test_a_rule_file_that_pytest_leaves_out_is_not_passed_over(
    repository: Path, collected: Collect, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "rules" / "sites").rename(repository / "rules" / "dist")
    collected("--filterproxy-rules", "rules", code=pytest.ExitCode.USAGE_ERROR)
    where = repository / "rules" / "dist" / "news.example.yaml"
    assert f"{where}: not collected: pytest leaves its directory out" in capsys.readouterr().err


def test_a_directory_that_is_not_there_is_a_usage_error(
    repository: Path, collected: Collect, capsys: pytest.CaptureFixture[str]
) -> None:
    collected("--filterproxy-rules", "ruels", code=pytest.ExitCode.USAGE_ERROR)
    assert f"{repository / 'ruels'}: no such file or directory" in capsys.readouterr().err


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A repository in which everything is wrong that can be, run once."""
    folder = make_repository(
        tmp_path_factory.mktemp("broken"), RULES.replace("remove: .ad-float", "remove: .ad-flaot")
    )
    write(folder / "rules" / "bad.yaml", RULES.replace("category: ad\n", "category: advert\n"))
    for name, recording in RECORDINGS.items():
        rules = RULES.replace("flows/pages.tsv", recording).replace("site: news", f"site: {name}.news")
        write(folder / "rules" / f"{name}.yaml", rules)
    absent = RULES.replace("example/2026/1.html", "example/2026/2.html")
    write(folder / "rules" / "absent.yaml", absent.replace("site: news", "site: absent.news"))
    write(
        folder / "conftest.py",
        "def pytest_runtest_logreport(report):\n"
        "    if report.when == 'call': print('AT', *report.location[:2])\n",
    )
    arguments = ("-s", "--continue-on-collection-errors", "--junit-xml", "results.xml")
    return folder, run(folder, "--filterproxy-rules", "rules", *arguments)


RECORDINGS = {"nowhere": "flows/nowhere.mitm", "absolute": "/etc/hosts", "above": "../flows/pages.tsv"}
REFUSED = {
    "nowhere": "is not there, nor in ",
    "absolute": "is an absolute path",
    "above": 'leads upwards ("..")',
}


@pytest.mark.long
def test_a_broken_rule_fails_with_its_file_and_line(
    broken: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ran = broken
    assert ran.returncode == 1
    where = folder / "rules" / "sites" / "news.example.yaml"
    words = f'{where}:4:9: removes "float": took nothing: not in the page: ad-flaot'
    assert words in ran.stdout
    assert f"wanted at {where}:15:5, of {folder / 'flows' / 'pages.tsv'}:2: https://www." in ran.stdout
    assert "- [2 links] 夜市的灯光为什么这样亮 · 一位老船工的三十年" in ran.stdout
    assert "Traceback" not in ran.stdout
    assert "pytest_items" not in ran.stdout
    document = ET.parse(folder / "results.xml")  # noqa: S314 - of our own making
    messages = [failed.attrib["message"] for failed in document.iter("failure")]
    assert any(message.startswith(words) for message in messages)


def test_the_location_of_an_item_is_the_line_of_its_entry(
    broken: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, ran = broken
    assert f"AT {NAME} 14" in ran.stdout  # from 0
    assert f"AT {NAME} 18" in ran.stdout


def test_a_rule_file_that_cannot_be_read_is_an_error_of_collection(
    broken: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ran = broken
    assert "ERROR collecting rules/bad.yaml" in ran.stdout
    assert f'{folder / "rules" / "bad.yaml"}:5:15: rule "float", key "category"' in ran.stdout
    assert "2 errors" in ran.stdout  # the fixture `ruleset` cannot be had either


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_that_cannot_be_had_fails_at_the_entry(
    broken: tuple[Path, subprocess.CompletedProcess[str]], name: str
) -> None:
    folder, ran = broken
    where = folder / "rules" / f"{name}.yaml"
    assert f'{where}:15:5: recording: recording "{RECORDINGS[name]}" {REFUSED[name]}' in ran.stdout


def test_a_page_that_is_not_in_the_recording_fails(
    broken: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ran = broken
    table = folder / "flows" / "pages.tsv"
    assert f"recording: {table}: the page is not in it: https://www.news.example/2026/2.html" in ran.stdout


@pytest.mark.long
def test_the_plugin_costs_other_runs_nothing(tmp_path: Path) -> None:
    write(
        tmp_path / "test_light.py",
        "import sys\n\n\ndef test_light():\n"
        "    loaded = {name for name in sys.modules if name.startswith('filterproxy')}\n"
        "    plugin = 'filterproxy.recordings.pytest_plugin'\n"
        "    assert loaded == {'filterproxy', 'filterproxy.recordings', plugin}\n"
        "    assert not {'mitmproxy', 'pydantic', 'selectolax'} & set(sys.modules)\n"
        "\n\ndef test_bundled(ruleset):\n"
        "    assert 'generic' in [file.name for file in ruleset.files]\n",
    )
    ran = run(tmp_path)
    assert "2 passed" in ran.stdout, ran.stdout
