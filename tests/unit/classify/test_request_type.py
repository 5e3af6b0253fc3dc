import pytest

from filterproxy.classify.request_type import purpose_of
from filterproxy.ruleset.network_filters import TYPES

URL = "https://t.example/a/b"


def purpose(method: str = "GET", url: str = URL, **fields: str) -> tuple[str, str]:
    found = purpose_of(method, url, [(n.replace("_", "-").encode(), v.encode()) for n, v in fields.items()])
    return found.kind, found.source


@pytest.mark.parametrize(
    ("destination", "kind"),
    [
        ("document", "document"),
        ("iframe", "subdocument"),
        ("script", "script"),
        ("serviceworker", "script"),
        ("style", "stylesheet"),
        ("image", "image"),
        ("font", "font"),
        ("video", "media"),
        ("embed", "object"),
        ("report", "ping"),
        ("manifest", "other"),
        ("empty", "xmlhttprequest"),
        ("speculationrules", "other"),
    ],
)
def test_browsers_say_what_a_request_is_for(destination: str, kind: str) -> None:
    assert purpose(Sec_Fetch_Dest=destination)[0] == kind
    assert kind in TYPES


def test_pings_post_and_do_not_ask() -> None:
    assert purpose("POST", sec_fetch_dest="empty", sec_fetch_mode="no-cors")[0] == "ping"
    assert purpose("POST", sec_fetch_dest="empty", sec_fetch_mode="cors")[0] == "xmlhttprequest"
    assert purpose("POST", ping_to="https://x.example/")[0] == "ping"


@pytest.mark.parametrize(
    ("url", "fields", "kind"),
    [
        (URL, {"accept": "text/html,*/*"}, "document"),
        (URL, {"accept": "image/avif,*/*"}, "image"),
        (URL, {"accept": "text/css,*/*;q=0.1"}, "stylesheet"),
        (URL, {"accept": "*/*", "x_requested_with": "XMLHttpRequest"}, "xmlhttprequest"),
        (URL, {"accept": "application/json"}, "xmlhttprequest"),
        (URL, {"upgrade": "websocket"}, "websocket"),
        ("http://t.example/hm.js?a.png", {"accept": "*/*"}, "script"),
        ("http://t.example/点.GIF", {}, "image"),
        ("http://t.example/a.woff2", {}, "font"),
        ("http://t.example/a.unknownsuffix", {}, "other"),
        ("http://t.example", {}, "other"),
    ],
)
def test_without_fetch_metadata_the_rest_of_the_head_tells(
    url: str, fields: dict[str, str], kind: str
) -> None:
    assert purpose(url=url, **fields)[0] == kind


def test_whom_it_is_for() -> None:
    page = "https://news.example/a.html"
    assert purpose(sec_fetch_dest="script", referer=page)[1] == page
    assert purpose(sec_fetch_dest="empty", origin="https://news.example")[1] == "https://news.example"
    assert purpose(sec_fetch_dest="script", origin="null")[1] == URL
    assert purpose(sec_fetch_dest="document", referer=page)[1] == URL
    assert purpose(sec_fetch_dest="image", sec_fetch_site="none", referer=page)[1] == URL
    assert purpose(sec_fetch_dest="script")[1] == URL
