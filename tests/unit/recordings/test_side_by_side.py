"""The report: every difference marked where it stands, and nothing of a page left that could run or load."""

from collections import Counter

import pytest
from selectolax.lexbor import LexborHTMLParser

from filterproxy.recordings.compare import Compared, PageChange
from filterproxy.recordings.compare_rules import rule_changes
from filterproxy.recordings.compare_tally import Tally
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.side_by_side import side_by_side
from filterproxy.recordings.side_by_side_page import POLICY, marked_page
from tests.support.comparing import compared, rules

PAGE = """<!DOCTYPE html><html><head><title>江堡</title><base href=//evil.example/>
<meta http-equiv=refresh content="0;url=//evil.example/"><link rel=dns-prefetch href=//evil.example>
<link rel=stylesheet href=//evil.example/a.css><script class=track>alert('头')</script>
<style>@import url(//evil.example/b.css);
.ad {color: red; background: url(//evil.example/c.png)}</style></head>
<body onload="alert(1)" class=news background=//evil.example/d.png>
<a href="javascript:alert(2)" ping=//evil.example>渡口</a>
<img src=//evil.example/e.gif onerror=alert(3) alt=灯>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" class=keep>
<iframe src=//evil.example srcdoc="<script>alert(4)</script>"></iframe><object data=//evil.example></object>
<svg><script>alert(5)</script></svg><noscript><img src=//evil.example/f.gif></noscript>
<form action=//evil.example><button formaction=//evil.example>送</button></form>
<p class=ad style="background:url('//evil.example/g.png')" onclick=alert(6)>灯笼铺 &lt;/script&gt; 大减价</p>
<p class=old>旧的横幅</p><p class=both>茶馆开张</p><table><tr class=row><td>一<td>二</table></body></html>"""
BOTH = "id: both, category: ad, remove: .both"
OLD = "id: old, category: promo, remove: .old"
NEW = "id: new, category: ad, remove: '.ad, .row'"
TRACK = "id: track, category: tracking, remove: .track"
BEFORE, AFTER = rules(BOTH, OLD), rules(BOTH, NEW, TRACK)


@pytest.fixture(scope="module")
def change() -> PageChange:
    return compared(PAGE, BEFORE, AFTER)


def _marks(html: str) -> list[tuple[str, str, bool]]:
    nodes = LexborHTMLParser(html).css("[data-fp]")
    marks = [node.attrs for node in nodes]
    return [(m["data-fp"] or "", m["data-fp-label"] or "", "data-fp-veil" in m) for m in marks]


def test_each_version_is_marked_where_its_blocks_stand(change: PageChange) -> None:
    new = "newly goes · jiangbao/new · ad"
    seen = ("goes", "newly goes · jiangbao/track · tracking")
    assert _marks(marked_page(change, second=False)) == [
        (*seen, False),
        ("goes", new, False),
        ("comes-back", "comes back · jiangbao/old · promo", True),
        ("same", "goes in both · jiangbao/both · ad", True),
        ("goes", new, False),
    ]
    assert _marks(marked_page(change, second=True)) == [
        (*seen, True),
        ("goes", new, True),
        ("comes-back", "comes back · jiangbao/old · promo", False),
        ("same", "goes in both · jiangbao/both · ad", True),
        ("goes", new, True),
    ]


@pytest.mark.parametrize("second", [False, True])
def test_nothing_is_left_that_runs_or_loads(change: PageChange, *, second: bool) -> None:
    html = marked_page(change, second=second)
    parser = LexborHTMLParser(html)
    tags = Counter(node.tag for node in parser.css("*"))
    assert not tags.keys() & {"script", "iframe", "object", "base", "link", "svg", "noscript", "embed"}
    names = {name.lower() for node in parser.css("body *") for name in node.attributes}
    assert names <= {"class", "style", "src", "alt", *(name for name in names if name.startswith("data-fp"))}
    assert [node.attributes["src"] for node in parser.css("[src]")] == [
        "data:image/gif;base64,R0lGODlhAQABAAAAACw="
    ]
    assert "url(//" not in html
    assert "@import" not in html
    assert parser.css("meta")[1].attributes["content"] == POLICY
    assert "渡口" in html
    assert "灯笼铺 &lt;/script&gt; 大减价" in html


def test_the_report_is_one_file_that_trusts_its_own_script_alone(change: PageChange) -> None:
    tally = Tally(1)
    problem = Problem("<b>a.mitm</b>, flow 2", "the flow is cut short")
    tally.add(Compared(pages=3, changes=[change, change], problems=[problem]))
    rows = tally.rules(rule_changes(BEFORE, AFTER))
    text = side_by_side(("规则/旧", "规则/<新>"), tally, rows).decode()
    report = LexborHTMLParser(text)
    assert len(report.css("script")) == 1
    assert not report.css("script[src], link, img, [onload], [onclick]")
    frames = report.css("iframe")
    assert [frame.attributes["sandbox"] for frame in frames] == ["allow-same-origin"] * 2
    assert frames[1].attributes["srcdoc"] == marked_page(change, second=True)
    assert report.css("title")[0].text() == "规则/旧 → 规则/<新>: rules compared"
    assert "&lt;b&gt;a.mitm&lt;/b&gt;" in text
    assert len(report.css("details.page")) == 1
    assert len(report.css("table")[1].css("tr")) == 3  # head, shown, named
    buttons = report.css("[data-difference]")
    assert [button.attributes["data-difference"] for button in buttons] == ["0", "1", "2", "3"]


def test_a_page_of_frames_is_shown_as_one() -> None:
    change = compared("<!DOCTYPE html><frameset><frame src=/a></frameset>", BEFORE, AFTER)
    assert "frame" not in {node.tag for node in LexborHTMLParser(marked_page(change, second=True)).css("*")}
