import re
from pathlib import Path

import pytest

from filterproxy.demo.compare import parse, seen_text
from filterproxy.demo.outcome import Fetched, judge
from filterproxy.demo.pages import PAGES, SamplePage, find, original, site_hosts
from filterproxy.engine import rewrite_page
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.store import load_ruleset

RULES = Path(__file__).parents[3] / "rules"
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def filtered(page: SamplePage, body: bytes) -> Page:
    return rewrite_page(body, url=page.url, content_type=page.content_type, ruleset=load_ruleset([RULES]))


@EACH
def test_bytes_are_in_the_charset_they_are_said_to_be_in(page: SamplePage) -> None:
    body = original(page)
    text = body.decode(page.charset)
    assert text.encode(page.charset) == body
    if page.charset == "gbk":
        with pytest.raises(UnicodeDecodeError):
            body.decode()
        assert b"charset=gb2312" in body


@EACH
def test_what_is_to_go_and_to_stay_stands_in_the_original(page: SamplePage) -> None:
    text = seen_text(original(page).decode(page.charset))
    assert [word for word in (*page.gone, *page.kept) if word not in text] == []
    if page.article is not None:
        assert len(seen_text(original(page).decode(page.charset), page.article)) > 400


@EACH
def test_everything_a_page_loads_is_there(page: SamplePage) -> None:
    document = parse(original(page).decode(page.charset))
    loaded = 0
    for node in document.css("script[src], img[src], iframe[src], link[href]"):
        address = node.attributes.get("src") or node.attributes.get("href") or ""
        found = re.fullmatch(r"(?:https?:)?//([^/]+)(/[^?]*).*", address)
        host, path = found.groups() if found else (page.host, address.partition("?")[0])
        assert find(host, path).read_bytes()
        loaded += 1
    assert loaded >= 4


def test_the_aggregator_page_has_two_lists_of_twenty() -> None:
    page = parse(original(PAGES[0]).decode())
    for block in ("#guess", "#picks"):
        items = page.css(f"{block} li")
        assert len(items) == 20
        assert all(item.css_first("a") and "浏览" in item.text() for item in items)


def test_messy_markup_is_in_the_sample() -> None:
    body = original(PAGES[0])
    for mess in (
        b"\r\n",
        b"<DIV ID=",
        b"target=_blank",
        b"<!--[if lt IE 9]>",
        b"&nbsp;",
        b"display:none",
        b"a < b",
    ):
        assert mess in body
    assert re.search(rb"[^\r]\n", body)


@EACH
def test_the_bundled_rules_do_what_the_demonstration_claims(page: SamplePage) -> None:
    body = original(page)
    account = filtered(page, body)
    sent, got = Fetched(body, page.content_type), Fetched(account.body, page.content_type)
    outcome = judge(page, sent, got, account)
    assert [check for check in outcome.checks if not check.holds] == []
    before, after = outcome.hosts()
    assert after == 0
    assert before >= 2


def test_a_page_that_is_hurt_is_told_so() -> None:
    page = PAGES[0]
    body = original(page)
    account = filtered(page, body)
    sent = Fetched(body, page.content_type)
    hurts = {
        "article": account.body.replace("清晨".encode(), b"", 1),
        "bytes": account.body.replace(b"\r\n", b"\n", 1),
        "charset": account.body.replace(b"</html>", b"\xff</html>"),
        "reader": account.body.replace("来源：江岸晚报".encode(), b""),
    }
    for name, hurt in hurts.items():
        outcome = judge(page, sent, Fetched(hurt, page.content_type), account)
        assert name in {check.name for check in outcome.checks if not check.holds}
        assert not outcome.holds
    relabelled = judge(page, sent, Fetched(account.body, "text/html"), account)
    assert {check.name for check in relabelled.checks if not check.holds} == {"charset"}


@pytest.mark.parametrize("path", ["/../pages.py", "/..%2f", "/a/../../server.py", "/none", "/static"])
def test_paths_that_lead_nowhere(path: str) -> None:
    with pytest.raises(FileNotFoundError):
        find("www.qukanredian.com", path)


def test_hosts_are_folders() -> None:
    hosts = site_hosts()
    assert {page.host for page in PAGES} <= set(hosts)
    with pytest.raises(FileNotFoundError):
        find("..", "/pages.py")
