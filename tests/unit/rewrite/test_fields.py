import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.rewrite.fields import Fields, strip_cookies, strip_headers

NAMES = ("_ga*", "Hm_lvt", "sid")


@pytest.mark.parametrize(
    ("value", "left", "gone"),
    [
        (b"a=1; _ga=2; b=3", b"a=1; b=3", ("_ga",)),
        (b"_ga=2; b=3", b"b=3", ("_ga",)),
        (b"b=3; _ga=2", b"b=3", ("_ga",)),
        (b"_ga=1; _ga_X=2; Hm_lvt=3", None, ("_ga", "_ga_X", "Hm_lvt")),
        (b"a=1;sid=2;b=sid=3", b"a=1;b=sid=3", ("sid",)),
        (b"a=1;  b=2 ;sid=3;", b"a=1;  b=2 ;", ("sid",)),
        (b" sid = 3; SID=4", b"SID=4", ("sid",)),
        (b"sid", b"sid", ()),  # a cookie without a name
        (b"=sid; a=\xff\xfe", b"=sid; a=\xff\xfe", ()),
        (b"hm_lvt=1", b"hm_lvt=1", ()),
        (b"", b"", ()),
    ],
)
def test_pairs_of_a_request(value: bytes, left: bytes | None, gone: tuple[str, ...]) -> None:
    fields: Fields = [(b"Host", b"a.example"), (b"CooKie", value), (b"Accept", b"*/*")]
    done = strip_cookies(fields, NAMES)
    wanted = [(b"CooKie", left)] if left is not None else []
    assert list(done.fields) == [fields[0], *wanted, fields[2]]
    assert done.gone == gone
    assert (done.fields is fields) == (not gone)


@pytest.mark.parametrize(
    ("value", "goes"),
    [
        (b"_ga=1; Path=/; Expires=Wed, 09 Jun 2027 10:18:14 GMT", True),
        (b" sid\t=1", True),
        (b"a=sid; sid=1", False),
        (b"sid; Path=/", False),
        (b"=sid", False),
        (b"Sid=1", False),
    ],
)
def test_fields_of_an_answer(value: bytes, goes: bool) -> None:  # noqa: FBT001 - a column of the table
    fields = [(b"set-cookie", value), (b"Set-Cookie", b"b=1"), (b"set-cookie2", b"sid=1")]
    assert list(strip_cookies(fields, NAMES).fields) == (fields[1:] if goes else fields)


def test_headers() -> None:
    fields = [(b"ETag", b'"x"'), (b"A", b"1"), (b"etag", b"y"), (b"B", b"\xff"), (b"A", b"2")]
    done = strip_headers(fields, ["etag", "x-client-data"])
    assert list(done.fields) == [(b"A", b"1"), (b"B", b"\xff"), (b"A", b"2")]
    assert done.gone == ("ETag", "etag")
    assert strip_headers(fields, ["x"]).fields is fields


FIELDS = st.lists(
    st.tuples(
        st.sampled_from([b"Cookie", b"cookie", b"Set-Cookie", b"ETag", b"x"]),
        st.lists(st.sampled_from([b"sid=1", b"_ga", b"_ga=", b"a=1", b"", b" ", b"\xff=;"])).map(b";".join)
        | st.binary(max_size=9),
    )
)


@given(FIELDS)
def test_twice_is_once_and_the_rest_stays(fields: Fields) -> None:
    once = strip_cookies(fields, NAMES)
    again = strip_cookies(once.fields, NAMES)
    assert again.fields is once.fields
    others = [field for field in fields if b"ookie" not in field[0]]
    assert [field for field in once.fields if b"ookie" not in field[0]] == others
    assert strip_cookies(fields, ()).fields is fields
    assert strip_headers(fields, ()).fields is fields
