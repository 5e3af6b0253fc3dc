"""What an author hears of rules that are right: where, what, and what to write instead."""

from pathlib import Path

import pytest

from filterproxy.advice.look import notices
from filterproxy.advice.notice import Kind, Level, Notice
from filterproxy.ruleset.sources import RuleSource, read_sources
from filterproxy.ruleset.store import build_ruleset

QUIET = {Kind.NO_ARTICLE, Kind.NO_TESTS}


def told(*texts: str) -> list[Notice]:
    sources = [RuleSource(f"r{i}", f"r{i}.yaml", text.encode()) for i, text in enumerate(texts)]
    build_ruleset(sources)  # nothing is wrong with them
    return [notice for notice in notices(sources) if notice.kind not in QUIET]


def of_rule(rule: str) -> list[Notice]:
    return told(f"site: news.example\nrules:\n  - {{id: x, category: ad, {rule}}}\n")


SPOKEN = [
    ("remove: .index_ad__3kLmN", Kind.GENERATED_NAME, "write [class*='index_ad__']"),
    ("remove: '#div-gpt-ad-1420000000000-0'", Kind.GENERATED_NAME, "write [id^='div-gpt-ad-']"),
    ("remove: .list-3dZa1SAf", Kind.GENERATED_NAME, "[class*='list-'], below an element"),
    ("remove: .advert.svelte-1a2b3c", Kind.GENERATED_NAME, 'leave it out: "advert" stays'),
    ("remove: .sc-bdVaJa", Kind.GENERATED_NAME, "section:"),
    ("remove: '[data-v-1a2b3c4d]'", Kind.GENERATED_NAME, "name the element by something else"),
    ("remove: .advert, unless: ':is(.css-1q2w3e, .b)'", Kind.GENERATED_NAME, '"css-1q2w3e" looks made'),
    ("strip-classes: {.css-1q2w3e: lock}", Kind.GENERATED_NAME, '"css-1q2w3e" looks made'),
    ("remove: 'div > div:nth-child(3) > div:nth-child(2)'", Kind.POSITION, "at 2 levels"),
    ("remove: 'body > div:nth-child(3)'", Kind.POSITION, "below nothing that has a name"),
    ("remove: 'html > body > div > div'", Kind.POSITION, "from the top of the page"),
    ("remove: '#a > div > div > div > span'", Kind.POSITION, "goes through 4 elements"),
    ("remove: div", Kind.WIDE, "means every <div> of the page"),
    ("remove: 'body ul'", Kind.WIDE, "means every <ul> of the page there"),
    ("remove: 'div:not(.story)'", Kind.WIDE, "means every <div>"),
    ("hide: .content", Kind.WIDE, "frame of a page"),
    ("remove: 'div .right'", Kind.WIDE, "frame of a page"),
    ("remove: '[class*=ad]'", Kind.PART_OF_WORD, "met by dead, fade, head, lead as well"),
    ("remove: \"[id^='ad']\"", Kind.PART_OF_WORD, "address"),
    ("remove: \"[class*='-ad']\"", Kind.PART_OF_WORD, "address"),
    ("remove: \"[class$='ad']\"", Kind.PART_OF_WORD, "dead, head"),
    ("remove: \"[class*='gg']\"", Kind.PART_OF_WORD, "toggle"),
    ("remove: \"script[src*='ad']\"", Kind.PART_OF_WORD, "[src*='/ad/']"),
    ("remove: \"[class*='ad']\"", Kind.PART_OF_WORD, "named: ad"),
    ("remove: '#a#b'", Kind.NEVER, "two ids"),
    ("remove: 'noscript img.pixel'", Kind.NEVER, "looks into a <noscript>"),
    ("remove: 'img.banner', text: 广告", Kind.NEVER, "never hold a text"),
    ("remove: '.side .advert', unless: .side", Kind.NEVER, 'excepted whole by unless: ".side"'),
    ("remove: div.advert, unless: .advert", Kind.NEVER, 'excepted whole by unless: ".advert"'),
    ("remove: .advert, within: '.side .box', unless: .side", Kind.NEVER, '".side .box" is excepted whole'),
    ("remove: .sidebar, within: .sidebar", Kind.NEVER, "not the element itself"),
    ("remove: 'body > div.top > p.ad', within: 'ul.menu'", Kind.NEVER, "begins at the top of the page"),
    ("remove: [.advert, div.advert.top]", Kind.COVERED, '"div.advert.top" takes nothing that ".advert"'),
    ("remove: ['.advert .label', .advert]", Kind.COVERED, '".advert .label" takes nothing'),
    ("remove: \"img[src*='/ad/'], img[src*='/ad/top']\"", Kind.COVERED, "leave one of them out"),
]


@pytest.mark.parametrize(("rule", "kind", "part"), SPOKEN)
def test_one_rule(rule: str, kind: Kind, part: str) -> None:
    found = of_rule(rule)
    assert [notice.kind for notice in found] == [kind]
    assert part in str(found[0])
    assert found[0].level is Level.WARNING
    assert found[0].instead


