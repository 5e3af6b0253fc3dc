"""What a trace tells of rules that come second, and of how much text went."""

import pytest

from filterproxy.engine import PageHead, engine_for
from filterproxy.rewrite.trace import Shadow, Trace
from tests.support.rules import URL, UTF_8, ruleset

STORY = "<article><p>" + "昨天夜里渡口的灯一直亮着，等最后一班船。" * 20 + "</p></article>"
LIST = "<ul>" + "".join(f'<li><a href="/{n}">渡口边的第{n}家小店</a>' for n in range(4)) + "</ul>"


def _traced(html: str, *rules: str) -> Trace:
    head = PageHead(URL, UTF_8, traced=True)
    trace = engine_for(ruleset(*rules)).rewrite_coded(html.encode(), head).trace
    assert trace is not None
    return trace


SECOND = {  # rules, and who asked in vain: of which rule, and whether it would have done all that did
    "the very element": (["remove: .a", "remove: div.a"], [("r1", "r0", True)]),
    "one inside": (["remove: .in", "remove: .a"], [("r0", "r1", False)]),
    "a part of a run": (["section: 猜你喜欢", "remove: ul"], [("r1", "r0", False)]),
    "the whole of a run": (["remove: ul", "section: 猜你喜欢"], [("r0", "r1", False)]),
    "hidden twice": (["hide: .a", "hide: div.a"], [("r1", "r0", True)]),
    "hidden, but taken": (["hide: .a", "remove: .a"], [("r0", "r1", False)]),
    "stripped, but taken": (["remove: .a", "strip-attributes: {.a: [class]}"], [("r1", "r0", False)]),
    "nothing in common": (["remove: .a", "remove: ul"], []),
    "watched": (["remove: .a, mode: observe", "remove: .a"], []),
}


@pytest.mark.parametrize("case", SECOND)
def test_who_comes_second(case: str) -> None:
    rules, wanted = SECOND[case]
    html = f'{STORY}<div class="a">广告<p class="in">里面</p></div><h3>猜你喜欢</h3>{LIST}'
    shadows = [Shadow(f"soup/{rule}", f"soup/{by}", same) for rule, by, same in wanted]
    assert list(_traced(html, *rules).shadows) == shadows


def test_characters_are_of_the_page_s() -> None:
    trace = _traced(
        '<p>十二个字 的话，一共十二个</p><div class="a">四个字儿</div>',
        "remove: .a",
        "strip-attributes: {html: [lang]}",
    )
    assert trace.characters == {"soup/r0": 4}
    assert trace.text == 16
    assert _traced('<p class="a">没有什么走了</p>', "hide: .a").text == 0
