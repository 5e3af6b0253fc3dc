from collections.abc import Callable

import pytest

from filterproxy.ruleset import values
from filterproxy.ruleset.model import TextPattern

GOOD: list[tuple[Callable[[str], object], str, object]] = [
    (values.identifier, "close-ad", "close-ad"),
    (values.identifier, "猜你喜欢", "猜你喜欢"),
    (values.identifier, "2col_v1.2", "2col_v1.2"),
    (values.page_glob, "/article/*", "/article/*"),
    (values.page_glob, "*.html", "*.html"),
    (values.page_glob, "/list?page=*", "/list?page=*"),
    (values.text_pattern, "_hmt.push", TextPattern("_hmt.push")),
    (values.text_pattern, " close \n  ad ", TextPattern("close ad")),
    (values.text_pattern, "/api/v1", TextPattern("/api/v1")),
    (values.text_pattern, "/a.c/", TextPattern("a.c", regex=True)),
    (values.text_pattern, "/a/c/i", TextPattern("(?i)a/c", regex=True)),
    (values.heading, "猜你喜歡：", "猜你喜歡："),
    (values.attribute_name, "Data-Track*", "data-track*"),
    (values.attribute_name, "xlink:href", "xlink:href"),
    (values.class_name, "Modal-*", "Modal-*"),
    (values.date, "2026-02-28", "2026-02-28"),
    (values.reason, " the list\nis the article ", "the list is the article"),
    (values.rule_glob, "sites/a.example/*", "sites/a.example/*"),
    (values.rule_glob, "*", "*"),
    (values.rule_reference, "generic/close-ad", "generic/close-ad"),
    (values.page_url, "https://a.example/x", "https://a.example/x"),
]
BAD: list[tuple[Callable[[str], object], str, str]] = [
    (values.identifier, "", "is not an id"),
    (values.identifier, "a b", "is not an id"),
    (values.identifier, "a/b", "is not an id"),
    (values.identifier, "-a", "is not an id"),
    (values.identifier, "a" * 65, "is not an id"),
    (values.page_glob, "article/*", 'did you mean "/article/*"?'),
    (values.page_glob, "https://a.example/", "not a URL"),
    (values.page_glob, "/a b", "white space"),
    (values.page_glob, "/a#b", "white space and #"),
    (values.page_glob, "/" + "*a" * 9, 'more than 8 "*"'),
    (values.page_glob, "/" + "a" * 1000, "longer than 1,000"),
    (values.text_pattern, "", "the text is empty"),
    (values.text_pattern, "/(/", "RE2 does not take this pattern: missing )"),
    (values.text_pattern, "/(a)\\1/", "RE2 does not take"),
    (values.text_pattern, "/(?=a)b/", "RE2 does not take"),
    (values.text_pattern, "/a{1000}{1000}/", "RE2 does not take"),
    (values.text_pattern, "/a*/", "matches an empty text"),
    (values.text_pattern, "/a|/", "matches an empty text"),
    (values.text_pattern, "/a/gi", 'flag "gi" is not known'),
    (values.text_pattern, "a" * 1001, "longer than"),
    (values.heading, "：", "holds no text"),
    (values.heading, "告", "holds no text"),
    (values.heading, "/猜你/", "not by a pattern"),
    (values.heading, "猜" * 41, "at most 40"),
    (values.attribute_name, "*", "is not an attribute name"),
    (values.attribute_name, "on*click", "is not an attribute name"),
    (values.attribute_name, "a=b", "is not an attribute name"),
    (values.class_name, ".ad", 'write "ad"'),
    (values.class_name, "a b", "is not a class name"),
    (values.date, "2026-2-3", "YYYY-MM-DD"),
    (values.date, "2026-02-30", "YYYY-MM-DD"),
    (values.date, "20260203", "YYYY-MM-DD"),
    (values.reason, "true", "say why"),
    (values.reason, " ", "say why"),
    (values.rule_glob, "a/[b]", "cannot stand"),
    (values.rule_glob, "close-ad", 'named "file/id"'),
    (values.rule_reference, "a//b", "is not an id"),
    (values.page_url, "a.example", "is not the address of a page"),
    (values.page_url, "ftp://a.example", "is not the address of a page"),
    (values.written, " ", "empty"),
]


@pytest.mark.parametrize(("convert", "text", "value"), GOOD)
def test_values_are_converted(convert: Callable[[str], object], text: str, value: object) -> None:
    assert convert(text) == value


@pytest.mark.parametrize(("convert", "text", "problem"), BAD)
def test_wrong_values_say_why(convert: Callable[[str], object], text: str, problem: str) -> None:
    with pytest.raises(values.ValueFault) as caught:
        convert(text)
    assert problem in caught.value.problem
    assert len(caught.value.problem) < 300
