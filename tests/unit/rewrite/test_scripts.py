import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rules import rewritten

ADS = "prune: {script: '#d', remove: \"$..list[?@.type == '广告']\"}"
NEWS = '{"type": "新闻", "n": 12345678901234567890}'
DATA = '{"list": [{"type": "广告", "n": 1}, NEWS, {"type": "广告"}], "b": "<b>\\u003c"}'.replace("NEWS", NEWS)
LEFT = '{"list": [NEWS], "b": "<b>\\u003c"}'.replace("NEWS", NEWS)


def page(script: str, attributes: str = "type=application/json") -> str:
    return f"<!DOCTYPE html><html><body><p>甲<script id=d {attributes}>{script}</script>\r\n<p>乙"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", ""),
        ("\n  ", "\n"),
        ("\r\n", "\r\n"),
        ("window.__DATA__ = ", ";\nrun(window.__DATA__);"),
        ("var 中文=", ""),
        ("__push(", ");"),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "gbk", "utf-16le", "big5"])
def test_what_goes_of_a_script(before: str, behind: str, charset: str) -> None:
    whole, left = page(before + DATA + behind), page(before + LEFT + behind)
    if charset == "big5":
        whole, left = (text.replace("广", "廣").replace("闻", "聞") for text in (whole, left))
    rule = ADS.replace("广", "廣") if charset == "big5" else ADS
    done = rewritten(whole.encode(charset), rule, content_type=f"text/html; charset={charset}")
    assert done.body == left.encode(charset)
    assert done.exact
    assert rewritten(done.body, rule, content_type=f"text/html; charset={charset}").body is done.body


def test_line_ends_inside() -> None:
    script = DATA.replace(", ", ",\r\n")
    assert rewritten(page(script), ADS).body.decode() == page(LEFT.replace(", ", ",\r\n"))


def test_each_part_is_accounted_for() -> None:
    entries = rewritten(page(DATA), ADS).removals
    assert [(r.path, r.entry, r.excerpt, r.size, r.action.value) for r in entries] == [
        ("script#d", "$['list'][0]", '{"type": "广告", "n": 1}', 28, "prune"),
        ("script#d", "$['list'][2]", '{"type": "广告"}', 20, "prune"),
    ]


@pytest.mark.parametrize(
    "html",
    [
        page('{"list": [{"type": "广告"'),
        page("{'list': [{'type': '广告'}]}"),
        page('{"list": []}'),
        page(""),
        page("f(); x = " + DATA),
        page("x = " + DATA + ".list;"),
        page("[" * 200_000 + '"广告"'),
        f"<div id=d>{DATA}</div>",
        f"<textarea id=d>{DATA}</textarea>",
        f"<template><script id=d>{DATA}</script></template>",
        f"<script id=d>{DATA}",  # never ends: the page was cut off
    ],
)
def test_what_can_t_be_read_or_is_no_script_stays(html: str) -> None:
    body = html.encode()
    done = rewritten(body, ADS)
    assert done.body is body or not done.exact


def test_two_rules_of_one_script() -> None:
    html = page('{"a": 1, "b": 2, "c": [1, 2, 3]}')
    rules = [
        f"prune: {{script: '#d', remove: {paths}}}" for paths in ("[$.a, '$.c[1]']", "[$.b, $.c]", "$.a")
    ]
    done = rewritten(html, *rules, "prune: {script: script, remove: $.c}, mode: observe")
    assert done.body.decode() == page("{}")
    assert [(r.rule, r.entry) for r in done.removals] == [
        ("soup/r0", "$['a']"), ("soup/r1", "$['b']"), ("soup/r1", "$['c']")
    ]  # fmt: skip
    assert [(r.rule, r.entry) for r in done.observed] == [("soup/r3", "$['c']")]


def test_the_block_and_its_entry_go_together() -> None:
    html = page(DATA).replace("<p>甲", "<ul><li class=ad>特价<li>新闻</ul>")
    done = rewritten(html, "remove: .ad", ADS)
    assert done.body.decode() == page(LEFT).replace("<p>甲", "<ul><li>新闻</ul>")
    assert done.exact
    taken = rewritten(html, "remove: '#d'", ADS)
    assert "<script" not in taken.body.decode()
    assert [r.rule for r in taken.removals] == ["soup/r0"]


def test_where_the_page_is_written_out_the_script_is_pruned_as_well() -> None:
    html = page(DATA).replace("<p>甲", "<table><tr class=ad></table><p>甲")
    done = rewritten(html, "remove: .ad", ADS)
    assert not done.exact
    assert f">{LEFT}</script>" in done.body.decode()


@pytest.mark.parametrize("kept", ["<!-- <script>", "--> </scr", "<!--"])
@pytest.mark.parametrize("gone", ["-->", "<!-- <script", "<\\/script>"])
def test_a_cut_never_moves_the_script_s_end(kept: str, gone: str) -> None:
    script = json.dumps({"list": [{"type": "广告", "x": gone}], "k": kept}, ensure_ascii=False)
    html = page(script.replace("\\\\/", "\\/")) + "<p id=behind>丙</p>"
    done = rewritten(html, ADS)
    assert done.body.endswith("<p id=behind>丙</p>".encode()) or not done.exact
    again = rewritten(done.body, "remove: '#behind'")
    before = rewritten(html, "remove: '#behind'")
    assert bool(again.removals) == bool(before.removals)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["广告", "<!--", "-->"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "list", "type"]), inner)
    ),
    max_leaves=12,
)


@given(
    JSON, st.sampled_from([None, 2]), st.sampled_from(["$..type", "$.list[*]", "$.a", "$..[?@ == '广告']"])
)
def test_what_is_left_is_json_and_nothing_else_changed(value: object, indent: int | None, path: str) -> None:
    script = json.dumps(value, ensure_ascii=False, indent=indent).replace("</", "<\\/")
    html = page(script)
    done = rewritten(html, f'prune: {{script: "#d", remove: "{path}"}}')
    if done.exact and "<!--" not in script and "\x00" not in script:
        head, _, rest = done.body.decode().partition("json>")
        text, _, tail = rest.partition("</script>")
        json.loads(text)
        assert (head, tail) == (html.partition("json>")[0], html.rpartition("</script>")[2])
