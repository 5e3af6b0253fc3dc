"""`filterproxy new --from`: a rule file drafted from a page, that passes check and replay as it stands."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from filterproxy.cli import main
from tests.support.server import Origin, message, running_origin

URL = "https://www.pier.example/city/1.html"
SENTENCE = "昨天清早，渡口的老船工把缆绳又检查了一遍，等第一班船靠岸的人已经排到了桥头。"
HEADLINES = (
    "江心洲的柚子今年提前半个月上市", "修了三代的钟表铺下周搬回老街", "夜班公交车上的读书会办到第一百期",
    "河堤上的风筝比去年多了一倍", "小学操场地下埋着一座古井",
)  # fmt: skip
LIST = "".join(f'<li><a href="/city/{n}.html">{text}</a></li>' for n, text in enumerate(HEADLINES, 2))
PAGE = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>渡口的第一班船 - 江岸新闻</title>
<link rel="canonical" href="{URL}"></head>
<body>
<div class="nav"><a href="/">首页</a> <a href="/city/">城事</a></div>
<div class="top-ad mt10"></div><div class="mt10"><div class="ad-box-3">广告</div></div>
<div class="index_sideAd__3kLmN">限时优惠，满百减十</div>
<div id="main"><h1>渡口的第一班船</h1>
<div class="story-text">
<noscript><p>请打开脚本，再看完整的报道。</p></noscript>
<p>{SENTENCE * 3}</p><p>{SENTENCE * 2}</p></div></div>
<div class="box mt10"><h3>街坊还在翻</h3><ul>{LIST}</ul></div>
<div class="index_hotNews__Q7w2x"><ul class="list">{LIST.replace("/city/", "/hot/")}</ul></div>
<div class="wechat-banner">扫一扫，关注我们</div>
<script src="https://hm.baidu.com/hm.js?1"></script>
</body></html>
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, where nobody's own rules and settings count."""
    for module in ("ruleset.sources", "settings_file", "cli.new", "cli.new_draft"):
        monkeypatch.setattr(f"filterproxy.{module}.user_rules_path", lambda: tmp_path / "own/rules")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def drafted(*arguments: str | Path) -> dict[str, object]:
    result = run("new", *arguments, "-o", "-")
    assert result.exit_code == 0, result.output
    told: dict[str, object] = yaml.safe_load(result.stdout)
    return told


def test_a_saved_page_becomes_rules_with_names_that_last(home: Path) -> None:
    told = drafted("pier.example", "--from", home / "page.html")
    assert told == {
        "version": 1,
        "site": "pier.example",
        "article": ".story-text",
        "rules": [
            {"id": "adverts", "category": "ad", "remove": [".top-ad", ".ad-box-3"]},
            {"id": "sections", "category": "recommended", "section": ["街坊还在翻"]},
            {"id": "lists", "category": "recommended", "remove": ["[class*='index_hotNews__']"]},
        ],
    }
    result = run("new", "pier.example", "--from", home / "page.html", "-o", "-")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert '- ".top-ad" # 1 element, empty as served' in lines
    assert '- ".ad-box-3" # 1 element: “广告”' in lines
    assert "# - \"[class*='index_sideAd__']\" # 1 element: “限时优惠，满百减十”" in lines
    assert '# - ".wechat-banner" # 1 element: “扫一扫，关注我们”' in lines
    assert "# Taken by other rules, which name it already: 1 tracking." in lines
    assert result.stderr.startswith(f"the page says that it is {URL}\n3 rules for pier.example, drafted")


def test_with_a_recording_it_passes_check_and_replay(home: Path) -> None:
    file = home / "my/sites/pier.example.yaml"
    result = run("new", "pier.example", "--from", "page.html", "--record", "my/flows/pier.mitm", "-o", file)
    assert result.exit_code == 0, result.output
    assert "wrote" in result.stdout
    test = yaml.safe_load(file.read_text("utf-8"))["tests"][0]
    assert test == {
        "recording": "flows/pier.mitm",
        "url": URL,
        "removes": ["adverts", "sections", "lists"],
        "count": {"adverts": 2, "sections": 1, "lists": 1},
        "keeps": [".story-text", SENTENCE[:24]],
    }
    checked = run("check", "--strict", "my")
    assert (checked.exit_code, checked.stdout) == (0, "ok: 1 file, 3 rules, 1 site\n"), checked.output
    replayed = run("replay", "--rules", "my", "--only-rules", "--json")
    assert replayed.exit_code == 0, replayed.output
    assert json.loads(replayed.stdout.splitlines()[-1])["tests"] == 1
    # and from the recording itself, over the file it names
    again = run("new", "--from", "my/flows/pier.mitm", "-o", file, "--force")
    assert again.exit_code == 0, again.output
    assert yaml.safe_load(file.read_text("utf-8"))["tests"][0] == test


