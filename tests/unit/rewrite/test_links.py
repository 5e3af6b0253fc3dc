import pytest

from filterproxy.engine import engine_for
from filterproxy.rewrite.result import Removal
from tests.support.rules import URL, rewritten, ruleset

HTML = "text/html; charset"
UTM = "strip-params: [utm_*]"
SPM = "strip-params: spm"
JUMP = "strip-params: spm, redirects: {t.example/jump: url, www.soup.example/out/*: to}"


@pytest.mark.parametrize(
    ("html", "rules", "left"),
    [
        ('<a href="/x?utm_a=1&amp;id=2&spm=3#k">甲</a>', (UTM, SPM), '<a href="/x?id=2#k">甲</a>'),
        ("<A HREF = '/x?id=1&amp;utm_a=&quot;' >甲</A>", (UTM,), "<A HREF = '/x?id=1' >甲</A>"),
        ("<a href=/x?utm_a=1&id=2 title=utm_b>甲</a>", (UTM,), "<a href=/x?id=2 title=utm_b>甲</a>"),
        ("<a href=?utm_a=1 class=x>甲</a>", (UTM,), "<a href=? class=x>甲</a>"),
        ("<a href=/?utm_a=1>甲</a>", (UTM,), "<a href=/>甲</a>"),
        ('<map><area href="/x?spm=1"></map>', (SPM,), '<map><area href="/x"></map>'),
        ('<a href="/x?&#117;tm_a=1&id=1">甲utm_</a>', (UTM,), '<a href="/x?id=1">甲utm_</a>'),
        ('<a href="/x?a=&copy=2&amp;utm_a=1">甲</a>', (UTM,), '<a href="/x?a=&copy=2">甲</a>'),
        ('<a href="/x?utm_a=1&amp;spm=2">甲</a>', (UTM, SPM), '<a href="/x">甲</a>'),
        ('<a href="/x?utm_a=1&amp;spm=2&amp;utm_b=3&amp;c">甲</a>', (SPM, UTM), '<a href="/x?c">甲</a>'),
        ('<a href="https://t.example/jump?url=https%3A%2F%2Fa.example%2F%3Fb%26spm%3D1">甲</a>', (JUMP,),
         '<a href="https://a.example/?b">甲</a>'),
        ("<a href=https://t.example/jump?url=https://a.example/?b=1%26c=%27 id=l>甲</a>", (JUMP,),
         "<a href=https://a.example/?b=1&amp;c=&#39; id=l>甲</a>"),
        ('<a href="/out/1?to=https://a.example/?utm_b=1%26d">甲</a>', (JUMP, UTM), '<a href="https://a.example/?d">甲</a>'),
        ('<base href="https://t.example/"><a href="jump?url=https://a.example/">甲</a>', (JUMP,),
         '<base href="https://t.example/"><a href="https://a.example/">甲</a>'),
    ],
)  # fmt: skip
def test_links(html: str, rules: tuple[str, ...], left: str) -> None:
    page = rewritten(html, *rules)
    assert page.body.decode() == left
    assert page.exact
    again = rewritten(page.body, *rules)
    assert again.body is page.body


@pytest.mark.parametrize(
    "html",
    [
        "<a href=\"javascript:go('/?spm=1')\">甲</a>",
        '<a data-href="/x?spm=1" title="?spm=1">甲</a>',
        '<img src="/x?spm=1"><link href="/x?spm=1"><form action="/x?spm=1"></form>',
        "<p>/x?spm=1</p>",
        '<a href="/spm/1#?spm=1">甲</a>',
        '<a href="https://t.example/jump?url=javascript:alert(1)">甲</a>',
        '<a href="https://t.example/jump?url=//a.example/">甲</a>',
        '<a href="http://[/jump?url=https://a.example/">甲</a>',
        '<!-- <a href="/x?spm=1"> --><template><a href="/x?spm=1">甲</a></template>',
    ],
)
def test_what_is_no_link_of_these_stays(html: str) -> None:
    body = html.encode()
    assert rewritten(body, JUMP).body is body


@pytest.mark.parametrize("charset", ["gbk", "big5", "utf-16-le", "shift_jis", "utf-8-sig"])
def test_the_page_s_charset_stays(charset: str) -> None:
    html = '<p>中文</p><a title="中" href="/中?spm=1&amp;文=2&amp;来源=3">中</a><p>文</p>'
    if charset in {"big5", "shift_jis"}:
        html = html.replace("来源", "x")
    label = {"utf-16-le": "utf-16le", "utf-8-sig": "utf-8"}.get(charset, charset)
    page = rewritten(
        html.encode(charset), "strip-params: [spm, 来源, x]", content_type=f"text/html; charset={label}"
    )
    assert page.body.decode(charset) == '<p>中文</p><a title="中" href="/中?文=2">中</a><p>文</p>'
    assert page.exact


def test_each_rule_accounts_for_its_own() -> None:
    page = rewritten('<a href="/x?utm_a=1&amp;id=2&spm=3">甲</a>', UTM, SPM)
    assert [(r.rule, r.excerpt, r.size, r.path) for r in page.removals] == [
        ("soup/r0", "utm_a=1", 12, "html > body > a:nth-of-type(1)"),
        ("soup/r1", "spm=3", 6, "html > body > a:nth-of-type(1)"),
    ]
    (led,) = rewritten('<a href="https://t.example/jump?url=https://a.example/">甲</a>', SPM, JUMP).removals
    assert (led.rule, led.excerpt) == ("soup/r1", "https://t.example/jump?url=https://a.example/")


def test_what_observes_changes_nothing_and_sees_all() -> None:
    html = '<a href="/x?utm_a=1&amp;spm=3">甲</a>'
    page = rewritten(html, f"{UTM}, mode: observe", "strip-params: [spm, utm_a]")
    assert page.body.decode() == '<a href="/x">甲</a>'
    assert [r.excerpt for r in page.observed] == ["utm_a=1"]


def test_beside_other_changes() -> None:
    ad = '<div class=ad><a href="/?spm=1">甲</a></div>'
    html = ad + '<a ping=/ href="/?spm=2">乙</a><b><a href="/?spm=3">丙</a></b>'
    page = rewritten(html, SPM, "remove: .ad", "strip-attributes: {a: ping}", "unwrap: b")
    assert page.body.decode() == '<a href="/">乙</a><a href="/">丙</a>'
    assert [r.rule for r in page.removals] == ["soup/r1", "soup/r2", "soup/r0", "soup/r3", "soup/r0"]


def test_a_page_without_the_names_is_not_parsed() -> None:
    engine = engine_for(
        ruleset(UTM, f"{SPM}, redirects: {{t.example/jump: url, go.example/*: to}}", "strip-params: s")
    )
    for html, tried in (
        ('<a href="/x?a=1">', 0),
        ('<a href="/x?utm_a=1">', 1),
        ('<a href="/?a&amp;s=1">', 1),
        ('<a href="/?s">', 1),
        ('<a href="//t.example/">', 1),
        ('<a href="?to=">', 1),
    ):
        assert engine.rewrite_page(html.encode(), url=URL).tried == tried, html


def test_many_links_are_no_burden() -> None:
    html = "".join(f'<p><a href="/{n}?spm={n}&amp;id={n}">第{n}条</a></p>\n' for n in range(2000))
    page = rewritten(html, SPM)
    assert page.body.decode() == "".join(f'<p><a href="/{n}?id={n}">第{n}条</a></p>\n' for n in range(2000))
    assert len(page.removals) == 2000
    assert isinstance(page.removals[0], Removal)
