"""Requests and answers as the proxy hands them to the engine: addresses, cookies, fields, and the account."""

import pytest

from filterproxy.engine import Engine, engine_for
from filterproxy.rewrite.exchange import Part, Strip
from filterproxy.settings import Settings
from tests.support.rules import ruleset

FIELDS = [(b"Host", b"a.example"), (b"Cookie", b"_ga=secret; sid=1"), (b"Referer", b"https://b.example/")]


def told(strips: tuple[Strip, ...]) -> list[tuple[str, str, str, bool]]:
    return [(strip.rule, strip.part.value, strip.name, strip.observed) for strip in strips]


def test_a_request() -> None:
    engine = engine_for(
        ruleset("strip-params: [utm_*, spm]", "strip-cookies: _ga*", "strip-headers: [referer]")
    )
    done = engine.strip_request("https://a.example/x?utm_a=1&id=2&spm=3", FIELDS)
    assert (done.url, done.target) == ("https://a.example/x?id=2", None)
    assert list(done.fields) == [FIELDS[0], (b"Cookie", b"sid=1")]
    assert told(done.strips) == [
        ("soup/r0", "url", "utm_a", False),
        ("soup/r0", "url", "spm", False),
        ("soup/r1", "request", "_ga", False),
        ("soup/r2", "request", "Referer", False),
    ]
    assert "secret" not in repr(done.strips)
    again = engine.strip_request(done.url, done.fields)
    assert (again.url, again.fields, again.strips) == (done.url, done.fields, ())


def test_an_answer() -> None:
    engine = engine_for(ruleset("strip-cookies: _ga*", "strip-headers: etag"))
    fields = [(b"ETag", b'"x"'), (b"Set-Cookie", b"_ga=1"), (b"Set-Cookie", b"sid=1; Path=/"), (b"X", b"y")]
    done = engine.strip_answer("https://a.example/", fields)
    assert list(done.fields) == fields[2:]
    assert told(done.strips) == [("soup/r0", "answer", "_ga", False), ("soup/r1", "answer", "ETag", False)]


def test_what_is_not_touched_is_the_very_object() -> None:
    url = "https://a.example/x?id=1"
    for rules in (("remove: .a",), ("strip-params: spm", "strip-cookies: no", "strip-headers: etag")):
        done = engine_for(ruleset(*rules)).strip_request(url, FIELDS)
        assert done.url is url
        assert done.fields is FIELDS
        assert done.strips == ()


def test_an_address_that_leads_on() -> None:
    engine = engine_for(ruleset("strip-params: spm", "strip-params: no, redirects: {t.example/jump: url}"))
    done = engine.strip_request(
        "https://t.example/jump?url=https%3A%2F%2Fnews.example%2F%3Fspm%3D1&spm=2", FIELDS
    )
    assert done.target == "https://news.example/"
    assert told(done.strips) == [("soup/r1", "target", "news.example", False)]
    bad = engine.strip_request("https://t.example/jump?url=javascript:x&spm=2", FIELDS)
    assert (bad.url, bad.target) == ("https://t.example/jump?url=javascript:x", None)


def test_what_observes_only_counts() -> None:
    rules = (
        "strip-params: spm",
        "strip-cookies: _ga",
        "strip-headers: referer",
        "strip-params: no, redirects: {t.example/*: to}",
    )
    engine = engine_for(ruleset(*(f"{rule}, mode: observe" for rule in rules), "strip-cookies: sid"))
    done = engine.strip_request("https://a.example/x?spm=1", FIELDS)
    assert done.url == "https://a.example/x?spm=1"
    assert list(done.fields) == [FIELDS[0], (b"Cookie", b"_ga=secret"), FIELDS[2]]
    assert [strip.name for strip in done.strips if strip.observed] == ["spm", "_ga", "Referer"]
    assert [strip.name for strip in done.strips if not strip.observed] == ["sid"]
    led = engine.strip_request("https://t.example/?to=https://news.example/", FIELDS)
    assert led.target is None
    assert told(led.strips[:1]) == [("soup/r3", "target", "news.example", True)]


@pytest.mark.parametrize(
    ("rule", "url", "applies"),
    [
        ("strip-params: spm, pages: /a/*", "https://x.example/a/1?spm=1", True),
        ("strip-params: spm, pages: /a/*", "https://x.example/b/1?spm=1", False),
        ("strip-params: spm, mode: 'off'", "https://x.example/?spm=1", False),
    ],
)
def test_where_rules_apply(rule: str, url: str, applies: bool) -> None:  # noqa: FBT001 - a column of the table
    assert (engine_for(ruleset(rule)).strip_request(url, ()).url != url) == applies


def test_a_category_that_is_off() -> None:
    off = Engine(ruleset("strip-params: spm"), Settings(off_categories=frozenset({"ad"})))
    assert off.strip_request("https://a.example/?spm=1", FIELDS).strips == ()


def test_parts_have_their_words() -> None:
    assert [part.value for part in Part] == ["url", "request", "answer", "target"]