def test_the_users_directory_is_the_usual_place_and_its_old_file_does_not_count(home: Path) -> None:
    first = run("new", "--from", "page.html")
    path = home / "own/rules/sites/pier.example.yaml"
    assert f"wrote {path}: 3 rules for pier.example" in first.stdout
    text = path.read_text("utf-8")
    assert run("new", "--from", "page.html").exit_code == 1
    assert run("new", "--from", "page.html", "--force").exit_code == 0
    assert path.read_text("utf-8") == text


def test_what_the_rules_of_the_site_name_already_is_left_to_them(home: Path) -> None:
    own = home / "own/rules/sites/mine.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("site: pier.example\nrules: [{id: x, category: ad, remove: .top-ad}]\n", "utf-8")
    told = drafted("pier.example", "--from", "page.html")
    (adverts,) = [rule for rule in told["rules"] if rule["id"] == "adverts"]  # type: ignore[attr-defined]  # YAML's
    assert adverts["remove"] == [".ad-box-3"]


def test_one_of_several_pages_of_a_recording(home: Path) -> None:
    (home / "other.html").write_text(PAGE.replace("story-text", "text-of-story"), "utf-8")
    table = (
        f"path\turl\npage.html\t{URL}\nother.html\thttps://pier.example/2.html\nx.html\thttps://x.example/\n"
    )
    (home / "pages.tsv").write_text(table, "utf-8")
    (home / "x.html").write_text("<p>别的站点", "utf-8")
    assert drafted("pier.example", "--from", home)["article"] == ".story-text"
    result = run("new", "pier.example", "--from", home, "-o", "-")
    assert "1 more page of the site in" in result.stderr
    other = drafted("pier.example", "--from", home, "--url", "https://pier.example/2.html")
    assert other["article"] == ".text-of-story"
    nowhere = run("new", "pier.example", "--from", home, "--url", "https://pier.example/3.html", "-o", "-")
    assert (nowhere.exit_code, "no page https://pier.example/3.html in it" in nowhere.stderr) == (1, True)


def test_a_page_without_a_story_or_junk_is_no_fault(home: Path) -> None:
    (home / "bare.html").write_text("<title>空</title><p>没有什么", "utf-8")
    result = run("new", "bare.example", "--from", "bare.html", "-o", "bare.yaml")
    assert result.exit_code == 0, result.output
    assert "it counts as https://bare.example/ (--url says otherwise)" in result.stdout
    assert "0 rules for bare.example" in result.stdout
    assert run("check", "bare.yaml").exit_code == 0


