"""Lists stand above the rules and below the proxy, and one file of theirs alone speaks to the network."""

import ast
from pathlib import Path

import filterproxy

LISTS = Path(filterproxy.__file__).parent / "lists"
ALLOWED = {"errors", "settings", "classify", "ruleset", "decide", "lists", "files"}
NETWORK = {"urllib.request", "http.client", "socket", "ssl", "asyncio", "mitmproxy"}


def imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_imports() -> None:
    files = sorted(LISTS.glob("*.py"))
    assert len(files) > 15
    for file in files:
        names = imported(file)
        assert {name.split(".")[1] for name in names if name.startswith("filterproxy.")} <= ALLOWED, file
        assert file.name == "download.py" or not names & NETWORK, file
