"""Rule sets from a few lines of text."""

import functools
import tempfile
from pathlib import Path

from filterproxy.engine import rewrite_page
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.model import Rule, Ruleset
from filterproxy.ruleset.store import load_ruleset

URL = "https://www.soup.example/a/1.html"
UTF_8 = "text/html; charset=utf-8"


@functools.lru_cache(maxsize=1024)
def ruleset(*rules: str) -> Ruleset:
    """Rules for every site, each given as what stands between the braces behind id and category."""
    lines = [f"  - {{id: r{number}, category: ad, {rule}}}\n" for number, rule in enumerate(rules)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "soup.yaml"
        file.write_text("version: 1\nsite: '*'\nrules:\n" + "".join(lines), "utf-8")
        return load_ruleset([file])


def rule(text: str) -> Rule:
    """One of them, compiled."""
    return ruleset(text).files[0].rules[0]


def rewritten(html: str | bytes, *rules: str, content_type: str | None = UTF_8) -> Page:
    """The page under these rules, which must be filtered."""
    body = html.encode() if isinstance(html, str) else html
    page = rewrite_page(body, url=URL, content_type=content_type, ruleset=ruleset(*rules))
    assert page.skipped is None, (page.skipped, page.detail)
    return page