def test_a_page_that_writes_into_comments_stays_in_them(home: Path) -> None:
    evil = PAGE.replace("限时优惠，满百减十", "买一送一\nrules: []\x1b[31m # 真的")
    (home / "page.html").write_text(evil.replace("街坊还在翻", '街坊"还在\\翻: 看'), "utf-8")
    result = run("new", "pier.example", "--from", "page.html", "-o", "a.yaml")
    assert result.exit_code == 0, result.output
    assert "\x1b" not in (home / "a.yaml").read_text("utf-8")
    assert run("check", "a.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--from", "none.html"], 1, "none.html"),
        (["--from", "x.bin"], 2, "does not say its address"),
        (["--url", URL], 2, "are for --from"),
        ([], 2, "SITE is wanted"),
        (["*", "--from", "page.html"], 2, "a draft is of one site"),
        (["pier.example", "--from", "http://127.0.0.1:9/", "--url", URL], 2, "says itself where it leads"),
        (["pier.example", "--from", "page.html", "--record", "x.bin"], 1, "x.bin is there already"),
        (["pier.example", "--from", "page.html", "-o", "x.bin"], 1, "x.bin is there already"),
    ],
)
def test_what_cannot_be_drafted_from_is_told(home: Path, arguments: list[str], code: int, said: str) -> None:
    (home / "x.bin").write_bytes(b"<p>x")
    result = run("new", *arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.output
    assert not (home / "own").exists()


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    folder = tmp_path / "origin"
    folder.mkdir()
    with running_origin(["localhost"], folder) as server:
        server.serve(
            "/city/1.html", message(PAGE.encode("gbk", "replace"), content_type="text/html; charset=gbk")
        )
        yield server


@pytest.mark.long
def test_a_page_is_fetched_and_kept(home: Path, origin: Origin) -> None:
    url = f"http://localhost:{origin.port}/city/1.html"
    result = run("new", "--from", url, "--record", "rules/flows/p.mitm", "-o", "rules/sites/localhost.yaml")
    assert result.exit_code == 0, result.output
    told = yaml.safe_load((home / "rules/sites/localhost.yaml").read_text("utf-8"))
    assert (told["site"], told["article"]) == ("localhost", ".story-text")
    assert told["tests"][0]["url"] == url
    replayed = run("replay", "--rules", "rules", "--only-rules")
    assert replayed.exit_code == 0, replayed.output
    missing = run("new", "--from", url.replace("1.html", "9.html"), "-o", "-")
    assert (missing.exit_code, "answered with 404" in missing.stderr) == (1, True), missing.output


HOSTILE = (
    "广告\u202e",
    'ad"x',
    "ad'x",
    "ad: x",
    "ad#x",
    "index_ad\u202e__3kLmN",
    "index_ad\x9b__3kLmN",
    "index_\ufffead__3kLmN",
    "ad\x1b[31m",
    "ad\u2028x",
    "ad\\x",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_or_text_of_a_page_gets_out_of_its_place(home: Path, name: str) -> None:
    attribute = name.replace('"', "&quot;")
    block = f'<div class="ad-box {attribute}">{name}</div><div class="{attribute}">- id: {name}</div>'
    text = PAGE.replace("街坊还在翻", f"街坊{name}: #还在").replace(SENTENCE, name + SENTENCE)
    block += f"<x-{name} class='ad-9'>1</x-{name}>"
    (home / "page.html").write_text(text.replace("</body>", f"{block}</body>"), "utf-8")
    result = run("new", "pier.example", "--from", "page.html", "--record", "a.mitm", "-o", "my/a.yaml")
    assert result.exit_code == 0, result.output
    written = (home / "my/a.yaml").read_text("utf-8")
    assert [line for line in written.splitlines() if not line.replace("\u3000", " ").isprintable()] == []
    told = yaml.safe_load(written)
    assert set(told) == {"version", "site", "article", "rules", "tests"}
    assert {rule["id"] for rule in told["rules"]} <= {"adverts", "sections", "lists"}
    assert run("check", "my/a.yaml").exit_code == 0


@pytest.mark.parametrize("url", ["http://", "http://[", "http://a b/", "https://a.example:0/"])
@pytest.mark.usefixtures("home")
def test_what_is_no_url_is_a_usage_error(url: str) -> None:
    result = run("new", "--from", url, "-o", "-")
    assert (result.exit_code, "Invalid value for --from" in result.stderr) == (2, True)


def test_an_address_that_no_rule_file_can_hold_is_none(home: Path) -> None:
    for written in ("https://pier.example/a b", "https://pier.example/\u202e"):
        (home / "page.html").write_text(PAGE.replace(URL, written), "utf-8")
        result = run("new", "pier.example", "--from", "page.html", "-o", "-")
        assert result.stderr.startswith("the page's address is not known: it counts as https://pier.example/")
    refused = run("new", "--from", "page.html", "--url", "https://pier.example/a b", "-o", "-")
    assert (refused.exit_code, "cannot be written in a rule file" in refused.stderr) == (2, True)


def test_a_fragment_is_no_part_of_the_address(home: Path) -> None:
    (home / "page.html").write_text(PAGE.replace(URL, f"{URL}#top"), "utf-8")
    assert run("new", "--from", "page.html", "-o", "-").stderr.startswith(f"the page says that it is {URL}\n")
    result = run("new", "--from", "page.html", "--url", f"{URL}#x", "--record", "a.mitm", "-o", "-")
    assert f'url: "{URL}"' in result.stdout
    assert run("new", "--from", "a.mitm", "--url", f"{URL}#x", "-o", "-").exit_code == 0


@pytest.mark.usefixtures("home")
def test_of_www_and_a_top_level_domain_nothing_is_cut() -> None:
    assert drafted("--from", "page.html", "--url", "https://www.example/")["site"] == "www.example"


@pytest.mark.usefixtures("home")
def test_a_record_in_no_folder_ends_with_a_word() -> None:
    result = run("new", "--from", "http://127.0.0.1:9/", "--record", "page.html/a.mitm", "-o", "-")
    assert (result.exit_code, "page.html/a.mitm cannot be written" in result.stderr) == (1, True)


def test_a_page_that_nests_too_deep_is_refused_before_it_is_parsed(home: Path) -> None:
    (home / "page.html").write_text(PAGE.replace("</body>", "<div>" * 20_000), "utf-8")
    result = run("new", "pier.example", "--from", "page.html", "-o", "-")
    assert (result.exit_code, "nested-too-deep" in result.stderr) == (1, True)


def test_thousands_of_adverts_of_one_name_are_one_selector(home: Path) -> None:
    adverts = '<div class="ad-box-3">广告</div>' * 1_500
    (home / "page.html").write_text(PAGE.replace("</body>", f"{adverts}</body>"), "utf-8")
    rules = drafted("pier.example", "--from", "page.html")["rules"]
    assert isinstance(rules, list)
    assert rules[0]["remove"] == [".top-ad", ".ad-box-3"]


@pytest.mark.parametrize("heading", ["- 翻", "/街坊还在翻/"])
def test_a_heading_that_no_section_rule_takes_is_passed_over(home: Path, heading: str) -> None:
    (home / "page.html").write_text(PAGE.replace("街坊还在翻", heading), "utf-8")
    rules = drafted("pier.example", "--from", "page.html")["rules"]
    assert isinstance(rules, list)
    assert "sections" not in [rule["id"] for rule in rules]
