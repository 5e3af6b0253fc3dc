"""Who may import whom: the core knows no mitmproxy and opens no socket."""

import ast
from pathlib import Path

import pytest

import filterproxy

ROOT = Path(filterproxy.__file__).parent
ALLOWED = {
    "classify": {"errors", "settings"},
    "ruleset": {"errors", "settings", "classify"},
    "advice": {"errors", "ruleset"},
    "decide": {"classify", "ruleset", "errors"},
    "rewrite": {"errors", "settings", "ruleset"},
    "report": {"errors", "rewrite"},  # events carry the account of a page
}
CLOSED = {"mitmproxy", "socket", "ssl", "http", "asyncio", "urllib.request"}
NEEDS_LOOP = {"ruleset/watch.py"}  # watching files is a coroutine


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("folder", ALLOWED)
def test_the_core_imports_downwards(folder: str) -> None:
    files = sorted((ROOT / folder).glob("*.py"))
    assert len(files) > 3
    for file in files:
        ours = {name.split(".")[1] for name in imported(file) if name.startswith("filterproxy.")}
        assert ours <= ALLOWED[folder] | {folder}, file


@pytest.mark.parametrize("folder", ALLOWED)
def test_the_core_opens_no_socket(folder: str) -> None:
    for file in sorted((ROOT / folder).glob("*.py")):
        closed = CLOSED - ({"asyncio"} if str(file.relative_to(ROOT)) in NEEDS_LOOP else set())
        found = {name for name in imported(file) for c in closed if name == c or name.startswith(f"{c}.")}
        assert not found, file


def test_public_names() -> None:
    assert (
        filterproxy.__all__
        == """
        Action Category FilterProxyError Guard Limits Mode Page RecordingError Removal Rewriter Rewritten
        RuleFileError RuleSchemaError RuleSyntaxError Ruleset RulesetError SelectorError Settings
        SettingsError SkipReason Source Veto VetoReason load_ruleset rewrite_page rewrite_response
    """.split()
    )
    for name in filterproxy.__all__:
        assert getattr(filterproxy, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = filterproxy.nonsense
