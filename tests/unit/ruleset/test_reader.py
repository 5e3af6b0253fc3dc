import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from filterproxy.errors import RuleSyntaxError
from filterproxy.ruleset.places import plain
from filterproxy.ruleset.reader import Mapping, Node, Scalar, Sequence, read_rule_yaml
from filterproxy.settings import Limits

SUITE = Path(__file__).parents[4] / "shared/corpus/suites/yaml-test-suite/src"


def read(text: str | bytes) -> Node:
    return read_rule_yaml(text.encode() if isinstance(text, str) else text, "x.yaml")


def walk(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from walk(item)
    else:
        for key, value in node.entries:
            yield key
            yield from walk(value)


def test_scalars_stay_what_was_written() -> None:
    text = "a: no\nb: off\nc: 017\nd: 12:30\ne: ~\nf:\ng: 1e3\nh: 2026-01-01\ni: 0x1F\nj: true\n"
    assert plain(read(text)) == {
        "a": "no",
        "b": "off",
        "c": "017",
        "d": "12:30",
        "e": "~",
        "f": "",
        "g": "1e3",
        "h": "2026-01-01",
        "i": "0x1F",
        "j": "true",
    }
    assert plain(read("a: " + "9" * 5000)) == {"a": "9" * 5000}


def test_places_count_in_characters_from_one() -> None:
    root = read("\ufeff标题: 新闻\nlist:\n  - {猜你喜欢😀: x, b: ['引', \"c\"]}\n")
    assert [(s.value, s.line, s.column, s.inner) for s in walk(root)] == [
        ("标题", 1, 1, 0),
        ("新闻", 1, 5, 0),
        ("list", 2, 1, 0),
        ("猜你喜欢😀", 3, 6, 0),
        ("x", 3, 13, 0),
        ("b", 3, 16, 0),
        ("引", 3, 20, 1),
        ("c", 3, 25, 1),
    ]


@pytest.mark.parametrize(
    ("text", "inner"),
    [("a: b\\c", 0), ('a: "b\\\\c"', None), ("a: 'b''c'", None), ("a: |\n  b", None), ("a: b\n  c", None)],
)
def test_offsets_are_known_only_where_characters_stand_side_by_side(text: str, inner: int | None) -> None:
    root = read(text)
    assert isinstance(root, Mapping)
    value = root.entries[0][1]
    assert isinstance(value, Scalar)
    assert value.inner == inner


REFUSED = [
    ("a: *b", 1, 4, "alias"),
    ("a: &b c", 1, 4, "anchor"),
    ("a: &a [*a]", 1, 4, "anchor"),
    ("a: &a {x: y}\nb:\n  <<: *a\n", 1, 4, "anchor"),
    ("a: b\n<<: {c: d}", 2, 1, "merge keys"),
    ("a: !!python/object/apply:os.system [x]", 1, 4, "tag"),
    ("a: !!binary aGk=", 1, 4, "tag"),
    ("!!set {a, b}", 1, 1, "tag"),
    ("a: ! b", 1, 4, "tag"),
    ("%YAML 1.1\n---\na: b", 1, 1, "directives"),
    ("%TAG ! tag:x,2000:\n---\na: b", 1, 1, "directives"),
    ("a: b\n---\nc: d", 2, 1, "second document"),
    ("a: b\nc: d\na: e", 3, 1, 'key "a" stands twice, first on line 1'),
    ("a:\n\tb: c", 2, 1, "a tab cannot indent"),
    ("a: @b", 1, 4, 'quote a value that starts with "@"'),
    ("a: 猜\0", 1, 5, "U+0000"),
    ('a: "\\0"', 1, 4, "U+0000"),
    ("a: b\u2028c", 1, 5, "U+2028"),
    ("a: b\x85", 1, 5, "U+0085"),
    (b"a: \xed\xa0\x80", 1, 4, "0xed is not UTF-8"),
    ("a: 猜\nb: 你".encode("gbk"), 1, 4, "is not UTF-8"),
    ("a: b".encode("utf-16"), 1, 1, "UTF-16"),
    ("a: b".encode("utf-16-be"), 1, 1, "U+0000"),
    ('a: "\\ud800"', 1, 7, "invalid Unicode"),
    ("? [a]\n: b", 1, 3, "a key must be a text"),
    ("a: b\nc\n", 3, 1, 'a key without ":"'),
    ("a: b: c", 1, 5, 'a ":" cannot stand here'),
    ('a:\n  "b', 2, 3, "the quote is never closed"),
    ("a: [b, c", 2, 1, "expected"),
    ("", 1, 1, "the file is empty"),
    ("# a comment\n", 1, 1, "the file is empty"),
]


@pytest.mark.parametrize(("text", "line", "column", "problem"), REFUSED)
def test_what_is_outside_the_subset_is_refused_with_its_place(
    text: str | bytes, line: int, column: int, problem: str
) -> None:
    with pytest.raises(RuleSyntaxError) as caught:
        read(text)
    assert (caught.value.source.line, caught.value.source.column) == (line, column)
    assert problem in caught.value.problem
    assert str(caught.value).startswith(f"x.yaml:{line}:{column}: reading YAML: ")


HUGE = {
    "flow depth": "[" * 1_000_000,
    "mapping depth": "{a: " * 250_000,
    "block depth": "- " * 500_000,
    "depth over lines": "\n".join(f"a{i}: [" for i in range(100_000)),
    "question marks": "? " * 500_000,
    "10 MB": "x" * 10_000_000,
    "one long line": "a: " + "x" * 1_000_000,
    "one long quoted line": 'a: "' + "\\n" * 500_000 + '"',
    "many values": "[" + "x," * 500_000 + "]",
    "many keys": "{" + ",".join(f"k{i}" for i in range(90_000)) + "}",
    "many lines": "\n".join(f"k{i}: v" for i in range(60_000)),
    "colons": ":" * 1_000_000,
    "long key": "x" * 1_000_000 + ": a",
    "merge bomb": "a: &a {x: y}\n" + "".join(f"b{i}: &b{i} {{<<: [*a, *a]}}\n" for i in range(9)),
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_and_deep_input_is_refused_at_once(name: str) -> None:
    data = HUGE[name].encode()
    started = time.process_time()
    with pytest.raises(RuleSyntaxError) as caught:
        read(data)
    assert time.process_time() - started < 5  # a fifth of a second, or minutes where it is quadratic
    assert caught.value.source.line >= 1


def test_limits_are_the_settings() -> None:
    tight = Limits(rule_file=20, rule_depth=2, rule_nodes=4)
    for text, problem in [("x" * 21, "20 bytes"), ("[[[a]]]", "2 levels"), ("[a, b, c, d]", "4 values")]:
        with pytest.raises(RuleSyntaxError, match=problem):
            read_rule_yaml(text.encode(), "x.yaml", tight)
    assert plain(read_rule_yaml(b"[[a]]", "x.yaml", tight)) == [["a"]]


def accepted(data: bytes) -> bool:
    try:
        read_rule_yaml(data, "x.yaml")
    except RuleSyntaxError:
        return False
    return True


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert accepted(data) in (True, False)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab-:?[]{},#&*!|>'\"%@`\n \t\\\ufeff猜", max_size=60))
def test_any_yaml_like_text_is_read_or_refused(text: str) -> None:
    assert accepted(text.encode()) in (True, False)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text("abc猜 '\"#:", min_size=1, max_size=6),
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=20),
        min_size=1,
    )
)
def test_what_yaml_writes_quoted_comes_back(mapping: dict[str, str]) -> None:
    text = yaml.safe_dump(mapping, allow_unicode=True, default_style='"', width=10**6)
    assert plain(read(text)) == mapping


@pytest.mark.corpus
@pytest.mark.skipif(not SUITE.is_dir(), reason="the corpus is not here")
def test_the_yaml_test_suite_is_read_or_refused() -> None:
    files = sorted(SUITE.glob("*.yaml"))
    cases = [path.read_bytes() for path in files]
    for data in list(cases):
        found = [case["yaml"] for case in yaml.safe_load(data) if "yaml" in case]
        cases += [_real(text).encode("utf-8", "surrogatepass") for text in found]
    results = [accepted(data) for data in cases]
    assert len(files) == 351
    assert len(results) == 757
    assert 351 < sum(results) < 757


def _real(text: str) -> str:
    """The suite writes invisible characters with visible ones."""
    for shown, meant in {"␣": " ", "»": "\t", "—": "", "←": "\r", "⇔": "\ufeff", "↵": "", "∎\n": ""}.items():
        text = text.replace(shown, meant)
    return text
