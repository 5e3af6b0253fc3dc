"""The front door: what comes back, and that the worker's way is the same."""

import gzip
from pathlib import Path

import pytest

from filterproxy import Rewriter, Settings, SkipReason, load_ruleset, rewrite_page, rewrite_response
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Limits

URL = "https://www.news.example/a.html"
PAGE = "<!DOCTYPE html><meta charset=gbk><body><p>正文</p><div class=ad>广告</div><p>结尾</p>".encode("gbk")
HEADERS = ((b"Content-Type", b"text/html"), (b"ETag", b'"abc"'), (b"Content-Encoding", b"gzip"))


@pytest.fixture
def ruleset(tmp_path: Path) -> Ruleset:
    rule = "{id: ad, category: ad, remove: .ad}"
    (tmp_path / "news.yaml").write_text(f"version: 1\nsite: news.example\nrules: [{rule}]\n", "utf-8")
    return load_ruleset([tmp_path])


def test_a_page_and_its_account(ruleset: Ruleset) -> None:
    page = rewrite_page(PAGE, url=URL, ruleset=ruleset)
    assert page.body == PAGE.replace("<div class=ad>广告</div>".encode("gbk"), b"")
    (removal,) = page.removals
    assert (removal.rule, removal.category, removal.path) == (
        "news/ad",
        "ad",
        "html > body > div:nth-of-type(1)",
    )
    assert removal.source.endswith("news.yaml:3:14")
    assert (removal.excerpt, removal.size) == ("广告", len(PAGE) - len(page.body))
    assert (page.charset, page.exact, page.skipped, page.vetoes) == ("GBK", True, None, ())


@pytest.mark.parametrize(
    ("body", "url", "content_type", "skipped"),
    [
        (PAGE, "https://other.example/", None, SkipReason.NO_RULES),
        (PAGE, "nonsense", None, SkipReason.NO_RULES),
        (b"", URL, None, SkipReason.EMPTY),
        (PAGE, URL, "application/json", SkipReason.NOT_HTML),
        (b'{"a": [1, 2]}', URL, "text/html", SkipReason.CONTENT_MISMATCH),
        (PAGE, URL, "text/html; charset=utf-7", SkipReason.UNKNOWN_CHARSET),
        (b"x" * (10 * (1 << 20) + 1), URL, None, SkipReason.BODY_TOO_LARGE),
        (b"<div class=ad>" * 20_000, URL, "text/html; charset=utf-8", SkipReason.NESTED_TOO_DEEP),
        (b"<p>nothing of it</p>", URL, None, None),
    ],
)
def test_what_passes_as_it_came(
    ruleset: Ruleset, body: bytes, url: str, content_type: str | None, skipped: SkipReason | None
) -> None:
    page = rewrite_page(body, url=url, content_type=content_type, ruleset=ruleset)
    assert page.body is body
    assert page.skipped is skipped


def test_a_response(ruleset: Ruleset) -> None:
    done = rewrite_response(gzip.compress(PAGE), HEADERS, url=URL, ruleset=ruleset)
    assert done.body == done.page.body == rewrite_page(PAGE, url=URL, ruleset=ruleset).body
    names = {name.lower() for name, _ in done.headers}
    assert b"content-encoding" not in names
    assert dict(done.headers)[b"Content-Length"] == str(len(done.body)).encode()
    assert dict(done.headers)[b"ETag"] != b'"abc"'


def test_a_response_that_is_not_touched(ruleset: Ruleset) -> None:
    body = gzip.compress(b"<p>nothing of it</p>")
    for status, method in ((200, "GET"), (206, "GET"), (200, "HEAD")):
        done = rewrite_response(body, HEADERS, url=URL, ruleset=ruleset, status=status, method=method)
        assert done.body is body
        assert done.headers is HEADERS


def test_workers_give_the_same(ruleset: Ruleset) -> None:
    here = rewrite_page(PAGE, url=URL, ruleset=ruleset)
    patient = Settings(workers=1, limits=Limits(deadline=20.0))  # it is not speed that is tested here
    with Rewriter(ruleset, patient) as rewriter:
        there = rewriter.rewrite_page(PAGE, url=URL)
        assert (there.body, there.removals) == (here.body, here.removals)
        plain = b"<p>nothing of it</p>"
        assert rewriter.rewrite_page(plain, url=URL).body is plain
        assert rewriter.has_rules("m.news.example")
        assert not rewriter.has_rules("example")
        assert rewriter.submit_response(b"x", [], url=URL).result().page.skipped is SkipReason.NOT_HTML


def test_categories_switched_off(ruleset: Ruleset) -> None:
    off = Settings(off_categories=frozenset({"ad"}))
    assert rewrite_page(PAGE, url=URL, ruleset=ruleset, settings=off).skipped is SkipReason.NO_RULES