SILENT = [
    "remove: .advert",
    "remove: ins",
    "remove: amp-ad",
    "remove: '#list > li:nth-child(3)'",
    "remove: \"[class*='index_ad__']\"",
    "remove: \"[class*='-ad-'], [class~='ad'], .content-ad, .right .advert\"",
    "remove: '.side .content, #col > .right'",
    "remove: script, text: /_hmt/",
    "remove: ':is(div, section)', named: ad",
    "remove: p, within: .side",
    "remove: li, within: li",
    "remove: 'body > .advert'",
    "remove: 'div:has(> .advert)'",
    "remove: \"script[src*='/ads/']\"",
    "remove: \"[class*='recommend'], [class*='banner']\"",
    "remove: ['.advert .label', .advert], unless: .story",
    "unwrap: ['.word', '.word b']",
    "remove: \"img[src*='/Ab/' i], img[src*='/Abc/1']\"",
    "remove: \"img[src*='/Ab/'], img[src*='/ab/1' i]\"",
    "remove: .advert, within: .side, unless: '.side .own'",
    "strip-attributes: {a: ping}",
    "section: 猜你喜欢",
]


@pytest.mark.parametrize("rule", SILENT)
def test_nothing_is_said_of(rule: str) -> None:
    assert [str(notice) for notice in of_rule(rule)] == []


def test_the_column_is_where_it_stands() -> None:
    head = "site: news.example\nrules:\n  - id: x\n    category: ad\n"
    text = f"{head}    remove:\n      - '.a, .b > .css-1q2w3e'\n"
    (notice,) = told(text)
    assert (notice.source.line, notice.source.column) == (6, 19)
    assert text.split("\n")[5][18:].startswith(".css-1q2w3e")
    assert str(notice).startswith('r0.yaml:6:19: warning: rule "x", key "remove": "css-1q2w3e" looks')


PAGES = {
    ("/article/*", "/shop/*"): True,
    ("/article/*", "/article/2026/*"): False,
    ("/article/*", "*.html"): False,
    ("/a/*.html", "/a/*.shtml"): True,
    ("/list?page=*", "/list"): False,
    ("/list?page=*", "/lists"): True,
    ("/list?page=*", "/list?id=*"): True,
    ("*", "/x"): False,
}


@pytest.mark.parametrize("pages", PAGES)
def test_pages_of_a_rule_that_are_none_of_its_file(pages: tuple[str, str]) -> None:
    whole, own = pages
    rule = f"{{id: x, category: ad, pages: '{own}', remove: .advert}}"
    text = f"site: n.example\npages: '{whole}'\nrules: [{rule}]\n"
    assert [notice.kind for notice in told(text)] == ([Kind.NEVER] if PAGES[pages] else [])


def test_article_selectors_are_looked_at_too() -> None:
    (notice,) = told("site: n.example\narticle: '#a, .index_text__3kLmN'\nrules: []\n")
    assert (notice.kind, notice.source.line, notice.source.column) == (Kind.GENERATED_NAME, 2, 15)
    assert 'key "article"' in notice.context


def write(folder: Path, name: str, site: str, css: str = ".advert") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(f"site: {site}\nrules: [{{id: x, category: ad, remove: {css}}}]\n")


def test_an_id_that_two_files_of_a_directory_have(tmp_path: Path) -> None:
    write(tmp_path / "one", "a", "[n.example, m.example]")
    write(tmp_path / "one", "b", "n.example")
    write(tmp_path / "one", "c", "o.example")
    found = [notice for notice in notices(read_sources([tmp_path / "one"])[0]) if notice.kind not in QUIET]
    assert [(notice.kind, notice.source.path) for notice in found] == [
        (Kind.SAME_ID, str(tmp_path / "one/b.yaml"))
    ]
    assert f"a rule for n.example has this id already, at {tmp_path}/one/a.yaml:2:14" in found[0].what


def test_every_site_is_a_site(tmp_path: Path) -> None:
    write(tmp_path / "one", "a", '"*"')
    write(tmp_path / "one", "b", '"*"')
    assert Kind.SAME_ID in [notice.kind for notice in notices(read_sources([tmp_path / "one"])[0])]


def test_a_later_directory_replaces_on_purpose(tmp_path: Path) -> None:
    write(tmp_path / "one", "a", "n.example")
    write(tmp_path / "two", "a", "n.example")
    sources, _ = read_sources([tmp_path / "one", tmp_path / "two"])
    (notice,) = [notice for notice in notices(sources) if notice.kind not in QUIET]
    assert (notice.kind, notice.level, notice.counts_when_strict) == (Kind.REPLACED, Level.NOTE, False)
    assert notice.what == f"replaces a/x ({tmp_path}/one/a.yaml:2:14) on n.example"


def test_what_a_site_file_leaves_unsaid() -> None:
    source = RuleSource("r", "r.yaml", b"site: n.example\nrules: [{id: x, category: ad, remove: .advert}]\n")
    assert [notice.kind for notice in notices([source])] == [Kind.NO_ARTICLE, Kind.NO_TESTS]
    every = RuleSource("r", "r.yaml", b'site: "*"\nrules: [{id: x, category: ad, remove: .advert}]\n')
    assert [notice.kind for notice in notices([every])] == [Kind.NO_TESTS]
    blocking = b"site: n.example\nrules: [{id: x, category: ad, block: '||x.example^'}]\n"
    assert [notice.kind for notice in notices([RuleSource("r", "r.yaml", blocking)])] == [Kind.NO_TESTS]
