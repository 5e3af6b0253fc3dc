import pytest
import re2
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from filterproxy.ruleset.regex_literals import required_literals

KNOWN = [
    (r"_hmt\.push|hm\.baidu\.com", [{"_hmt.push", "hm.baidu.com"}]),
    (r"(?i)Ad(Slot|Unit)s+x", [{"ad"}, {"slot", "unit"}, {"sx"}]),
    (r"foo(?:bar)?baz", [{"foo"}, {"baz"}]),
    (r"foo(bar|)baz", [{"foo"}, {"baz"}]),
    (r"colou?r", [{"colo"}]),
    (r"ab+c", [{"ab"}, {"bc"}]),
    (r"x{0,2}yz", [{"yz"}]),
    (r"x{2}yz", [{"xyz"}]),
    (r"a{b", [{"a{b"}]),
    (r"[abc]def", [{"def"}]),
    (r"[]a]def[^\]x]gh", [{"def"}, {"gh"}]),
    (r"[[:alpha:]]def", [{"def"}]),
    (r"\bfoo\b", [{"foo"}]),
    (r"a & bcd", [{"bcd"}]),
    (r"foo bar", [{"foo"}]),
    (r"a|bcd", []),
    (r"\x41bcd", []),
    (r"\pLbcd", []),
    (r"\Qa.b\E", []),
    (r"(?P<name>abc)", [{"abc"}]),
    ("关闭广告", [{"关闭广告"}]),
]


@pytest.mark.parametrize(("pattern", "groups"), KNOWN)
def test_required_literals(pattern: str, groups: list[set[str]]) -> None:
    re2.compile(pattern)
    assert [set(group) for group in required_literals(pattern)] == groups


PIECES = st.sampled_from(
    [
        "ab",
        "cd",
        "é",
        "猜你",
        r"\.",
        ".",
        "x*",
        "y+",
        "z?",
        "[ab]",
        r"\d",
        "(ab|cd)",
        "(ab|c)",
        "(?:xy)*",
        "(ab)?",
        "|",
        "a{2}",
        "b{0,1}",
        "(?i)",
        "(?i:Ab)",
        "^",
        "$",
        r"\b",
        " ",
        "&",
        "Q",
    ]
)


@pytest.mark.long
@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6), st.text("abcdxyz.é猜你 1QA&", max_size=14))
def test_where_the_pattern_matches_the_literals_stand(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    try:
        found = re2.compile(pattern).search(text)
    except re2.error:
        found = None
    assume(found is not None)
    assert all(any(token in text.lower() for token in group) for group in required_literals(pattern))


@settings(max_examples=500, deadline=None)
@given(st.text("ab()[]|\\*?+{}1,^:-P<>=!"))
def test_any_text_gives_an_answer(pattern: str) -> None:
    for group in required_literals(pattern):
        assert all(len(token) > 1 for token in group)
