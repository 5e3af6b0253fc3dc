"""A doubtful cut is proven, or the tag is found that makes it right."""

from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.prove import prove, read
from filterproxy.rewrite.splice import Edit, Plan

UTF_8 = Charset("UTF-8")


def test_what_is_read_as_wanted_is_taken_as_it_is() -> None:
    body = b"<p>a<b>x</b>c"
    plan = Plan((Edit(4, 12, b"", 0, (b"</p>",)),), ("a doubt",))
    assert prove(body, plan, UTF_8, read(b"<p>ac", UTF_8)) == b"<p>ac"


def test_each_cut_gets_the_tag_that_it_wants() -> None:
    body = b"<body><p>a<div>x</div>b<p>c<div>y</div>d"
    edits = (Edit(10, 22, b"", 0, (b"</b>", b"</p>")), Edit(27, 39, b"", 1, (b"</p>",)))
    wanted = read(b"<body><p>a</p>b<p>c</p>d", UTF_8)
    assert prove(body, Plan(edits, ("a doubt",)), UTF_8, wanted) == b"<body><p>a</p>b<p>c</p>d"


def test_what_never_fits_is_none() -> None:
    plan = Plan((Edit(4, 12, b"", 0, (b"</p>",)),), ("a doubt",))
    assert prove(b"<p>a<b>x</b>c", plan, UTF_8, "<html>something else</html>") is None


def test_tries_are_bounded() -> None:
    count = 500
    body = b"<p>x" * count
    edits = tuple(Edit(4 * i + 3, 4 * i + 4, b"", i, (b"</p>", b"</b>")) for i in range(count))
    assert prove(body, Plan(edits, ("a doubt",)), UTF_8, "never") is None
