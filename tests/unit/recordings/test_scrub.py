"""Secrets that leave a recording, and everything else that stays."""

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.recordings.entry import Entry
from filterproxy.recordings.scrub import Scrubbed, scrub_entry, scrub_fields
from filterproxy.recordings.scrub_url import Secret, scrub_target, scrub_url
from filterproxy.recordings.scrubbed import Tally, as_data, lines

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.Zm9vYmFyYmF6"

URLS = [  # as it was, as it is recorded, names of what went
    ("https://news.example/a.html?id=5&page=2#top", None, []),
    ("https://news.example/a.html?token=q1", "https://news.example/a.html?token=scrubbed", ["token"]),
    ("/a?x=1&Access-Token=q1==&y=2", "/a?x=1&Access-Token=scrubbed&y=2", ["Access-Token"]),
    ("/a?accessToken=q&id_token=r", "/a?accessToken=scrubbed&id_token=scrubbed", ["accessToken", "id_token"]),
    ("/a?user%5Bpassword%5D=q", "/a?user%5Bpassword%5D=scrubbed", ["user%5Bpassword%5D"]),
    ("/a?%74oken=q", "/a?%74oken=scrubbed", ["%74oken"]),
    ("/a?token=q%26r;s=t&u=v", "/a?token=scrubbed&u=v", ["token"]),
    ("/a?x=1;token=q", "/a?x=1;token=scrubbed", ["token"]),
    ("/a?token=&sig=", None, []),
    ("/a?token", None, []),
    ("/a?tokens=3&keyword=桥&design=x&assign=y", None, []),
    ("/a?pageToken=abc&next_page_token=d", None, []),
    ("/a?sid=20461&key=7&ticket=88", None, []),  # an article's number is no session
    ("/a?sid=f3a9&token=1", "/a?sid=scrubbed&token=scrubbed", ["sid", "token"]),
    ("/quote?code=600519", None, []),  # a share's
    ("/quote?state=open", None, []),
    ("/back?code=q&state=r", "/back?code=scrubbed&state=scrubbed", ["code", "state"]),
    ("/a;jsessionid=0A1B?id=1", "/a;jsessionid=scrubbed?id=1", ["jsessionid"]),
    ("/a;v=1;JSESSIONID=0A1B/b;c=2", "/a;v=1;JSESSIONID=scrubbed/b;c=2", ["JSESSIONID"]),
    ("/(S(lit3py55))/a.aspx", "/(S(scrubbed))/a.aspx", ["(S(…))"]),
    ("/wiki/函数_(A(b))", None, []),
    ("https://me:pw@news.example/", "https://scrubbed@news.example/", [""]),
    ("//me:p@w@news.example/a@b", "//scrubbed@news.example/a@b", [""]),
    ("https://news.example/@me", None, []),
    ("/a#access_token=q&expires_in=60", "/a#access_token=scrubbed&expires_in=60", ["access_token"]),
    (f"/v/{JWT}/x", "/v/scrubbed/x", ["JWT"]),
    (f"/a?t={JWT}&u=1", "/a?t=scrubbed&u=1", ["JWT"]),
    (
        "/go?url=https%3A%2F%2Fb.example%2F%3Ftoken%3Dq%26z%3D1&y=2",
        "/go?url=https%3A%2F%2Fb.example%2F%3Ftoken%3Dscrubbed%26z%3D1&y=2",
        ["token"],
    ),
    (
        "/go?url=%252Fb%253Ftoken%253Dq%2526r%253D1%26s%3D2",
        "/go?url=%252Fb%253Ftoken%253Dscrubbed%2526r%253D1%26s%3D2",
        ["token"],
    ),
    ("/go?url=/b?token=q&z=1", "/go?url=/b?token=scrubbed&z=1", ["token"]),
    ("/go?url=https%3A%2F%2Fme%3Apw%40b.example%2F", "/go?url=https%3A%2F%2Fscrubbed%40b.example%2F", [""]),
    ("https://[broken/?token=q", "https://[broken/?token=scrubbed", ["token"]),
]  # fmt: skip


@pytest.mark.parametrize(("url", "scrubbed", "names"), URLS)
def test_urls(url: str, scrubbed: str | None, names: list[str]) -> None:
    found = scrub_url(url)
    assert (found[0], [item.name for item in found[1]]) == (scrubbed or url, names)
    assert scrub_url(found[0]) == (found[0], [])


