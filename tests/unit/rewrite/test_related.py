"""What a rule of related means is not for rules of recommended, whether the reader has it on or off."""

from pathlib import Path

import pytest

from filterproxy.engine import Engine
from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.diagnosis import Diagnosis, NoEffect
from filterproxy.rewrite.document import Document
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings

URL = "https://news.example/a/1.html"
SENTENCE = "昨天下午，江边的老码头重新开放，许多市民带着孩子来看船，直到天黑才慢慢散去。"
ITEMS = "<ul>" + "".join(
    f"<li><a href=/a/{number}.html>{text}</a>"
    for number, text in enumerate(
        ["渡口旁的石狮子为什么少了一只耳朵", "一把算盘换来的三年学费", "会飞的书包"]
    )
)
ABOUT = f"<div class=about><h3>猜你喜欢</h3>{ITEMS}</ul></div>"
OTHER = f"<div class=other>{ITEMS}</ul></div>"
PAGE = f"<!DOCTYPE html><title>老码头</title><body><div id=story>{f'<p>{SENTENCE * 3}</p>' * 4}</div>"

RULES = """
version: 1
site: "*"
rules:
  - {id: lists, category: recommended, lists: recommended}
  - {id: sections, category: recommended, section: 猜你喜欢}
"""
RELATED = """
version: 1
site: news.example
rules:
  - {id: about, category: related, remove: .about%s}
"""
EXCEPTION = """
version: 1
exceptions:
  - {rule: site/about, reason: it is none}
"""


def ruleset(folder: Path, **files: str) -> Ruleset:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return load_ruleset([folder])


def taken(rules: Ruleset, *off: str) -> tuple[str, list[str]]:
    engine = Engine(rules, Settings(off_categories=frozenset(off)))
    page = engine.rewrite_page(
        (PAGE + ABOUT + OTHER).encode(), url=URL, content_type="text/html; charset=utf-8"
    )
    return page.body.decode(), [removal.rule for removal in page.removals]


def test_off_it_stays(tmp_path: Path) -> None:
    rules = ruleset(tmp_path, generic=RULES, site=RELATED % "")
    assert taken(rules, "related") == (PAGE + ABOUT, ["generic/lists"])


def test_on_it_goes_by_its_own_rule(tmp_path: Path) -> None:
    rules = ruleset(tmp_path, generic=RULES, site=RELATED % "")
    assert taken(rules) == (PAGE, ["site/about", "generic/lists"])


@pytest.mark.parametrize(
    "files", [{}, {"site": RELATED % ", mode: 'off'"}, {"z": EXCEPTION, "site": RELATED % ""}]
)
def test_without_a_rule_that_counts_it_is_like_any_other(tmp_path: Path, files: dict[str, str]) -> None:
    rules = ruleset(tmp_path, generic=RULES, **files)
    body, names = taken(rules, "related")
    assert body == PAGE
    assert len(names) == 2


def test_a_section_of_related_counts_too(tmp_path: Path) -> None:
    site = RELATED.replace("remove: .about%s", "section: 猜你喜欢")
    assert taken(ruleset(tmp_path, generic=RULES, site=site), "related")[0] == PAGE + ABOUT


def test_it_is_said_why_a_section_does_nothing(tmp_path: Path) -> None:
    rules = ruleset(tmp_path, generic=RULES, site=RELATED % "")
    engine = Engine(rules, Settings(off_categories=frozenset({"related"})))
    body = (PAGE + ABOUT).encode()
    page = engine.rewrite_page(body, url=URL, content_type="text/html; charset=utf-8")
    selection = engine.decider.select(URL, body, "utf-8", ascii_compatible=True)
    document = Document(body.decode())
    article = find_article(document, None, Settings().guard)
    diagnosis = Diagnosis(document, page, selection, article, URL)
    reasons = {rule.id: diagnosis.trace(rule).no_effect for rule, _ in selection.rules}
    assert page.removals == ()
    assert reasons == {"lists": NoEffect.NO_LIST, "sections": NoEffect.RELATED}
