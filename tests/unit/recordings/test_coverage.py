"""What coverage counts of each rule, that counts add up, and what is said of them."""

import dataclasses
from collections import Counter
from collections.abc import Iterator

import pytest

from filterproxy.recordings.coverage import Coverage, CoverPages, RuleCounts
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.replayer import Replayer
from filterproxy.recordings.suite import patient
from filterproxy.recordings.verdicts import LIMITS, Verdict, verdicts
from filterproxy.ruleset.model import Category, Ruleset
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings

RULES = """\
version: 1
site: news.example
rules:
  - {id: like, category: recommended, section: 猜你喜欢}
  - {id: list, category: recommended, remove: .box ul}
  - {id: banner, category: ad, remove: .banner}
  - {id: both, category: ad, remove: ".banner, .side"}
  - {id: watch, category: promo, remove: .app, mode: observe}
  - {id: never, category: ad, remove: .banner, text: 从来没有的话}
  - {id: story, category: ad, remove: "#story"}
  - {id: other, category: ad, remove: p, pages: /video/*}
  - {id: off, category: ad, remove: p, mode: 'off'}
  - {id: unwanted, category: related, remove: p}
  - {id: excepted, category: ad, remove: p}
"""
EXCEPTIONS = 'exceptions:\n  - {rule: "*/excepted", reason: 用不着}\n'
ELSEWHERE = "version: 1\nsite: else.example\nrules:\n  - {id: away, category: ad, remove: .banner}\n"
STORY = "<p>天还没亮，面馆的老板就把第一锅骨头汤烧开了，街上只有扫地的人。</p>" * 12
PAGE = f"""<!doctype html><meta charset=utf-8><title>面馆</title>
<div class=banner>广告位招租</div><div id=story><h1>清晨的面馆</h1>{STORY}</div>
<div class=side>另一条广告</div><div class=app>下载客户端</div>
<div class=box><h3>猜你喜欢</h3><ul><li><a href=/2>小巷里的第二家面馆</a><li><a href=/3>河边早市的豆浆摊</a>
<li><a href=/4>守了三十年的报刊亭</a></ul></div>"""
PLAIN = f"<!doctype html><meta charset=utf-8><title>面馆</title><h1>清晨的面馆</h1>{STORY}"


def _entry(number: int, body: str, host: str = "www.news.example", kind: bytes = b"text/html") -> Entry:
    fields = [(b"content-type", kind)]
    return Entry(f"v.mitm, flow {number}", f"https://{host}/{number}", "GET", 200, [], fields, body.encode())


ENTRIES = (
    _entry(1, PAGE),
    _entry(2, PLAIN),
    _entry(3, "{}", kind=b"application/json"),
    _entry(4, PAGE, host="third.example"),
    Problem("v.mitm, flow 5", "cut short"),
    _entry(6, PAGE),
    _entry(7, "{}"),
)


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "news.yaml").write_text(RULES, "utf-8")
    (folder / "else.yaml").write_text(ELSEWHERE, "utf-8")
    (folder / "exceptions.yaml").write_text(EXCEPTIONS, "utf-8")
    return load_ruleset([folder])


@pytest.fixture(scope="module")
def replayer(ruleset: Ruleset) -> Iterator[Replayer]:
    with Replayer(ruleset, patient(Settings())) as made:
        yield made


@pytest.fixture(scope="module")
def covered(replayer: Replayer) -> Coverage:
    return CoverPages()(replayer, iter(ENTRIES))


def test_pages_are_counted_by_what_became_of_them(covered: Coverage) -> None:
    assert (covered.pages, covered.filtered, covered.others) == (5, 3, 1)
    assert covered.skipped == {"no-rules": 1, "content-mismatch": 1}
    assert covered.problems == [ENTRIES[4]]


