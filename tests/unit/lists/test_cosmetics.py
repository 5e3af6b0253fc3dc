"""Lists' filters of elements on pages: which hosts, which exceptions, which tokens, what the account says."""

import pickle
import shutil
from pathlib import Path

import pytest

from filterproxy.engine import rewrite_page
from filterproxy.errors import SkipReason
from filterproxy.lists.cosmetics import NoCosmetics
from filterproxy.lists.pack import DamagedError, Pack
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.unit.lists.samples import compiled, ruleset

STORY = (
    "<h1>河边的桥修好了</h1>"
    + "<p>昨天上午，村里的人都来到桥上，看看新修的栏杆，孩子们在桥头放风筝。</p>" * 8
)
JUNK = '<div class="ad">买一送一</div><p id="note">读者来信</p>'


def removed(rules: Ruleset, host: str = "news.example", junk: str = JUNK, charset: str = "utf-8") -> set[str]:
    """The list lines that took something of a page of this host."""
    body = f"<!doctype html><meta charset={charset}><title>桥</title><body>{STORY}{junk}".encode(charset)
    page = rewrite_page(body, url=f"https://{host}/a/1.html", ruleset=rules)
    assert page.skipped in {None, SkipReason.NO_RULES}
    assert "河边的桥".encode(charset) in page.body
    return {removal.rule.removeprefix("lists/") for removal in page.removals}


@pytest.mark.parametrize(
    ("line", "host", "takes"),
    [
        ("##.ad", "news.example", True),
        ("##.AD", "news.example", False),
        ("*##.ad", "news.example", True),
        ("news.example##.ad", "news.example", True),
        ("news.example##.ad", "www.news.example", True),
        ("news.example##.ad", "oldnews.example", False),
        ("news.example,~www.news.example##.ad", "www.news.example", False),
        ("news.example,~www.news.example##.ad", "m.news.example", True),
        ("~news.example##.ad", "www.news.example", False),
        ("~news.example##.ad", "other.example", True),
        ("~news.example,www.news.example##.ad", "www.news.example", True),
        ("news.*##.ad", "news.example", True),
        ("news.*##.ad", "www.news.com.cn", True),
        ("news.*##.ad", "news.other.example", False),
        ("新闻.example##.ad", "xn--efvy88h.example", True),
        ("##.ads", "news.example", False),
        ("##div:has-text(买一送一)", "news.example", True),
        ("##div:has-text(买二送一)", "news.example", False),
        ("##p:has(+ .x)", "news.example", False),
        ("###note", "news.example", True),
    ],
)
def test_where_a_filter_holds(tmp_path: Path, line: str, host: str, takes: bool) -> None:  # noqa: FBT001 - a table
    assert removed(ruleset(tmp_path, f"! 一行\n{line}\n"), host) == ({"one/2"} if takes else set())


@pytest.mark.parametrize(
    ("exception", "host", "takes"),
    [
        ("news.example#@#.ad", "www.news.example", False),
        ("news.example#@#.ad", "other.example", True),
        ("news.example#@?#.ad", "news.example", False),
        ("#@#.ad", "other.example", False),
        ("@@||news.example^$generichide", "www.news.example", False),
        ("@@||news.example^$elemhide", "news.example", False),
        ("@@||news.example^$specifichide", "news.example", True),
        ("@@||news.example/a/$ghide", "news.example", False),
        ("@@||news.example/b/$ghide", "news.example", True),
        ("@@||news.example^$ghide,popup", "news.example", False),
        ("@@||news.example^$document,removeparam=x", "news.example", True),
    ],
)
def test_an_exception_in_another_list(tmp_path: Path, exception: str, host: str, takes: bool) -> None:  # noqa: FBT001 - a table
    found = removed(ruleset(tmp_path, exception, "##.ad"), host)
    assert found == ({"two/1"} if takes else set())


