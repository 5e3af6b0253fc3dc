"""The rules that are shipped: cheap to try, named by what lasts, and explained where they must be."""

import re
from pathlib import Path

import pytest

from filterproxy.decide.token_index import TokenIndex
from filterproxy.recordings.suite import Suite, all_tests
from filterproxy.ruleset.model import Action, Rule, RuleFile
from filterproxy.ruleset.store import load_ruleset

RULES = Path(__file__).parents[2] / "rules"
FILES = load_ruleset([RULES]).files
EACH_FILE = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
EACH_RULE = pytest.mark.parametrize("rule", [r for f in FILES for r in f.rules], ids=lambda rule: rule.name)
HASHED = re.compile(
    r"[.#'][A-Za-z_]*-[A-Za-z0-9_]*(?=[A-Za-z0-9_]*[0-9])(?=[A-Za-z0-9_]*[A-Z])[A-Za-z0-9_]{7,}"
)


@EACH_RULE
def test_a_rule_is_tried_only_where_its_words_stand(rule: Rule) -> None:
    if rule.action is Action.SECTION:
        assert rule.headings
        assert all(rule.heading_tokens)
        return
    for selector in rule.selectors:
        assert selector.tokens, selector.css
    bare = [s.css for s in rule.selectors if re.fullmatch(r"[a-z]+(:not\(.*\))?", s.css)]
    assert not bare or rule.text_tokens or rule.name_tokens, bare


@EACH_RULE
def test_a_rule_is_not_tried_on_a_page_without_its_words(rule: Rule) -> None:
    if rule.in_pages:
        page = b"<!doctype html><title>-</title><p>-<p>-"
        assert TokenIndex([rule]).select(page, "utf-8", ascii_compatible=True).rules == ()


@EACH_RULE
def test_no_rule_names_what_a_build_made_up(rule: Rule) -> None:
    for selector in rule.selectors:
        assert not HASHED.search(selector.css), selector.css


@EACH_RULE
def test_no_rule_looks_for_the_word_advert_alone(rule: Rule) -> None:
    assert rule.headings.isdisjoint({"广告", "推广", "advertisement", "ad"})
    assert all(pattern.pattern not in {"广告", "推广"} for pattern in rule.text)
    assert rule.allow_article is None


@EACH_FILE
def test_a_file_says_what_must_survive(file: RuleFile) -> None:
    if file.sites == ("*",):
        assert file.name.startswith("generic")
        assert file.article is None
    else:
        assert file.article
        assert file.name == f"sites/{file.sites[0]}"


def test_headings_are_named_once() -> None:
    generic = next(file for file in FILES if file.name == "generic")
    headings = [heading for rule in generic.rules for heading in rule.headings]
    assert len(headings) == len(set(headings)) > 150


def test_every_rule_file_has_tests_and_all_of_them_hold() -> None:
    ruleset = load_ruleset([RULES])
    tests = all_tests(ruleset)
    assert {test.file for test in tests} == {file.name for file in FILES}
    with Suite(tests, ruleset) as suite:
        judged = list(suite.run())
        assert [str(failure) for found in judged for failure in found.failures] == []
        assert suite.problems == []
    assert len(judged) >= 11