COUNTS = {  # applied, elsewhere, exempted, pages, hits, observed, characters, vetoes
    "like": (3, 0, 0, 2, 2, 0, 2 * 30, 0),
    "list": (3, 0, 0, 0, 0, 0, 0, 0),
    "banner": (3, 0, 0, 2, 2, 0, 2 * 5, 0),
    "both": (3, 0, 0, 2, 2, 0, 2 * 5, 0),
    "watch": (3, 0, 0, 2, 0, 2, 0, 0),
    "never": (3, 0, 0, 0, 0, 0, 0, 0),
    "story": (3, 0, 0, 0, 0, 0, 0, 2),
    "other": (0, 3, 0, 0, 0, 0, 0, 0),
    "excepted": (0, 0, 3, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("rule", COUNTS)
def test_what_a_rule_did_is_counted(covered: Coverage, rule: str) -> None:
    found = covered.rules[f"news/{rule}"]
    names = ("applied", "elsewhere", "exempted", "pages", "hits", "observed", "characters", "vetoes")
    assert dict(zip(names, COUNTS[rule], strict=True)) == {name: getattr(found, name) for name in names}


def test_what_comes_second_bytes_and_shares_are_counted(covered: Coverage) -> None:
    rules = covered.rules
    assert rules["news/list"].shadowed == {"news/like": 2}
    assert rules["news/both"].shadowed == {"news/banner": 2}
    assert rules["news/banner"].would_do == {"news/both": 2}
    assert rules["news/banner"].size == 2 * len("<div class=banner>广告位招租</div>".encode())
    assert rules["news/story"].vetoed == "v.mitm, flow 1"
    like = rules["news/like"]
    assert like.widest == "v.mitm, flow 1"
    assert 0.05 < like.share < 0.1
    assert like.tried == 2
    assert like.seconds > 0
    assert not {"news/off", "news/unwanted", "else/away"} & set(rules)


def test_pieces_add_up_to_the_whole(replayer: Replayer) -> None:
    total = Coverage()
    for entry in ENTRIES:
        total.add(CoverPages()(replayer, iter([entry])))
    covered = CoverPages()(replayer, iter(ENTRIES))
    for coverage in (total, covered):
        coverage.seconds = 0.0
        for counts in coverage.rules.values():
            counts.seconds = 0.0
    assert total.problems == []  # who adds them up has told them
    assert dataclasses.replace(total, problems=covered.problems) == covered


def test_what_is_said_of_each_rule(covered: Coverage, ruleset: Ruleset) -> None:
    said = {j.rule.id: (j.verdict, j.detail) for j in verdicts(covered, ruleset, frozenset({"related"}))}
    assert said == {
        "like": (Verdict.HIT, ""),
        "list": (Verdict.SHADOWED, "by news/like"),
        "banner": (Verdict.REDUNDANT, "with news/both"),
        "both": (Verdict.HIT, ""),
        "watch": (Verdict.HIT, "would have, in observe mode"),
        "never": (Verdict.NEVER, "its words stand in none of the pages"),
        "story": (Verdict.TOO_MUCH, "2 changes refused by the article guard, first at v.mitm, flow 1"),
        "other": (Verdict.NO_RECORDING, "3 of the site, none its pages"),
        "off": (Verdict.OFF, "its mode"),
        "unwanted": (Verdict.OFF, "category related"),
        "excepted": (Verdict.NO_RECORDING, "exempted on 3"),
        "away": (Verdict.NO_RECORDING, ""),
    }


def _counts(hits: int = 0, **more: object) -> RuleCounts:
    return RuleCounts(applied=9, tried=9, pages=hits, hits=hits, **more)  # type: ignore[arg-type]


def _said(ruleset: Ruleset, **counts: RuleCounts) -> dict[str, tuple[Verdict, str]]:
    coverage = Coverage(rules={f"news/{rule}": each for rule, each in counts.items()})
    return {j.rule.id: (j.verdict, j.detail) for j in verdicts(coverage, ruleset, frozenset())}


def test_of_two_rules_that_could_each_go_one_may(ruleset: Ruleset) -> None:
    said = _said(
        ruleset,
        banner=_counts(2, would_do=Counter({"news/both": 2})),
        both=_counts(3, would_do=Counter({"news/banner": 3})),
    )
    assert said["banner"] == (Verdict.REDUNDANT, "with news/both")
    assert said["both"] == (Verdict.HIT, "")


def test_where_the_other_never_acts_it_is_the_other_that_could_go(ruleset: Ruleset) -> None:
    said = _said(
        ruleset,
        banner=_counts(2, would_do=Counter({"news/both": 2})),
        both=_counts(shadowed=Counter({"news/banner": 2, "news/like": 1})),
    )
    assert said["banner"] == (Verdict.HIT, "")
    assert said["both"] == (Verdict.SHADOWED, "by news/banner and 1 more")


def test_a_rule_that_does_more_than_the_other_is_not_redundant(ruleset: Ruleset) -> None:
    said = _said(ruleset, banner=_counts(3, would_do=Counter({"news/both": 2})), both=_counts(1))
    assert said["banner"] == (Verdict.HIT, "")


@pytest.mark.parametrize(("rule", "category"), [("like", Category.RECOMMENDED), ("both", Category.AD)])
def test_more_than_the_category_s_usual_is_too_much(ruleset: Ruleset, rule: str, category: Category) -> None:
    limit = LIMITS[category]
    usual, more = _counts(1, share=limit, widest="a"), _counts(1, share=limit + 0.1, widest="p.tsv:9")
    assert _said(ruleset, **{rule: usual})[rule] == (Verdict.HIT, "")
    assert _said(ruleset, **{rule: more})[rule] == (
        Verdict.TOO_MUCH,
        f"{limit + 0.1:.0%} of the text at p.tsv:9",
    )


def test_every_category_has_a_limit() -> None:
    assert set(LIMITS) == set(Category)