FIELDS = [  # name, as it was, as it is recorded, kinds of what went
    ("Cookie", "sid=q; 城=r; empty=", "sid=scrubbed; 城=scrubbed; empty=", ["cookie"] * 2),
    ("Cookie", 'a="x;y"; nameless', "a=scrubbed;scrubbed; scrubbed", ["cookie"] * 3),
    ("cookie2", '$Version="1"', "$Version=scrubbed", ["cookie"]),
    (
        "Set-Cookie",
        "sid=q; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; SameSite=Lax",
        "sid=scrubbed; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; SameSite=Lax",
        ["cookie"],
    ),
    ("Set-Cookie", 'sid="q;r"; Path=/', "sid=scrubbed;scrubbed; Path=/", ["cookie"] * 2),
    (
        "Set-Cookie2",
        "a=q; Version=1, b=r; Path=/",
        "a=scrubbed; Version=1, b=scrubbed; Path=/",
        ["cookie"] * 2,
    ),
    ("Authorization", "Basic bWU6cHc=", "Basic scrubbed", ["authorization"]),
    ("authorization", "Q", "scrubbed", ["authorization"]),
    ("Authorization", "Q R", "scrubbed", ["authorization"]),
    ("Proxy-Authorization", 'Digest username="me", response="q"', "Digest scrubbed", ["authorization"]),
    ("WWW-Authenticate", 'Basic realm="x", charset="UTF-8"', None, []),
    ("X-Api-Key", "q", "scrubbed", ["header"]),
    ("x-auth-token", "q", "scrubbed", ["header"]),
    ("X-CSRF-Token", "q", "scrubbed", ["header"]),
    ("X-XSRF-TOKEN", "q", "scrubbed", ["header"]),
    ("X-Amz-Security-Token", "q", "scrubbed", ["header"]),
    ("Access-Control-Allow-Headers", "x-api-key, authorization", None, []),
    ("Access-Control-Allow-Credentials", "true", None, []),
    ("ETag", '"abc"', None, []),
    ("X-Request-Id", "f00", None, []),
    ("X-Anything", f"a {JWT} b", "a scrubbed b", ["token"]),
    ("Referer", "https://a.example/?token=q", "https://a.example/?token=scrubbed", ["token"]),
    ("Location", "/a?ticket=ST-1", "/a?ticket=scrubbed", ["token"]),
    ("Content-Location", "/a;jsessionid=q", "/a;jsessionid=scrubbed", ["token"]),
    ("Refresh", "5; url='/a?token=q'", "5; url='/a?token=scrubbed'", ["token"]),
    ("Refresh", "0;URL=/a?id=1", None, []),
    ("Link", '</a?sig=q>; rel="next", </b>; rel=x', '</a?sig=scrubbed>; rel="next", </b>; rel=x', ["token"]),
    ("Content-Type", "text/html; charset=gbk", None, []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "scrubbed", "kinds"), FIELDS)
def test_fields(name: str, value: str, scrubbed: str | None, kinds: list[str]) -> None:
    fields = ((name.encode(), value.encode()), (b"X-Other", b"stays"))
    expected = ((name.encode(), (scrubbed or value).encode()), fields[1])
    result, found = scrub_fields(fields)
    assert (result, [item.kind for item in found]) == (expected, kinds)
    assert scrub_fields(result) == (result, [])
    assert not kinds or result is not fields
    assert kinds or result is fields


def entry(**changes: object) -> Entry:
    plain: dict[str, object] = {
        "place": "a.mitm, flow 1", "url": "https://news.example/a", "method": "POST", "status": 200,
        "request": [(b"Cookie", b"sid=q")], "response": [(b"Set-Cookie", b"sid=r")],
        "body": b"token=in-the-page", "request_body": b"password=q", "time": 1.0, "note": "n",
    }  # fmt: skip
    return Entry(**{**plain, **changes})  # type: ignore[arg-type]  # as named


def test_an_entry_loses_its_secrets_and_keeps_its_answer() -> None:
    scrubbed, found = scrub_entry(entry(url="https://news.example/a?token=q&id=1"))
    assert scrubbed == entry(
        url="https://news.example/a?token=scrubbed&id=1",
        request=((b"Cookie", b"sid=scrubbed"),),
        response=((b"Set-Cookie", b"sid=scrubbed"),),
        request_body=b"",
    )
    assert found == {
        Scrubbed(Secret.TOKEN, "news.example", "token"): 1,
        Scrubbed(Secret.COOKIE, "news.example", "sid"): 2,
        Scrubbed(Secret.BODY, "news.example", ""): 1,
    }
    assert scrub_entry(scrubbed) == (scrubbed, {})


