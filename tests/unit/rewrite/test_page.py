"""One page's rewriting: what is decided, refused, watched, and how it is accounted for."""

from filterproxy.errors import VetoReason
from filterproxy.ruleset.model import Action
from tests.support.rules import rewritten

PROSE = "河水涨了又退，两岸的人照旧每天早上把船推下水，晚上再拖回岸边，一年又一年。"
STORY = "".join(f"<p>{PROSE}</p>" for _ in range(8))
PAGE = f"""<!DOCTYPE html><title>河上的船与人家 - 某报</title><body class=page>
<div id=ad class=x>限时<b>优惠</b></div><div id=story><h1>河上的船与人家</h1>{STORY}<p class=x>广告</p></div>
<script class=x>track()</script><img class=x src=/pixel.gif>"""


def test_removals_are_in_page_order_with_path_excerpt_and_size() -> None:
    page = rewritten(PAGE, "remove: script", "remove: .x")
    assert [(r.rule, r.path, r.excerpt, r.size) for r in page.removals] == [
        ("soup/r1", "div#ad", "限时 优惠", len("<div id=ad class=x>限时<b>优惠</b></div>".encode())),
        ("soup/r1", "div#story > p:nth-of-type(9)", "广告", len("<p class=x>广告</p>".encode())),
        ("soup/r0", "html > body > script:nth-of-type(1)", "<script class=x>track()</script>", 32),
        ("soup/r1", "html > body > img:nth-of-type(1)", "<img class=x src=/pixel.gif>", 28),
    ]
    assert {r.action for r in page.removals} == {Action.REMOVE}
    assert len(page.body) == len(PAGE.encode()) - sum(r.size for r in page.removals)
    assert page.tried == 2


def test_a_refused_removal_stops_no_other() -> None:
    page = rewritten(
        PAGE, "remove: '#story'", "remove: h1", "remove: '#story p'", "remove: h1, up: .page", "remove: '#ad'"
    )
    assert [r.path for r in page.removals] == ["div#ad", "div#story > p:nth-of-type(9)"]
    assert {(v.rule, v.reason) for v in page.vetoes} == {
        ("soup/r0", VetoReason.HOLDS_ARTICLE),
        ("soup/r1", VetoReason.HOLDS_HEADING),
        ("soup/r2", VetoReason.ARTICLE_TEXT),
        ("soup/r3", VetoReason.STRUCTURE),
    }
    shares = [v.share for v in page.vetoes if v.reason is VetoReason.ARTICLE_TEXT]
    assert shares == [0.125] * 8


def test_nothing_allowed_is_the_same_object() -> None:
    body = PAGE.encode()
    page = rewritten(body, "remove: '#story'", "mode: observe, remove: '#ad'")
    assert page.body is body
    assert [(o.rule, o.path) for o in page.observed] == [("soup/r1", "div#ad")]
    assert [v.rule for v in page.vetoes] == ["soup/r0"]


def test_a_rule_that_says_why_may_take_the_article() -> None:
    page = rewritten(PAGE, "remove: '#story', allow-article: a copy of it follows")
    assert [r.path for r in page.removals] == ["div#story"]
    assert page.vetoes == ()


def test_hiding_is_guarded_stripping_is_not() -> None:
    page = rewritten(PAGE, "hide: '#story'", "strip-attributes: {'#story': [id]}")
    assert [v.reason for v in page.vetoes] == [VetoReason.HOLDS_ARTICLE]
    assert [r.action for r in page.removals] == [Action.STRIP_ATTRIBUTES]


def test_the_fallback_says_so_and_removes_all_the_same() -> None:
    html = "<!DOCTYPE html><body><table><td>x</table><p>y"
    page = rewritten(html, "remove: tbody", "hide: p")
    assert not page.exact
    assert page.detail == "<tbody> has no start tag of its own"
    assert page.body.decode() == (
        '<!DOCTYPE html><html><head></head><body><table></table><p hidden="" '
        'style="display:none!important;">y</p></body></html>'
    )
    assert len(page.removals) == 2
