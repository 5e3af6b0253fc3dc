"""`filterproxy explain`: what applies, what doesn't, why, and what each rule did on a page."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from tests.support.pages import RULES, URL, page

EXTRA = """\
site: news.example
pages: ["/2025/*"]
rules:
  - {id: old, category: ad, remove: .old}
"""
MINE = """\
site: news.example
rules:
  - {id: float, category: ad, remove: .my-float}
  - {id: shop, category: ad, pages: /shop/*, remove: .shop}
  - {id: asleep, category: ad, mode: "off", remove: .asleep}
"""
EXCEPTIONS = """\
exceptions:
  - {rule: a/greedy, site: news.example, reason: it takes too much, until: 2999-01-31}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("a", RULES), ("b", EXTRA), ("e", EXCEPTIONS), ("z", MINE)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "other.yaml").write_text("site: other.example\nrules: [{id: x, category: ad, remove: .x}]\n")
    return tmp_path


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)], input=stdin)


def only(folder: Path) -> tuple[str | Path, ...]:
    return "--rules", folder, "--only-rules"


def section(result: Result, heading: str) -> list[str]:
    """The lines under a heading, as far as the next empty line."""
    lines = result.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(heading)) + 1
    end = lines.index("", start) if "" in lines[start:] else len(lines)
    return [line.strip() for line in lines[start:end]]


def words(line: str) -> list[str]:
    return [part.strip() for part in line.split("  ") if part.strip()]


def test_files_and_rules_that_apply(folder: Path) -> None:
    result = run("www.news.example/2026/1.html", *only(folder))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("https://www.news.example/2026/1.html\n\n")
    assert list(map(words, section(result, "Rule files for www.news.example"))) == [
        ["a", str(folder / "a.yaml"), "news.example", "4 of 6 rules apply"],
        ["b", str(folder / "b.yaml"), "news.example", "its rule doesn't apply"],
        ["z", str(folder / "z.yaml"), "news.example", "1 of 3 rules apply"],
        ["1 file is for other sites (--all names them)"],
    ]
    assert section(result, "Article") == [f"#story  a ({folder / 'a.yaml'})"]
    assert list(map(words, section(result, "Rules that apply: 5")))[-2:] == [
        ["a/idle", "clickbait", "remove", f"{folder / 'a.yaml'}:9"],
        ["z/float", "ad", "remove", f"{folder / 'z.yaml'}:3"],
    ]


def test_rules_that_do_not_apply_and_why(folder: Path) -> None:
    result = run(URL, *only(folder))
    assert {words(line)[0]: words(line)[-1] for line in section(result, "Rules that don't apply: 6")} == {
        "a/greedy": f"exempted by {folder / 'e.yaml'}:2:12: it takes too much (until 2999-01-31)",
        "a/keywords": "the category related is off; --also related switches it on",
        "b/old": "the file is for the pages /2025/*",
        "z/shop": "it is for the pages /shop/*",
        "z/asleep": "its mode is off",
        "a/float": f"replaced by {folder / 'z.yaml'}:3:10",
    }


def test_other_sites_files_are_named_when_asked_for(folder: Path) -> None:
    result = run(URL, "--all", *only(folder))
    assert section(result, "Rule files for other sites") == [f"other  {folder / 'other.yaml'}  other.example"]
    nowhere = run("elsewhere.example", *only(folder))
    assert section(nowhere, "Rule files for elsewhere.example") == [
        "none: its pages pass unread",
        "4 files are for other sites (--all names them)",
    ]
    assert section(nowhere, "Rules that apply: 0") == []


def test_with_a_page_each_rule_tells_what_it_did(folder: Path) -> None:
    path = folder / "page.html"
    path.write_bytes(page("gbk"))
    (folder / "e.yaml").unlink()
    (folder / "z.yaml").unlink()
    result = run(URL, "--page", path, *only(folder))
    assert result.exit_code == 0
    assert section(result, f"The page {path}")[0].endswith("GBK (declared in the page)")
    article = section(result, "Article")
    assert article[1].startswith("found by this selector: ")
    assert article[1].endswith("characters of sentence text in div#story")
    assert article[2] == "heading: 老码头重新开放 in div#main > h1:nth-of-type(1)"
    effects = section(result, "Rules with an effect: 4")
    assert [words(line)[0] for line in effects if line.startswith("a/")] == [
        "a/float",
        "a/like",
        "a/count",
        "a/watch",
    ]
    float_at = next(number for number, line in enumerate(effects) if line.startswith("a/float"))
    assert effects[float_at + 1] == "matches 1 element"
    size = len('<div class="ad-float">限时优惠</div>'.encode("gbk"))
    assert words(effects[float_at + 2]) == [
        "removed",
        str(size),
        "限时优惠",
        "html > body > div:nth-of-type(1)",
    ]
    assert any(line.startswith("observed") and "下载客户端" in line for line in effects)
    idle = {words(line)[0]: words(line)[-1] for line in section(result, "Rules without an effect: 2")}
    assert idle["a/greedy"] == "matches 1 element, refused by the article guard: holds-article"
    assert idle["a/idle"] == "not in the page: hotword"


REASONS = {
    "{remove: .nowhere}": "not in the page: nowhere",
    "{remove: li, text: '/转圈\\s*(?:广告|专题)/'}": "not in the page: 转圈",
    "{remove: 'a[href*=\"/nowhere/\"]'}": "not in the page: /nowhere/",
    "{remove: 'p.ad-float'}": "its selectors match nothing",
    "{remove: '#main p', within: '.box'}": "matches 2 elements, none stands within .box",
    "{remove: '.box li', unless: '.box'}": "matches 2 elements, all are excepted by unless: .box",
    "{remove: '.box li', text: '猜你喜欢'}": "matches 2 elements, text condition not met",
    "{remove: '.box li', text: '夜市', up: '.app'}": "matches 1 element, nothing around them is .app",
    "{section: 限时}": "one of its texts stands in the page, but not as a heading of its own",
    "{section: 天上掉下}": "none of its headings stands in the page: 天上掉下",
    "{section: 老码头重新开放}": "1 heading, with nothing under it that looks like a list",
    "{strip-attributes: {'.box a': id}}": "matches 2 elements, none has these attributes",
    "{strip-classes: {.box: app}}": "matches 1 element, none has these classes",
    "{remove: 'div.ad-float'}": "matches 1 element, gone with what rules/first took",
    "{hide: '.ad-float'}": "matches 1 element, gone with what rules/first took",
    "{hide: '.shut'}": "matches 1 element, hidden already",
    "{remove: '#story p:first-child'}": (
        "matches 1 element, refused by the article guard: article-text (60% of its text)"
    ),
}


@pytest.mark.parametrize(("rule", "reason"), REASONS.items())
def test_a_rule_without_effect_says_why(tmp_path: Path, rule: str, reason: str) -> None:
    first = "  - {id: first, category: ad, remove: .ad-float}\n"
    text = f"site: news.example\nrules:\n{first}  - {{id: x, category: ad, {rule[1:]}\n"
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    shut = '<i class="shut" hidden style="display:none!important;"></i></body>'
    body = page().replace(b"</body>", shut.encode())
    told = json.loads(run(URL, "--page", "-", "--json", *only(tmp_path), stdin=body).stdout)
    first_told, told_of = (rule["on_page"] for rule in told["rules"])
    assert first_told["no_effect"] is None
    assert told_of["words"] == reason


def test_what_is_skipped_is_not_looked_into(folder: Path) -> None:
    deep = b"<div>" * 9000 + b"<p class='ad-float my-float'>x"
    result = run(URL, "--page", "-", *only(folder), stdin=deep)
    assert result.exit_code == 0
    assert section(result, "The page -")[1] == (
        "not filtered, the page is as it came: nested-too-deep: over 512 deep"
    )
    assert len(section(result, "Rules that would apply: 5")) == 5
    picture = run(URL, "--page", "-", "--content-type", "image/png", *only(folder), stdin=b"x")
    assert section(picture, "The page -")[1].endswith("not-html")


def test_a_page_deeper_than_the_stack_is_explained_as_far_as_it_goes(folder: Path) -> None:
    text = "昨天下午，江边的老码头重新开放，许多市民带着孩子来看船。".encode()
    deep = b"<div class=my-float></div>" + b"<div>" * 4000 + text * 9
    told = explained(URL, "--page", "-", *only(folder), stdin=deep)
    assert told["page"]["outcome"] == "changed"
    assert [removal["rule"] for removal in told["page"]["removals"]] == ["z/float"]
    assert not any("on_page" in rule for rule in told["rules"])


def test_an_article_selector_that_finds_nothing_is_told(folder: Path) -> None:
    body = page().replace(b'id="story"', b'id="text"')
    article = section(run(URL, "--page", "-", *only(folder), stdin=body), "Article")
    assert article[1] == "the selector finds nothing on this page"
    assert article[2].startswith("found as the block with most sentence text: ")
    none = section(run(URL, "--page", "-", *only(folder), stdin=b"<p class=my-float>x"), "Article")
    assert none[1] == "this page has none: nothing is guarded"


def explained(*arguments: str | Path, stdin: bytes | None = None) -> dict[str, Any]:
    result = run(*arguments, "--json", stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, "")
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_json(folder: Path) -> None:
    told = explained(URL, *only(folder))
    assert (told["host"], told["path"]) == ("www.news.example", "/2026/1.html")
    assert [file["name"] for file in told["files"]] == ["a", "b", "z"]
    assert [file["name"] for file in told["other_files"]] == ["other"]
    assert told["article"] == {"selector": "#story", "file": str(folder / "a.yaml")}
    assert {rule["rule"]: rule["standing"] for rule in told["rules"]} == {
        "a/like": "applies",
        "a/count": "applies",
        "a/watch": "applies",
        "a/greedy": "exempted",
        "a/idle": "applies",
        "a/keywords": "category-off",
        "b/old": "other-pages",
        "z/float": "applies",
        "z/shop": "other-pages",
        "z/asleep": "mode-off",
        "a/float": "replaced",
    }
    greedy = next(rule for rule in told["rules"] if rule["rule"] == "a/greedy")
    assert greedy["exception"] == {
        "source": f"{folder / 'e.yaml'}:2:12",
        "reason": "it takes too much",
        "until": "2999-01-31",
    }
    assert "page" not in told


def test_json_with_a_page(folder: Path) -> None:
    told = explained(URL, "--page", "-", *only(folder), stdin=page())
    assert told["page"]["outcome"] == "changed"
    assert told["page"]["article_found"]["blocks"] == ["div#story"]
    by_rule = {rule["rule"]: rule.get("on_page") for rule in told["rules"]}
    assert by_rule["a/greedy"] is None
    assert by_rule["a/count"]["matched"] == {"script": 1}
    assert by_rule["a/count"]["met"] == {"text": 1}
    assert [removal["rule"] for removal in by_rule["a/like"]["removals"]] == ["a/like"]
    assert by_rule["z/float"]["missing"] == ["my-float"]


def test_all_the_bundled_rules_are_explained() -> None:
    result = run("https://news.163.com/a.html")
    assert result.exit_code == 0
    assert "sites/163.com" in result.stdout
    assert "generic" in result.stdout
    assert "every site" in result.stdout


def test_errors(folder: Path) -> None:
    assert run().exit_code == 2
    assert run("ftp://a.example/").exit_code == 2
    assert run("http://a.example:port/").exit_code == 2
    assert run(URL, "--content-type", "text/html").exit_code == 2
    missing = run(URL, "--page", folder / "none.html", *only(folder))
    assert missing.exit_code == 1
    assert "none.html cannot be read" in missing.stderr
    (folder / "z.yaml").write_text("site: a.example\nrules: [{id: x, category: adz, remove: 'a['}]\n")
    wrong = run(URL, *only(folder))
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert [line.split(": ")[0] for line in wrong.stderr.splitlines()] == [
        f"{folder / 'z.yaml'}:2:27",
        f"{folder / 'z.yaml'}:2:43",
    ]


def test_as_a_program(folder: Path) -> None:
    program = [sys.executable, "-c", "from filterproxy.cli import main; main()", "explain"]
    command = [*program, URL, "--page", "-", *map(str, only(folder))]
    done = subprocess.run(command, input=page(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    assert "老码头重新开放" in done.stdout.decode()
    help_text = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True).stdout
    assert "filterproxy explain example-news.com --page saved.html" in help_text


def test_a_host_that_no_file_names_is_read_only_with_scope_all(tmp_path: Path) -> None:
    (tmp_path / "every.yaml").write_text('site: "*"\nrules: [{id: x, category: ad, remove: .x}]\n')
    (tmp_path / "own.yaml").write_text("site: own.example\nrules: [{id: y, category: ad, remove: .y}]\n")
    note = "none names this host: the proxy reads it only with --scope all"
    assert note in section(run("news.example", *only(tmp_path)), "Rule files for news.example")
    lines = section(run("own.example", *only(tmp_path)), "Rule files for own.example")
    assert note not in lines
    assert [words(line)[-1] for line in lines] == ["its rule applies"] * 2


EXCHANGE = """\
site: news.example
pages: [/2026/*]
rules:
  - {id: block, category: tracking, block: "||x.example^"}
  - {id: cookies, category: tracking, strip-cookies: _ga}
  - {id: links, category: tracking, strip-params: [spm]}
  - {id: utm, category: tracking, strip-params: [utm_*]}
  - {id: feed, category: ad, prune: {url: /api/*, remove: $.ads}}
  - {id: state, category: ad, prune: {script: script, remove: $.ads}}
  - {id: idle, category: ad, prune: {script: script, remove: $.none}}
"""


def test_rules_for_requests_are_named_and_not_tried(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(EXCHANGE, "utf-8")
    html = '<p><a href="/1?spm=2">一</a><script>s = {"ads": [1], "n": 2};</script>'.encode()
    result = run(URL, "--page", "-", *only(tmp_path), stdin=html)
    assert result.exit_code == 0
    names = [words(line)[0] for line in section(result, "Rules for requests and answers, not tried")]
    assert names == ["x/block", "x/cookies"]
    effects = section(result, "Rules with an effect: 2")
    assert words(effects[2]) == [
        "stripped",
        "6",
        "spm=2",
        "html > body > p:nth-of-type(1) > a:nth-of-type(1)",
    ]
    assert (
        effects[5].split()
        == "pruned 12 \"ads\": [1] html > body > p:nth-of-type(1) > script:nth-of-type(1) $['ads']".split()
    )
    idle = section(result, "Rules without an effect: 2")
    assert "not in the page: utm_" in idle[0]
    assert "none is a script with JSON that holds what it prunes" in idle[1]
    (feed,) = section(result, "Rules that don't apply: 1")
    assert words(feed)[-1] == "it is for answers from /api/*"


def test_at_an_answer_s_address_its_rules_apply(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(EXCHANGE, "utf-8")
    data = json.loads(run("https://news.example/api/1", "--json", *only(tmp_path)).stdout)
    standings = {rule["rule"]: rule["standing"] for rule in data["rules"]}
    assert standings["x/feed"] == standings["x/block"] == "applies"
    assert {standings[f"x/{name}"] for name in ("cookies", "links", "state")} == {"other-pages"}
    shown = json.loads(run(URL, "--json", "--page", "-", *only(tmp_path), stdin=b"<p>").stdout)
    assert {rule["rule"] for rule in shown["rules"] if "on_page" in rule} == {
        "x/links",
        "x/utm",
        "x/state",
        "x/idle",
    }
