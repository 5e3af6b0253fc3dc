import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.demo.compare import find_cuts, in_document_order, missing, other_hosts, seen_text
from filterproxy.rewrite.result import Removal
from filterproxy.ruleset.model import Category


def removal(path: str, size: int = 1) -> Removal:
    return Removal("x/y", Category.AD, "x.yaml:1:1", path, "", size)


@st.composite
def cut_pages(draw: st.DrawFn) -> tuple[bytes, bytes, list[int]]:
    """A page of few different bytes, so that cuts look like what stands around them."""
    before, after, sizes = b"", b"", []
    for _ in range(draw(st.integers(0, 6))):
        kept = draw(st.binary(max_size=9).map(lambda raw: bytes(byte % 3 + 97 for byte in raw)))
        gone = draw(st.binary(min_size=1, max_size=9).map(lambda raw: bytes(byte % 3 + 97 for byte in raw)))
        before, after = before + kept + gone, after + kept
        sizes.append(len(gone))
    tail = draw(st.sampled_from([b"", b"abc", b"z"]))
    return before + tail, after + tail, sizes


@given(cut_pages())
def test_cuts_that_were_made_are_found(page: tuple[bytes, bytes, list[int]]) -> None:
    before, after, sizes = page
    cuts = find_cuts(before, after, sizes)
    assert cuts is not None
    assert [size for _, size in cuts] == sizes
    left, done = b"", 0
    for start, size in cuts:
        assert start >= done
        left, done = left + before[done:start], start + size
    assert left + before[done:] == after


def test_a_byte_that_changed_is_no_cut() -> None:
    assert find_cuts(b"<p>one</p><i>x</i>", b"<p>One</p>", [8]) is None
    assert find_cuts(b"abc", b"abx", []) is None
    assert find_cuts(b"abc", b"abcd", []) is None


def test_sizes_that_were_not_told_right_are_found_out() -> None:
    before, after = b"head<i>1</i>body<b>22</b>tail", b"headbodytail"
    assert find_cuts(before, after, [8, 9]) == ((4, 8), (16, 9))
    assert find_cuts(before, after, [9, 8]) is None
    assert find_cuts(before, after, [8]) is None
    assert find_cuts(before, after, [8, 9, 1]) is None
    assert find_cuts(before, after, [17]) is None


def test_removals_are_put_in_the_order_of_the_page() -> None:
    page = "<body><div id=a></div><p></p><div></div></body>"
    paths = ["html > body > div:nth-of-type(2)", "div#a", "html > body > p:nth-of-type(1)"]
    ordered = in_document_order(map(removal, paths), page)
    assert [item.path for item in ordered] == [paths[1], paths[2], paths[0]]


def test_a_path_that_selects_two_elements_is_refused() -> None:
    for path in ("p", "div"):
        with pytest.raises(LookupError, match=path):
            in_document_order([removal(path)], "<p></p><p></p>")


def test_text_that_is_seen() -> None:
    page = "<title>t</title><article>甲<script>x</script><p>乙 </p></article><p>丙<noscript>n</noscript></p>"
    assert seen_text(page, "article") == "甲乙"
    assert seen_text(page) == "甲乙 丙"
    assert missing(("甲", "丁"), seen_text(page)) == ("丁",)


def test_other_hosts() -> None:
    page = (
        "<link rel=stylesheet href=/a.css><script src=//t.example/x.js></script>"
        "<img src='https://own.example/y.png'><iframe src='https://ads.example/f'></iframe><img src='https://t.example/p'>"
        "<a href='https://elsewhere.example/'>link</a>"
    )
    assert other_hosts(page, "own.example") == {"t.example", "ads.example"}
