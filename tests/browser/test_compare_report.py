"""The report of `filterproxy compare` in a real browser: marks, no request, no page's script run."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from filterproxy.recordings.compare import Compared
from filterproxy.recordings.compare_rules import rule_changes
from filterproxy.recordings.compare_tally import Tally
from filterproxy.recordings.side_by_side import side_by_side
from tests.browser.chromium import FLAGS, PATIENCE, WINDOW
from tests.support.comparing import compared, rules

pytestmark = pytest.mark.browser

STORY = "<p>雾散了，第一班船离开渡口，船上坐着去县城卖菜的人。</p>" * 60
PAGE = f"""<!DOCTYPE html><html><head><meta charset=gbk>
<link rel=stylesheet href=https://evil.example/a.css><link rel=dns-prefetch href=//evil.example>
<script class=track>top.document.title = "跑了"</script>
<style>.ad {{display: none; background: url(https://evil.example/b.png)}}
.old {{position: fixed; top: 0}}</style>
</head><body onload="top.document.title = '跑了'">
<img src=https://evil.example/c.gif onerror="top.document.title = '跑了'">
<div id=story>{STORY}</div><div class=old>旧的横幅</div><div class=ad>灯笼铺大减价</div>
<div class=both>茶馆开张</div></body></html>"""
BOTH = "id: both, category: ad, remove: .both"
BEFORE = rules(BOTH, "id: old, category: promo, remove: .old")
AFTER = rules(BOTH, "id: new, category: ad, remove: .ad", "id: track, category: tracking, remove: .track")
MARKS = """frame => [...frame.contentDocument.querySelectorAll('[data-fp]')].map(mark => {
    const box = mark.getBoundingClientRect(), veil = getComputedStyle(mark, '::after').content !== 'none';
    const label = getComputedStyle(mark, '::before').content;
    return [mark.dataset.fp, label, veil, box.width > 100 && box.height > 20];
})"""


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: Path) -> Iterator[Browser]:
    opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS), timeout=PATIENCE)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tally = Tally(5)
    change = compared(PAGE.encode("gbk"), BEFORE, AFTER)
    tally.add(Compared(pages=2, changes=[change, change]))
    path = tmp_path_factory.mktemp("report") / "对比.html"
    path.write_bytes(side_by_side(("旧", "新"), tally, tally.rules(rule_changes(BEFORE, AFTER))))
    return path


@pytest.fixture(params=["light", "dark"])
def opened(
    browser: Browser, report: Path, request: pytest.FixtureRequest, shows: Callable[[Page], None]
) -> Iterator[tuple[Page, list[str], list[str]]]:
    context = browser.new_context(viewport=WINDOW, color_scheme=request.param)
    tab = context.new_page()
    shows(tab)
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda asks: asked.append(asks.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(report.as_uri(), wait_until="load", timeout=PATIENCE)
    yield tab, asked, said
    context.close()


def _frames(tab: Page) -> list[Any]:
    tab.wait_for_function(
        "() => [...document.querySelectorAll('details[open] iframe')]"
        ".every(frame => frame.contentDocument?.querySelector('[data-fp]'))",
        timeout=PATIENCE,
    )
    return tab.query_selector_all("details[open] iframe")


def test_marks_are_seen_and_nothing_is_asked_for(opened: tuple[Page, list[str], list[str]]) -> None:
    tab, asked, said = opened
    before, after = (frame.evaluate(MARKS) for frame in _frames(tab))
    track, new = '"newly goes · jiangbao/track · tracking"', '"newly goes · jiangbao/new · ad"'
    old, both = '"comes back · jiangbao/old · promo"', '"goes in both · jiangbao/both · ad"'
    assert before == [
        ["goes", track, False, True],
        ["comes-back", old, True, True],
        ["goes", new, False, True],
        ["same", both, True, True],
    ]
    assert after == [
        ["goes", track, True, True],
        ["comes-back", old, False, True],
        ["goes", new, True, True],
        ["same", both, True, True],
    ]
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    assert said == []
    assert tab.title() == "旧 → 新: rules compared"


def test_panes_scroll_together_and_differences_lead_to_their_marks(
    opened: tuple[Page, list[str], list[str]],
) -> None:
    tab, _, _ = opened
    frames = _frames(tab)
    found = "frame => frame.contentDocument.querySelectorAll('[data-fp-found]').length"
    inside = "frame => frame.contentWindow.scrollY"
    frames[0].scroll_into_view_if_needed()
    frames[0].hover(position={"x": 200, "y": 100})
    tab.mouse.wheel(0, 300)
    tab.wait_for_function(
        "() => [...document.querySelectorAll('details[open] iframe')]"
        ".every(frame => frame.contentWindow.scrollY === 300)",
        timeout=PATIENCE,
    )
    tab.click("details[open] .differences .goes:has-text('灯笼铺') button")
    for frame in frames:
        assert frame.evaluate(inside) > 300
        assert frame.evaluate(found) == 1


@pytest.mark.long
def test_other_pages_open_when_they_are_asked_for(opened: tuple[Page, list[str], list[str]]) -> None:
    tab, _, _ = opened
    assert tab.locator("details.page[open]").count() == 1
    tab.click("a[href='#page-2']")
    assert tab.locator("details.page[open]").count() == 2
    assert len(_frames(tab)) == 4
