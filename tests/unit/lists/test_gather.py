"""Every line of a list is accounted for, and the lists' filters of requests are the engine's."""

from pathlib import Path

import pytest

from filterproxy.lists.gather import Gatherer
from filterproxy.lists.keys import Key, Place, keys_of
from filterproxy.lists.reasons import MEANINGS, NotUsableError, Unused
from filterproxy.lists.requests import GENERIC, SPECIFIC, excepted_pages, refused
from filterproxy.ruleset.selectors import parse_selectors
from tests.unit.lists.samples import compiled

TEXT = """[Adblock Plus 2.0]
! Title: 我们的表
||tracker.example^
||tracker.example^$popup
||tracker.example^$removeparam=utm_source
||tracker.example^$redirect-rule=noopjs
||tracker.example^$csp=script-src 'none'
||tracker.example^$method=post
##.ad
##.ad
a.example##.b:matches-css(width: 1px)
a.example#@#.ad
a.example#@#.nowhere
@@||b.example^$generichide
@@||b.*/x$generichide
a b.example##.ad
"""


def report(tmp_path: Path, *texts: str) -> dict[str, object]:
    import json  # noqa: PLC0415 - here alone

    folder = compiled(tmp_path, *texts).path.parent
    found = json.loads((folder / "about.json").read_text("utf-8"))["lists"]
    return dict(found[-1])


def test_every_line_is_counted_once(tmp_path: Path) -> None:
    found = report(tmp_path, TEXT)
    kinds = ("comments", "requests", "elements", "exceptions", "pages", "repeated")
    assert [found[kind] for kind in kinds] == [3, 1, 1, 1, 1, 1]
    assert found["unused"] == dict.fromkeys(
        (
            *("popup", "removeparam", "redirect", "csp", "option", "procedure", "idle-exception"),
            *("page-exception", "site"),
        ),
        1,
    )
    assert found["lines"] == 17 == 8 + 9
    examples = found["examples"]
    assert isinstance(examples, dict)
    assert examples["site"] == [{"line": 16, "text": "a b.example##.ad", "detail": "a b.example"}]


def test_a_filter_of_an_earlier_list_is_repeated(tmp_path: Path) -> None:
    assert report(tmp_path, "##.ad\na.b##.x", "##.ad\na.b##.y")["repeated"] == 1


def test_every_reason_has_its_meaning() -> None:
    assert set(MEANINGS) == set(Unused)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("||a.b^$removeparam=x", Unused.REMOVEPARAM),
        ("$removeparam", Unused.REMOVEPARAM),
        ("||a.b^$script,rewrite=abp-resource:x", Unused.REDIRECT),
        ("||a.b^$cookie=x", Unused.HEADER),
        ("||a.b^$replace=/a/b/", Unused.REPLACE),
        ("||a.b^$script,popup", Unused.POPUP),
        ("||a.b^$script", None),
        ("||a.b^$redirect=noopjs", None),
        ("||a.b/popup$script", None),
        ("||a.b/$cookies", None),
    ],
)
def test_what_never_reaches_the_engine(text: str, reason: Unused | None) -> None:
    assert refused(text) is reason


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("@@||a.b^$generichide", ("a.b", "/", GENERIC)),
        ("@@||a.b/x/y$elemhide", ("a.b", "/x/y", GENERIC | SPECIFIC)),
        ("@@||a.b^$document,subdocument", ("a.b", "/", GENERIC | SPECIFIC)),
        ("@@||a.b^$shide", ("a.b", "/", SPECIFIC)),
        ("@@||a.b^$script", None),
        ("||a.b^$document", None),
    ],
)
def test_pages_that_are_excepted(text: str, pages: tuple[str, str, int] | None) -> None:
    assert excepted_pages(text) == pages


@pytest.mark.parametrize("text", ["@@a.b$generichide", "@@||a.b^$ghide,domain=c.d", "@@||a.b/*x$ehide"])
def test_pages_that_cannot_be_told(text: str) -> None:
    with pytest.raises(NotUsableError):
        excepted_pages(text)


def test_exceptions_hold_for_every_selector_of_a_body() -> None:
    gatherer = Gatherer()
    gatherer.add("one", ["##.a:has-text(广告), .b", "x.example#@#.a:has-text(广告), .b"])
    assert gatherer.finish().hosts["x.example"].excepted == [0, 1]


def keys(css: str) -> set[Key]:
    [parsed] = parse_selectors(css)
    return {key for group in keys_of(parsed.css, parsed.tokens) for key in group}


def test_what_is_looked_for() -> None:
    assert keys(".Ad-Box") == {Key("ad-box", Place.VALUE)}
    assert keys("div[onclick='window.open(x)']") >= {Key("window.open(x)"), Key("onclick", Place.NAME)}
    assert Key("广告点击") in keys("a[title*='广告点击']")
    assert Key("<ad-slot") in keys("ad-slot")
    assert keys("a[href^='https://']") == set()
