import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filterproxy.classify.hostname import normalise
from filterproxy.ruleset.hosts import normalise_site

SITES = [
    ("example-news.com", "example-news.com"),
    ("Example-News.COM.", "example-news.com"),
    (" a.example ", "a.example"),
    ("*", "*"),
    ("localhost", "localhost"),
    ("新闻.中国", "xn--efvy88h.xn--fiqs8s"),
    ("新闻。中国", "xn--efvy88h.xn--fiqs8s"),
    ("XN--FIQS8S", "xn--fiqs8s"),
    ("münchen.de", "xn--mnchen-3ya.de"),
    ("straße.de", "xn--strae-oqa.de"),
    ("192.0.2.1", "192.0.2.1"),
    ("::1", "[::1]"),
    ("[2001:DB8:0::1]", "[2001:db8::1]"),
    ("a_b.example", "a_b.example"),
]
WRONG = [
    ("", "empty"),
    ("https://a.example/x", 'write "a.example"'),
    ("a.example/x", 'write "a.example" and the path under "pages"'),
    ("*.a.example", 'write "a.example"'),
    (".a.example", 'write "a.example"'),
    ("a*.example", "stands alone"),
    ("a.example:8080", 'write "a.example"'),
    ("a b.example", "not a host name"),
    ("a..example", "not a host name"),
    ("-a.example", "not a host name"),
    ("1.2.3", "neither a host name nor an IP address"),
    ("a" * 64 + ".example", "not a host name"),
    ("é" * 100_000, "not a host name"),
]


@pytest.mark.parametrize(("written", "host"), SITES)
def test_sites_become_host_names(written: str, host: str) -> None:
    assert normalise_site(written) == host
    assert normalise_site(host) == host


@pytest.mark.parametrize(("written", "problem"), WRONG)
def test_what_is_no_host_name_says_what_to_write(written: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"host name|site|empty|covered|alone") as caught:
        normalise_site(written)
    assert problem in str(caught.value)
    assert len(str(caught.value)) < 300


@settings(max_examples=500, deadline=None)
@given(st.text("abc0.-_é新:[]*/ A", max_size=12))
def test_a_site_is_spelt_as_requests_are(text: str) -> None:
    try:
        site = normalise_site(text)
    except ValueError:
        return
    assert site == "*" or site == normalise(site)
