"""Lists of our own for the tests, and a short way from a list's text to rules for pages."""

from pathlib import Path

from filterproxy.lists.build import COSMETICS, build
from filterproxy.lists.cosmetics import CosmeticRules
from filterproxy.ruleset.model import Ruleset

DIGEST = "0" * 64


def compiled(folder: Path, *texts: str) -> CosmeticRules:
    """The filters of elements of some lists, named `one`, `two` …, category ad."""
    lists = []
    for name, text in zip(("one", "two", "three"), texts, strict=False):
        path = folder / f"{name}.txt"
        path.write_text(text, "utf-8")
        lists.append((name, "ad", path))
    build(lists, DIGEST, folder / "compiled")
    return CosmeticRules(folder / "compiled" / COSMETICS)


def ruleset(folder: Path, *texts: str) -> Ruleset:
    """No rules but these lists'."""
    return Ruleset(()).with_lists(compiled(folder, *texts))
