"""Answers of JSON, pruned in the engine's whole way: by type, charset, content coding, limits."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.classify.fields import HeaderFields
from filterproxy.decide.answers import Treatment
from filterproxy.engine import Engine, Rewritten, engine_for, rewrite_response
from filterproxy.errors import SkipReason
from filterproxy.rewriter import Rewriter
from filterproxy.settings import Limits, Settings
from tests.support.rules import ruleset

RULE = "prune: {url: '/api/*', remove: ['$.ads', \"$.data[?@.type == '广告']\"]}"
URL = "https://api.soup.example/api/feed?page=2"
BODY = '{"ads": [1], "data": [{"type": "广告"}, {"type": "新闻", "n": 1.10}]}'
LEFT = '{"data": [{"type": "新闻", "n": 1.10}]}'


def head(content_type: str, *more: tuple[bytes, bytes]) -> HeaderFields:
    return [(b"content-type", content_type.encode()), *more]


def pruned(body: bytes, content_type: str = "application/json", *rules: str, url: str = URL) -> Rewritten:
    return rewrite_response(body, head(content_type), url=url, ruleset=ruleset(*(rules or (RULE,))))


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("application/json", "utf-8"),
        ("application/json; charset=utf-8", "utf-8"),
        ("text/json;charset=GBK", "gb18030"),
        ("text/json;charset=gb2312", "gbk"),
        ("application/json", "utf-8-sig"),
        ("application/json", "utf-16"),  # by its mark
        ("application/vnd.api+json", "utf-8"),
        ("application/x-ndjson", "utf-8"),
        ("text/plain", "utf-8"),
        ("text/html", "utf-8"),  # by mistake
    ],
)
def test_types_and_charsets(content_type: str, charset: str) -> None:
    done = pruned(BODY.encode(charset), content_type)
    assert done.body == LEFT.encode(charset)
    assert [r.path for r in done.page.removals] == ["$['ads']", "$['data'][0]"]
    assert sum(r.size for r in done.page.removals) == len(BODY.encode(charset)) - len(done.body)
    assert done.page.exact
    again = pruned(done.body, content_type)
    assert again.body is done.body


@pytest.mark.parametrize(
    "kind", ["application/javascript", "text/javascript; charset=utf-8", "application/x-javascript"]
)
def test_jsonp(kind: str) -> None:
    assert pruned(f"/**/cb_1({BODY});".encode(), kind).body == f"/**/cb_1({LEFT});".encode()
    plain = b"function f() { return 1 }"
    assert pruned(plain, kind).page.skipped is SkipReason.NOT_JSON
    assert pruned(plain, kind).body is plain


def test_json_lines() -> None:
    body = f'{BODY}\n\n{{"a": 1}}\r\n{BODY}'.encode()
    assert pruned(body, "application/x-ndjson").body == f'{LEFT}\n\n{{"a": 1}}\r\n{LEFT}'.encode()


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "application/json", SkipReason.EMPTY),
        (b'{"ads": [1]', "application/json", SkipReason.NOT_JSON),
        (b"{'ads': [1]}", "application/json", SkipReason.NOT_JSON),
        (b'{"ads": NaN}', "application/json", SkipReason.NOT_JSON),
        (b'{"ads": %b}' % (b"1" * 5000), "application/json", SkipReason.NOT_JSON),
        (b"<p>", "text/plain", SkipReason.NOT_JSON),
        (b'{"ads": ' + b"[" * 200_000, "application/json", SkipReason.NESTED_TOO_DEEP),
        (b'{"ads": 1}', "image/png", SkipReason.NOT_JSON),
        (b'{"ads": 1}', "application/json; charset=utf-7", SkipReason.UNKNOWN_CHARSET),
        (b'{"ads": 1, "x": "\x81"}', "application/json; charset=gbk", SkipReason.NOT_WRITABLE),
        (b'{"ads": 1}', "text/event-stream", SkipReason.EVENT_STREAM),
    ],
)
def test_what_passes_as_it_came(body: bytes, content_type: str, reason: SkipReason) -> None:
    done = pruned(body, content_type)
    assert done.body is body
    assert done.page.skipped is reason


def test_broken_utf_8_stays_broken() -> None:
    assert pruned(b'{"ads": 1, "x": "\xff\xed\xa0\x80"}').body == b'{"x": "\xff\xed\xa0\x80"}'
    (entry,) = pruned(b'{"ads": "\xff", "x": 1}').page.removals
    entry.excerpt.encode()


def test_other_addresses_pass_unread() -> None:
    body = BODY.encode()
    for url in ("https://soup.example/feed", "https://soup.example/API/x"):
        assert pruned(body, url=url).body is body
    with_query = "prune: {url: '/f?format=json*', remove: $.ads}"
    assert (
        pruned(b'{"ads": 1}', "text/plain", with_query, url="https://a.example/f?format=json&x").body == b"{}"
    )
    assert pruned(b'{"ads": 1}', "text/plain", with_query, url="https://a.example/f?x").body == b'{"ads": 1}'


def test_what_only_observes() -> None:
    body = BODY.encode()
    page = pruned(body, "application/json", f"{RULE}, mode: observe").page
    assert page.body is body
    assert [r.path for r in page.observed] == ["$['ads']", "$['data'][0]"]


def test_coding_headers_and_limits() -> None:
    fields = head("application/json", (b"content-encoding", b"gzip"), (b"etag", b'"x"'), (b"x", b"1"))
    packed = gzip.compress(BODY.encode())
    done = rewrite_response(packed, fields, url=URL, ruleset=ruleset(RULE))
    assert done.body == LEFT.encode()
    names = [name.lower() for name, _ in done.headers]
    assert names == [b"content-type", b"etag", b"x", b"content-length"]
    small = Settings(limits=replace(Limits(), decoded=20))
    assert (
        engine_for(ruleset(RULE), small).prune_json(BODY.encode(), url=URL).skipped
        is SkipReason.BODY_TOO_LARGE
    )
    with pytest.raises(TypeError, match="is bytes"):
        engine_for(ruleset(RULE)).prune_json("{}", url=URL)  # type: ignore[arg-type]


def test_a_page_from_there_is_a_page() -> None:
    html = b"<!DOCTYPE html><p class=ad>x</p><p>y</p>"
    done = pruned(html, "text/html", RULE, "remove: .ad")
    assert done.body == b"<!DOCTYPE html><p>y</p>"


def test_in_the_workers() -> None:
    patient = Settings(workers=1, limits=Limits(deadline=20.0))  # it is not speed that is tested here
    with Rewriter(ruleset(RULE), patient) as rewriter:
        wanted = rewriter.wanted(URL, head("application/json"))
        assert wanted.treatment is Treatment.JSON
        done = rewriter.submit_response(BODY.encode(), head("application/json"), url=URL).result()
    assert done.body == LEFT.encode()
    assert [r.path for r in done.page.removals] == ["$['ads']", "$['data'][0]"]


def feed(entries: int) -> dict[str, Any]:
    """A feed in which every seventh entry is an advert, with what JSON may hold and Python might change."""
    story = "江边的老码头重新开放，许多市民带着孩子来看船。"
    return {
        "data": [
            {
                "type": "广告" if n % 7 == 0 else "新闻",
                "id": 9_007_199_254_740_993_000_000 + n,
                "题": f"第{n}条：{story}",
                "z": {"b": [n, -0.0, 1e-7, None, True], "a": "\u2028\U0001f600\\/", "empty": {}, "": []},
                "text": story * (1 + n % 5),
            }
            for n in range(entries)
        ],
        "next": None,
    }


def written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("1e-07", "1.0E-7").encode()


def test_a_feed_of_five_megabytes() -> None:
    value = feed(9_800)
    body = written(value)
    assert 5_000_000 < len(body) < 5_500_000
    done = Engine(ruleset(RULE)).prune_json(body, url=URL)
    assert done.skipped is None
    value["data"] = [entry for entry in value["data"] if entry["type"] != "广告"]
    assert len(done.removals) == 9_800 - len(value["data"]) == 1400
    assert sum(removal.size for removal in done.removals) == len(body) - len(done.body)
    left = json.loads(done.body, parse_float=str, parse_int=str)
    before = json.loads(body, parse_float=str, parse_int=str)
    before["data"] = [entry for entry in before["data"] if entry["type"] != "广告"]
    assert json.dumps(left) == json.dumps(before)  # numbers as they were written, keys in their order
    assert done.body == written(value)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ads", "data", "type", "x"]), inner)
    ),
    max_leaves=9,
)


@given(VALUES, st.booleans())
def test_the_result_is_json_and_twice_is_once(value: object, ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    body = json.dumps(value, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    page = engine_for(ruleset(RULE)).prune_json(body, url=URL)
    assert page.skipped is None
    assert page.removals or page.body is body
    left = json.loads(page.body.decode(errors="surrogatepass"))
    if isinstance(value, dict):
        assert list(left) == [key for key in value if key != "ads"]
    else:
        assert repr(left) == repr(value)
    assert engine_for(ruleset(RULE)).prune_json(page.body, url=URL).body is page.body


@given(st.binary(max_size=60))
def test_any_bytes_will_do(body: bytes) -> None:
    page = engine_for(ruleset(RULE)).prune_json(body, url=URL)
    assert page.skipped is not SkipReason.INTERNAL
