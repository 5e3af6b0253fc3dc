"""The html5lib project's documents through the whole rewriting."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from filterproxy.engine import rewrite_page
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset
from tests.support.corpus import CORPUS, needs_corpus
from tests.support.exactness import charset_of, parse, proven

pytestmark = [pytest.mark.corpus, needs_corpus]
URL = "https://trees.example/"


def documents() -> Iterator[bytes]:
    """Each whole document of the suite; fragments are left out."""
    for file in sorted((CORPUS / "suites" / "html5lib" / "tree-construction").glob("*.dat")):
        for case in ("\n" + file.read_text("utf-8")).split("\n#data\n")[1:]:
            data, _, expected = case.partition("\n#errors")
            if "\n#document-fragment" not in expected and data.strip():
                yield data.encode("utf-8", "surrogatepass")


def rules(folder: Path, css: str) -> Ruleset:
    (folder / "r.yaml").write_text(
        f'version: 1\nsite: trees.example\nrules:\n  - {{id: r, category: ad, remove: "{css}"}}\n', "utf-8"
    )
    return load_ruleset([folder])


def test_nothing_matched_is_the_same_bytes(tmp_path: Path) -> None:
    ruleset = rules(tmp_path, ".nowhere-to-be-found")
    checked = 0
    for body in documents():
        page = rewrite_page(body, url=URL, content_type="text/html; charset=utf-8", ruleset=ruleset)
        assert page.body is body
        checked += 1
    assert checked > 1300


def test_one_element_more_and_less(tmp_path: Path) -> None:
    """An element put at the end of each document goes again; what is exact is proven, all is read alike."""
    ruleset = rules(tmp_path, "i.zz")
    checked = exact = 0
    for original in documents():
        body = original + b'<i class="zz">x</i>'
        page = rewrite_page(body, url=URL, content_type="text/html; charset=utf-8", ruleset=ruleset)
        assert page.skipped is None, (body, page.detail)
        found = LexborHTMLParser(body.decode("utf-8", "replace"), scripting=True).css("i.zz")
        assert bool(page.removals) == bool(found), body
        if page.removals:
            checked += 1
            exact += page.exact
            if page.exact:
                assert proven(body, page, "text/html; charset=utf-8"), body
            assert not parse(page.body, charset_of(page.body, "text/html; charset=utf-8")).css("i.zz"), body
    assert checked > 900
    assert exact > 0.9 * checked
