"""What holds of every page and every set of rules."""

import functools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from filterproxy.engine import rewrite_page
from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.result import Page
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Action, Ruleset
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.properties.strategies import CHARSETS, pages, rules, token_soup
from tests.support.exactness import is_cut_out, is_mended, proven

URL = "https://soup.example/a.html"
UTF_8 = "text/html; charset=utf-8"
thorough = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CUTS = {Action.REMOVE, Action.SECTION}
TOLD = {*CUTS, Action.UNWRAP, Action.HIDE}
"""Actions of which the account tells all that is needed to do them again."""


@functools.lru_cache(maxsize=512)
def ruleset(text: str) -> Ruleset:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "soup.yaml"
        file.write_text(text, "utf-8")
        return load_ruleset([file])


def rewritten(body: bytes, rule_text: str, content_type: str = UTF_8) -> Page:
    page = rewrite_page(body, url=URL, content_type=content_type, ruleset=ruleset(rule_text))
    assert page.skipped is None, (page.skipped, page.detail)
    return page


def one_rule(action: str, css: str) -> str:
    rule = f"{{id: r, category: ad, allow-article: a test, {action}: '{css}'}}"
    return f"version: 1\nsite: '*'\nrules: [{rule}]\n"


@thorough
@given(pages(), rules())
def test_never_raises_and_unchanged_is_the_same_object(text: str, rule_text: str) -> None:
    body = text.encode() or b" "
    page = rewritten(body, rule_text)
    assert page.removals or page.body is body


@thorough
@given(pages(), rules())
def test_twice_changes_nothing_more(text: str, rule_text: str) -> None:
    first = rewritten(text.encode() or b" ", rule_text)
    if not first.exact or not first.body or any(r.action is Action.SECTION for r in first.removals):
        return  # written out anew, a page may hold elements that a parser had implied
    again = rewritten(first.body, rule_text)
    new = [removal for removal in again.removals if removal.action is not Action.SECTION]
    assert not new or is_mended(text.encode(), first), again.removals


@thorough
@given(pages(), rules(), st.sampled_from(CHARSETS))
def test_exact_is_proven_in_every_charset(text: str, rule_text: str, charset: str) -> None:
    content_type = f"text/html; charset={charset}"
    found = sniff(b"x", content_type).charset
    assert found is not None
    body = found.encode(text) or b" "
    page = rewritten(body, rule_text, content_type)
    actions = {removal.action for removal in page.removals}
    if page.exact and page.removals and actions <= TOLD:
        assert proven(body, page, content_type)
        if found.ascii_compatible and actions <= CUTS:
            assert is_cut_out(body, page)


@settings(max_examples=400, deadline=None)
@given(token_soup(), st.sampled_from(["remove", "unwrap", "hide"]), st.data())
def test_exact_is_proven_of_tags_without_order(soup: str, action: str, data: st.DataObject) -> None:
    css = data.draw(
        st.sampled_from([".ad", "b", "p, a", "div", "td", "li, form", "script", "span, i", "table"])
    )
    body = ("<!DOCTYPE html>" + soup).encode()
    page = rewritten(body, one_rule(action, css))
    if page.exact and page.removals:
        assert proven(body, page, UTF_8)
        assert action != "remove" or is_cut_out(body, page)


@thorough
@given(pages(), st.sampled_from([".ad", "script", "p", "form", "td", "b"]))
def test_what_is_removed_is_gone_and_the_rest_is_there(text: str, css: str) -> None:
    body = text.encode() or b" "
    page = rewritten(body, one_rule("remove", css))
    before = LexborHTMLParser(body.decode(), scripting=True)
    after = LexborHTMLParser(page.body.decode(), scripting=True)
    assert bool(page.removals) == bool(before.css(css))
    assert not after.css(css)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "text/html", "text/html; charset=gbk"]))
def test_any_bytes_come_through(body: bytes, content_type: str | None) -> None:
    rule = "version: 1\nsite: '*'\nrules:\n  - {id: r, category: ad, remove: '.nowhere-to-be-found'}\n"
    page = rewrite_page(body, url=URL, content_type=content_type, ruleset=ruleset(rule))
    assert page.body is body


EVERY_WAY = """version: 1
site: '*'
rules:
  - {id: a, category: ad, allow-article: a test, remove: [.ad, script, form]}
  - {id: b, category: ad, section: 猜你喜欢}
  - {id: c, category: ad, hide: .rec}
  - {id: d, category: ad, mode: observe, remove: p}
"""


@pytest.fixture(scope="module")
def rewriter() -> Iterator[Rewriter]:
    with Rewriter(ruleset(EVERY_WAY), Settings(workers=1)) as made:
        assert made.wait_ready(30)
        yield made


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages())
def test_workers_do_the_same(rewriter: Rewriter, text: str) -> None:
    body = text.encode() or b" "
    here = rewritten(body, EVERY_WAY)
    there = rewriter.rewrite_page(body, url=URL, content_type=UTF_8)
    assert (there.body, there.removals, there.vetoes, there.observed, there.exact, there.detail) == (
        here.body, here.removals, here.vetoes, here.observed, here.exact, here.detail,
    )  # fmt: skip
    assert (there.body is body) == (here.body is body)