def test_an_entry_without_secrets_is_the_same_object() -> None:
    plain = entry(request=[(b"Accept", b"*/*")], response=[], request_body=b"")
    assert scrub_entry(plain)[0] is plain


def test_what_was_scrubbed_is_told_by_kind_host_and_name() -> None:
    tally = Tally()
    assert list(lines(tally)) == ["nothing had to be scrubbed"]
    for number in range(3):
        url = f"https://news.example/a?token=q{number}"
        scrubbed, found = scrub_entry(entry(url=url))
        tally.add(found)
        tally.moved(url, scrubbed.url)
    tally.add(scrub_entry(entry(url="https://b.example/", response=[(b"Set-Cookie", b"\x1b[2Ju=r; x")]))[1])
    assert list(lines(tally)) == [
        "scrubbed 4 cookies of 2 hosts, 1 token of 1 host, 4 request bodies of 2 hosts",
        "  cookie        b.example  \\x1b[2Ju, (no name), sid",
        "  cookie        news.example  sid ×6",
        "  token         news.example  token ×3",
        "  request body  b.example",
        "  request body  news.example  ×3",
        "  1 address of several that differed in a secret alone: a replay finds the first",
    ]
    data = as_data(tally)
    assert data["merged"] == 1
    assert {"kind": "token", "host": "news.example", "name": "token", "count": 3} in data["scrubbed"]
    assert not re.search("q[0-9]", str(data))


NAMES = st.sampled_from(["id", "token", "sid", "code", "state", "password", "url", "a[key]", "q"])
PIECES = st.sampled_from(
    [*"?&;=#/@:()%[]. ", "%26", "%3D", "%253D", "%2526", "%3F", "//", "http://", "eyJ", JWT, "S(", "桥"]
)
SOUP = st.lists(st.one_of(NAMES, PIECES, st.text(max_size=4)), max_size=14).map("".join)
SECRETS = st.text("QWX", min_size=12, max_size=12)


@given(SOUP)
def test_scrubbing_again_changes_nothing(url: str) -> None:
    once = scrub_url(url)[0]
    assert scrub_url(once) == (once, [])
    target = scrub_target("/" + url)[0]
    assert scrub_target(target) == (target, [])


@given(SOUP, SOUP)
def test_a_target_is_scrubbed_as_its_url_is(path: str, query: str) -> None:
    target = f"/{path}?{query}"
    assert f"http://host{scrub_target(target)[0]}" == scrub_url(f"http://host{target}")[0]


@given(
    st.sampled_from(
        ["Cookie", "Set-Cookie", "Set-Cookie2", "Authorization", "Referer", "Refresh", "Link", "X-Token", "X"]
    ),
    SOUP,
)
def test_scrubbing_fields_again_changes_nothing(name: str, value: str) -> None:
    fields = ((name.encode(), value.encode("utf-8", "surrogatepass")),)
    once, found = scrub_fields(fields)
    assert once is fields or found
    assert scrub_fields(once) == (once, [])


@given(
    SECRETS,
    st.lists(st.tuples(NAMES, st.text("abc", max_size=3)), max_size=4),
    st.integers(0, 4),
    st.integers(0, 2),
)
def test_no_token_stays_however_it_is_nested(
    secret: str, parameters: list[tuple[str, str]], place: int, depth: int
) -> None:
    parameters.insert(place, ("token", secret))
    url = "/a?" + "&".join(f"{quote(name)}={value}" for name, value in parameters)
    for _ in range(depth):
        url = f"https://b.example/go?to={quote(url, safe='')}&x=1"
    scrubbed, found = scrub_url(url)
    assert secret not in scrubbed
    assert "token" in [item.name for item in found]
    assert scrubbed.endswith("&x=1") or not depth


@given(st.lists(st.tuples(st.text("abxyz", min_size=1, max_size=5), SECRETS), min_size=1, max_size=5))
def test_no_cookie_stays_and_all_names_do(cookies: list[tuple[str, str]]) -> None:
    header = "; ".join(f"{name}={value}" for name, value in cookies)
    ((_, value),), found = scrub_fields(((b"Cookie", header.encode()),))
    assert value.decode() == "; ".join(f"{name}=scrubbed" for name, _ in cookies)
    assert [item.name for item in found] == [name for name, _ in cookies]