def test_filters_that_name_a_host_are_left_out_by_specifichide_alone(tmp_path: Path) -> None:
    text = "@@||a.example^$generichide\n@@||b.example^$specifichide\na.example,b.example##.ad"
    rules = ruleset(tmp_path, text)
    assert removed(rules, "a.example") == {"one/3"}
    assert removed(rules, "b.example") == set()


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5", "utf-16-le"])
def test_texts_are_found_in_any_charset(tmp_path: Path, charset: str) -> None:
    rules = ruleset(tmp_path, '##[title="今日推广"]\n##div:has-text(買一送一)')
    junk = '<i title="今日推广">a</i><div>買一送一</div>' if charset != "big5" else "<div>買一送一</div>"
    if charset == "utf-16-le":
        body = f"<!doctype html><body>{junk}".encode("utf-16")
        page = rewrite_page(body, url="https://a.example/", ruleset=rules)
        assert {r.rule for r in page.removals} == {"lists/one/1", "lists/one/2"}
        return
    story = JUNK.replace("买一送一", "").replace("读者来信", "") + junk
    body = f"<!doctype html><meta charset={charset}><body>{story}".encode(charset)
    page = rewrite_page(body, url="https://a.example/", ruleset=rules)
    assert {r.rule for r in page.removals} == (
        {"lists/one/2"} if charset == "big5" else {"lists/one/1", "lists/one/2"}
    )


def test_the_account_names_list_and_line(tmp_path: Path) -> None:
    body = b"<!doctype html><body><p>x<div class=ad>y</div>"
    [removal] = rewrite_page(body, url="https://a.example/", ruleset=ruleset(tmp_path, "!\n##.ad")).removals
    assert (removal.rule, removal.source, removal.category) == ("lists/one/2", "one:2:1", "ad")


def test_a_list_cannot_take_the_article(tmp_path: Path) -> None:
    body = f"<!doctype html><title>河边的桥修好了</title><body><div class=ad>{STORY}</div>".encode()
    page = rewrite_page(body, url="https://a.example/", ruleset=ruleset(tmp_path, "##.ad"))
    assert page.body is body
    assert [veto.rule for veto in page.vetoes] == ["lists/one/1"]


def test_an_exception_file_and_a_category_switch_lists_off(tmp_path: Path) -> None:
    lists = compiled(tmp_path, "##.ad\n###note")
    rules = tmp_path / "e.yaml"
    rules.write_text("version: 1\nexceptions:\n  - {rule: lists/one/1, reason: 本地要看}\n", "utf-8")
    assert removed(load_ruleset([rules]).with_lists(lists)) == {"one/2"}
    without = Settings(off_categories=frozenset({"ad"}))
    body = f"<!doctype html><body>{JUNK}".encode()
    plain = Ruleset(()).with_lists(lists)
    assert rewrite_page(body, url="https://a.example/", ruleset=plain, settings=without).body is body


def test_another_digest_with_lists(tmp_path: Path) -> None:
    lists = compiled(tmp_path, "##.ad")
    plain = Ruleset((), digest="a" * 64)
    assert plain.with_lists(lists).digest not in {plain.digest, lists.digest}
    assert len(plain.with_lists(lists).digest) == 64


def test_workers_have_the_lists_too(tmp_path: Path) -> None:
    body = f"<!doctype html><body>{STORY}{JUNK}".encode()
    with Rewriter(ruleset(tmp_path, "##.ad"), Settings(workers=1)) as rewriter:
        page = rewriter.rewrite_page(body, url="https://news.example/")
    assert [removal.rule for removal in page.removals] == ["lists/one/1"]


def test_a_worker_without_the_file_filters_by_the_rules_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lists = compiled(tmp_path, "##.ad")
    sent = pickle.dumps(lists)
    shutil.rmtree(tmp_path / "compiled")
    assert lists.applies("a.example", "/")  # what is open stays open
    found = pickle.loads(sent)  # noqa: S301 - our own
    assert isinstance(found, NoCosmetics)
    assert "filters of elements are off" in caplog.text
    assert removed(Ruleset(()).with_lists(lists)) == {"one/1"}


@pytest.mark.parametrize("at", [0, 8, 60, -1])
def test_a_damaged_file_is_refused(tmp_path: Path, at: int) -> None:
    path = compiled(tmp_path, "##.ad").path
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(DamagedError):
        Pack(path)
    path.write_bytes(data[:100])
    with pytest.raises(DamagedError):
        Pack(path)


def test_no_filters_of_elements_at_all(tmp_path: Path) -> None:
    lists = compiled(tmp_path, "||a.example^")
    assert not lists.applies("a.example", "/")
    assert removed(Ruleset(()).with_lists(compiled(tmp_path, "b.example##.ad")), "b.example") == {"one/1"}
