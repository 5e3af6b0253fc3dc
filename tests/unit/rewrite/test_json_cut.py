import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.rewrite.json_cut import NotJsonError, json_cuts, without
from filterproxy.ruleset.json_paths import compiled_path


def cut(text: str, *queries: str) -> str:
    return without(text, json_cuts(text, queries))


@pytest.mark.parametrize(
    ("text", "queries", "left"),
    [
        ('{"a": 1, "b": 2}', ["$.a"], '{"b": 2}'),
        ('{"a": 1, "b": 2}', ["$.b"], '{"a": 1}'),
        ('{ "a" : 1 }', ["$.a"], "{ }"),
        ("[1, 2,\n 3]", ["$[1]"], "[1, 3]"),
        ("[1, 2, 3]", ["$[1]", "$[2]"], "[1]"),
        ("[1, 2, 3]", ["$[0]", "$[2]"], "[2]"),
        ("[1, 2, 3]", ["$[*]"], "[]"),
        ('{"list": [{"type": "ad"}, {"type": "news", "题": "一"}]}', ["$.list[?@.type == 'ad']"],
         '{"list": [{"type": "news", "题": "一"}]}'),
        ('{"数据": {"广告": [1], "新闻": 2}}', ["$.数据.广告"], '{"数据": {"新闻": 2}}'),
        ('{"n": 12345678901234567890123, "f": 1.10, "e": 1E400, "x": 0}', ["$.x"],
         '{"n": 12345678901234567890123, "f": 1.10, "e": 1E400}'),
        ('{"a": {"ad": 1, "b": {"ad": 2}}, "ad": 3}', ["$..ad"], '{"a": {"b": {}}}'),
        ('{"a": {"ad": 1}}', ["$..ad", "$.a"], "{}"),
        ('cb({"a": 1, "b": 2});', ["$.a"], 'cb({"b": 2});'),
        ("/**/ window.cb[0]( [1,2] )\n", ["$[0]"], "/**/ window.cb[0]( [2] )\n"),
        (")]}'\n" + '{"a": 1, "b": 2}', ["$.a"], ")]}'\n" + '{"b": 2}'),
        ('{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', ["$.a"], '{"b": 2}\n{"b": 4}\n'),
        ('\ufeff{"a": "\\u0061\\/", "b": 2}', ["$.b"], '\ufeff{"a": "\\u0061\\/"}'),
        ('{"\\u0061": 1, "b": 2}', ["$.a"], '{"b": 2}'),
        ('{"a": 1}', ["$.b"], '{"a": 1}'),
    ],
)  # fmt: skip
def test_what_goes(text: str, queries: list[str], left: str) -> None:
    assert cut(text, *queries) == left


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": 1', "[1, 2,]", "<html>", "{'a': 1}", "NaN", '{"a": 1} {"b": 2}', "f("]
)
def test_what_is_none_raises(text: str) -> None:
    with pytest.raises(NotJsonError):
        json_cuts(text, ["$.a"])


def test_it_says_what_went() -> None:
    (found,) = json_cuts('{"data": [{"id": 7, "type": "ad"}]}', ["$.data[?@.type == 'ad']"])
    assert (found.path, found.value) == ("$['data'][0]", '{"id": 7, "type": "ad"}')


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("ab广告"), inner, max_size=4),
    max_leaves=20,
)
QUERIES = st.sampled_from(["$..a", "$[0]", "$[-1]", "$.*", "$..[?@.b]", "$..广", "$[1:]", "$..[0]"])


def removed(value: Any, query: str) -> Any:
    """The same done to the parsed value."""
    for parts in sorted(
        (match.parts for match in compiled_path(query).finditer(value)), reverse=True, key=str
    ):
        holder = value
        try:
            for step in parts[:-1]:
                holder = holder[step]
            holder[parts[-1]] = GONE
        except (KeyError, IndexError, TypeError):
            continue
    return swept(value)


GONE = object()


def swept(value: Any) -> Any:
    if isinstance(value, list):
        return [swept(item) for item in value if item is not GONE]
    if isinstance(value, dict):
        return {name: swept(item) for name, item in value.items() if item is not GONE}
    return value


@given(VALUES, QUERIES, st.sampled_from([None, 0, 2]))
def test_it_is_what_is_left_of_the_value(value: Any, query: str, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=indent is None)
    left = cut(text, query)
    assert json.loads(left) == removed(json.loads(text), query)
    assert cut(left, "$.zz") == left
