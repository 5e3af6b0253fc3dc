"""EasyList, EasyPrivacy and EasyList China on the real pages and requests: nothing of an article goes."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import adblock
import pytest

from filterproxy.engine import Engine
from filterproxy.lists.cache import CompiledLists, ListCache
from filterproxy.lists.store import ListStore, State, Subscription
from filterproxy.lists.text import lines_of
from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.model import Category, Ruleset
from filterproxy.ruleset.network_filters import TYPES
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from tests.support.corpus import CORPUS, PAGES, CorpusPage, corpus_pages, needs_corpus
from tests.support.exactness import parse

pytestmark = [pytest.mark.corpus, needs_corpus, pytest.mark.long]

LISTS = {"easylist": Category.AD, "easyprivacy": Category.TRACKING, "easylistchina": Category.AD}
SHORTEST = 15  # characters of a sentence that tells


def compiled(folder: Path, lists: dict[str, Category]) -> ListCache:
    store = ListStore(folder / "data")
    for name, category in lists.items():
        store.add(Subscription(name, name, category))
        store.keep(name, State(), (CORPUS / "lists" / f"{name}.txt").read_bytes())
    cache = ListCache(store, folder / "cache")
    cache.build()
    return cache


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> ListCache:
    return compiled(tmp_path_factory.mktemp("lists"), LISTS)


@pytest.fixture(scope="module")
def lists(cache: ListCache) -> CompiledLists:
    loaded = cache.load()
    assert loaded is not None
    return loaded


def test_every_line_is_accounted_for(cache: ListCache) -> None:
    total: Counter[str] = Counter()
    for report in cache.reports().values():
        used = (report.requests, report.elements, report.exceptions, report.pages, report.repeated)
        assert report.comments + sum(used) + report.unused.total() == report.lines
        total.update(lines=report.lines, elements=report.elements, requests=report.requests)
        total.update({reason: count for reason, count in report.unused.items() if reason != "popup"})
    assert total.pop("lines") == 155_217
    assert total.pop("requests") > 119_000
    assert total.pop("elements") > 30_800
    assert total.total() < 250  # of no use, windows that pages open aside


OF_ANOTHER = {"newspaper/cricket.com.au2.html"}
"""Its ground truth is the caption of another video that is offered beside the page's own."""


def sentences(*, doubted: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Per page with a ground truth, its sentences without white space; `doubted`: all that it says."""
    with (CORPUS / "pages.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            if not row["ground_truth"] or (row["path"] in OF_ANOTHER and not doubted):
                continue
            raw = (CORPUS / "pages" / row["ground_truth"]).read_text("utf-8", "replace")
            lines = (
                json.loads(raw).get("with", []) if row["ground_truth"].endswith("json") else raw.splitlines()
            )
            texts = [text for line in lines if len(text := re.sub(r"\s+", "", line)) >= SHORTEST]
            junk = "" if doubted else labelled_junk(row["path"])
            yield row["path"], [text for text in texts if text not in junk]


def labelled_junk(path: str) -> str:
    """The text of what is labelled by hand as no part of the article: a ground truth may hold an advert."""
    label = CORPUS / "labels" / f"{path.replace('/', '__')}.json"
    if not label.exists():
        return ""
    body = (CORPUS / "pages" / path).read_bytes()
    charset = sniff(body, None).charset
    assert charset is not None
    nodes = parse(body, charset).css("*")
    junk = (nodes[item["ordinal"]].text() for item in json.loads(label.read_text("utf-8"))["junk"])
    return re.sub(r"\s+", "", "".join(junk))


def shown(body: bytes, content_type: str) -> str:
    charset = sniff(body, content_type).charset
    assert charset is not None
    tree = parse(body, charset)
    for code in tree.css("script,style,noscript,template"):
        code.remove()
    return "" if tree.body is None else re.sub(r"\s+", "", tree.body.text())


@pytest.fixture(scope="module")
def rewritten(lists: CompiledLists) -> list[tuple[CorpusPage, Page]]:
    engine = Engine(load_ruleset([bundled_rules_path()]).with_lists(lists.cosmetics))
    return [
        (page, engine.rewrite_page(page.body, url=page.url, content_type=page.content_type))
        for page in corpus_pages()
    ]


def test_no_sentence_of_an_article_is_lost(rewritten: list[tuple[CorpusPage, Page]]) -> None:
    truth = dict(sentences())
    characters = vetoes = pages = 0
    for page, done in rewritten:
        pages += 1
        vetoes += sum(veto.rule.startswith("lists/") for veto in done.vetoes)
        if page.path in truth and done.removals:
            before, after = shown(page.body, page.content_type), shown(done.body, page.content_type)
            there = [text for text in truth[page.path] if text in before]
            assert [text for text in there if text not in after] == [], page.path
            characters += sum(map(len, there))
    assert pages == PAGES
    assert characters > 350_000
    assert vetoes < 20


def test_lists_alone_take_no_sentence(lists: CompiledLists) -> None:
    engine = Engine(Ruleset(()).with_lists(lists.cosmetics))
    truth = dict(sentences(doubted=True))
    taken = pages = 0
    for page in corpus_pages():
        pages += 1
        done = engine.rewrite_page(page.body, url=page.url, content_type=page.content_type)
        taken += len(done.removals)
        if page.path in truth and done.removals:
            before, after = shown(page.body, page.content_type), shown(done.body, page.content_type)
            assert [text for text in truth[page.path] if text in before and text not in after] == [], (
                page.path
            )
    assert pages == PAGES
    assert taken > 400


def test_no_labelled_article_is_lost(rewritten: list[tuple[CorpusPage, Page]], tmp_path: Path) -> None:
    changed = 0
    for page, done in rewritten:
        if (CORPUS / "labels" / f"{page.path.replace('/', '__')}.json").exists():
            out = tmp_path / "pages" / page.path
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(done.body)
            changed += done.body is not page.body
    command = [CORPUS / "score.py", CORPUS / "labels", CORPUS / "pages", tmp_path / "pages"]
    told = subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True)
    score = json.loads(told.stdout)
    assert (score["text"]["loss"], score["pages_with_article_loss"], score["pages"]) == (0, [], 40)
    assert changed > 30


def test_requests_are_decided_as_the_engine_used_directly_would(lists: CompiledLists) -> None:
    filters = adblock.FilterSet(debug=True)
    for name in LISTS:
        filters.add_filter_list(
            (CORPUS / "lists" / f"{name}.txt").read_text("utf-8"), rule_types="networkonly"
        )
    engine = adblock.Engine(filters, optimize=False)
    texts = {name: lines_of((CORPUS / "lists" / f"{name}.txt").read_bytes()) for name in LISTS}
    checked = matched = 0
    for line in (CORPUS / "requests" / "real.jsonl").read_text("utf-8").splitlines():
        asked = json.loads(line)
        url, source, kind = asked["url"], asked["source"], asked["type"]
        assert isinstance(kind, str)
        kind = kind if kind in TYPES else "other"
        found, direct = lists.layer.verdict(url, source, kind), engine.check_network_urls(url, source, kind)
        assert (found is not None and found.exception is None) == direct.matched, url
        if found is not None:
            assert found.rule in LISTS, found
            name, _, number = found.source.partition(":")
            assert texts[name][int(number) - 1].strip() == (found.exception or found.filter)
            matched += 1
        checked += 1
    assert checked == 15_124
    assert matched > 5_000
