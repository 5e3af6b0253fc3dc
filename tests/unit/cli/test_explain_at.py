"""`filterproxy explain PAGE --at/--text`: why an element stays or goes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from tests.support.pages import URL, page

RULES = """\
site: news.example
article: "#story"
rules:
  - {id: float, category: ad, remove: .ad-float}
  - {id: like, category: recommended, section: [猜你喜欢, 老码头重新开放]}
  - {id: count, category: tracking, remove: script, text: _hmt}
  - {id: watch, category: promo, mode: observe, remove: .app}
  - {id: greedy, category: ad, remove: "#main"}
  - {id: keywords, category: related, remove: .keywords}
  - {id: place, category: ad, remove: .app, within: .sidebar}
  - {id: not-here, category: ad, remove: .app, unless: body}
  - {id: words, category: ad, remove: p, text: 下载客户}
  - {id: short, category: ad, remove: "div, p", named: app, at-most: 2}
  - {id: any, category: ad, remove: "div, p", named: nothing}
  - {id: up, category: ad, remove: .app, up: section}
  - {id: shop, category: ad, pages: /shop/*, remove: .app}
  - {id: mark, category: ad, strip-classes: {"#story": x}}
"""
EVERY = """\
site: "*"
rules:
  - {id: lists, category: recommended, lists: recommended}
"""
HEADLINES = "".join(f'<li><a href="/a/{n}.html">第{n}条，旧城墙下的菜市场搬了新家</a></li>' for n in range(7))
LIST = f'<div class="hot"><ul>{HEADLINES}</ul></div></body>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yaml").write_text(RULES, "utf-8")
    (tmp_path / "rules/e.yaml").write_text(EVERY, "utf-8")
    body = page().replace(b"</body>", LIST.encode())
    (tmp_path / "page.html").write_bytes(body)
    canonical = f'<link rel="canonical" href="{URL}"></head>'.encode()
    (tmp_path / "own.html").write_bytes(body.replace(b"</head>", canonical))
    return tmp_path


def run(folder: Path, name: str, *arguments: str) -> Result:
    rules = ("--rules", str(folder / "rules"), "--only-rules")
    return CliRunner().invoke(main, ["explain", str(folder / name), *arguments, *rules])


def told(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    result = run(folder, "page.html", "--url", URL, "--json", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    elements: list[dict[str, Any]] = json.loads(result.stdout)["elements"]["told"]
    return elements


def near(element: dict[str, Any]) -> dict[str, str]:
    return {one["rule"]: one["why"] for one in element["near"]}


def test_what_goes_and_by_what(folder: Path) -> None:
    (element,) = told(folder, "--at", ".ad-float")
    assert element["fate"] == "gone"
    assert [(one["relation"], one["rule"]) for one in element["by"]] == [("it", "a/float")]
    assert element["story"] == "it stands outside the story"


def test_what_stays_and_what_came_near(folder: Path) -> None:
    (element,) = told(folder, "--at", ".app")
    assert element["fate"] == "gone"  # by its words; and the others:
    assert near(element) == {
        "a/place": "it does not stand within .sidebar",
        "a/not-here": "it is excepted by unless: body",
        "a/short": "it has more than 2 characters",
        "a/up": "nothing around it is section",
        "a/shop": "it is for the pages /shop/*",
    }
    (keywords,) = told(folder, "--at", ".keywords")
    assert keywords["fate"] == "stays"
    assert near(keywords) == {"a/keywords": "the category related is off; --also related switches it on"}
    assert keywords["guard"] == "a rule that named it would take it"
    assert keywords["lists"] == "it is none: a rule of the category related names it"


def test_the_story_and_the_guard(folder: Path) -> None:
    main_block, heading, story, line = told(folder, "--at", "#main, h1, #story, #story p:first-child")
    assert main_block["story"] == "it holds the story"
    assert main_block["guard"] == "a rule that took it would be refused: holds-article"
    assert [(v["relation"], v["rule"], v["reason"]) for v in main_block["vetoes"]] == [
        ("it", "a/greedy", "holds-article")
    ]
    assert heading["story"] == "it is the story's heading, or holds it"
    assert heading["guard"] == "a rule that took it would be refused: holds-heading"
    assert [(one["rule"], one["why"]) for one in heading["headings"]] == [
        ("a/like", "its heading “老码头重新开放” heads nothing that looks like a list")
    ]
    assert [v["relation"] for v in heading["vetoes"]] == ["what holds it"]
    assert story["story"] == "it is the story's block"
    assert line["story"].startswith("it stands in the story: ")
    assert line["story"].endswith("characters of its sentences, 60% of it")
    assert line["guard"] == "a rule that took it would be refused: article-text (60% of the story's text)"


def test_what_the_search_for_lists_says(folder: Path) -> None:
    box, hot, item = told(folder, "--at", ".hot, .hot li:first-child, .box")
    assert hot["fate"] == "gone"
    assert hot["lists"].startswith("it is one. A block of 7 links to other stories: ")
    assert [(one["relation"], one["rule"]) for one in item["by"]] == [("what holds it", "e/lists")]
    assert item["lists"].startswith("it stands in one. ")
    assert [one["rule"] for one in box["by"]] == ["a/like"]


def test_by_text_the_smallest_element_is_meant(folder: Path) -> None:
    (heading,) = told(folder, "--text", "猜 你喜欢")
    assert heading["path"].endswith("h3:nth-of-type(1)")
    assert (heading["fate"], heading["by"][0]["relation"]) == ("gone", "what holds it")
    (box,) = told(folder, "--text", "猜你喜欢", "--at", "div.box")
    assert box["path"].endswith("div:nth-of-type(4)")
    assert box["by"][0]["relation"] == "it"


def test_for_people(folder: Path) -> None:
    result = run(folder, "own.html", "--at", ".app, .hot li")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == URL
    first = next(number for number, line in enumerate(lines) if line.endswith("p:nth-of-type(1): goes"))
    rows = [" ".join(line.split()) for line in lines[first + 1 : lines.index("", first)]]
    place = folder / "rules/a.yaml"
    assert rows[0] == "“下载客户端” 5 characters"
    assert rows[1] == f"removed it, by a/words ({place}:12)"
    assert f"near a/place ({place}:10): it does not stand within .sidebar" in rows
    assert rows[-2:] == [
        "story it stands outside the story",
        "lists it is none: a list has two links as long as a headline, and it has none",
    ]
    assert lines[-1].startswith("3 more of what is .app, .hot li: say more")


@pytest.mark.parametrize(
    ("name", "arguments", "code", "said"),
    [
        ("page.html", ["--url", URL, "--at", ".nowhere"], 1, "no element of the page is .nowhere"),
        ("page.html", ["--url", URL, "--text", "没有的字"], 1, "no element of the page holds “没有的字”"),
        ("page.html", ["--at", ".app"], 2, "does not say its address: say --url"),
        ("page.html", ["--url", URL, "--at", "div["], 2, "Invalid value for '--at'"),
        ("page.html", ["--url", URL, "--at", "a:contains(x)"], 2, 'use the key "text:"'),
        ("none.html", ["--url", URL], 2, "--url is for a page that is named alone"),
        ("none.example", ["--at", ".app"], 2, "are for a page"),
    ],
)
def test_what_is_asked_for_wrongly_is_told(
    folder: Path, name: str, arguments: list[str], code: int, said: str
) -> None:
    result = (
        run(folder, name, *arguments)
        if name != "none.example"
        else CliRunner().invoke(main, ["explain", name, *arguments])
    )
    assert (result.exit_code, said in result.stderr) == (code, True), result.output


def test_a_page_that_is_skipped_says_so(folder: Path) -> None:
    (folder / "deep.html").write_bytes(b"<div>" * 9000 + b"<p class=app>x")
    result = run(folder, "deep.html", "--url", URL, "--at", ".app")
    assert result.exit_code == 1
    assert "nested-too-deep" in result.stdout
    assert "the page was not looked into" in result.stderr
