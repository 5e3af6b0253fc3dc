"""Requests through the real proxy: what is never sent, what stands in for it, and what goes of the rest."""

import re
from collections.abc import Iterator

import pytest

from filterproxy.proxy.open_anyway import PATH
from filterproxy.report.events import Kind, RequestEvent
from filterproxy.ruleset.store import load_ruleset
from tests.support.client import Reply
from tests.support.lab import GBK, OTHER, PINNED, RULED, Lab, running_lab
from tests.support.server import Request, message

RULES = f"""\
version: 1
site: [{RULED}, {GBK}]
rules:
  - id: tracker
    category: tracking
    block: ["||{PINNED}/t^", "/collect?*$xhr", "||{PINNED}/doc^$document"]
  - id: watched
    category: ad
    mode: observe
    block: "||{PINNED}/seen^"
  - id: whole
    category: ad
    block: "||{OTHER}^"
  - id: params
    category: tracking
    strip-params: [utm_*, spm]
    redirects: {{"{RULED}/jump": url}}
  - id: cookies
    category: tracking
    strip-cookies: [_ga*]
  - id: headers
    category: tracking
    strip-headers: [x-track, etag]
  - id: feed
    category: ad
    prune: {{url: "/api/feed*", remove: "$.data[?@.type == '广告']"}}
  - id: more
    category: recommended
    pages: /more/*
    remove: ".tuijian"
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("requests"), RULES) as running:
        yield running


def told(lab: Lab, kind: Kind) -> list[RequestEvent]:
    return [event for event in lab.events.all if isinstance(event, RequestEvent) and event.kind is kind]


PAGE = f"https://{RULED}/a.html"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("destination", "status", "kind", "start"),
    [
        ("script", 200, "text/javascript; charset=utf-8", b"\n"),
        ("image", 200, "image/gif", b"GIF89a"),
        ("iframe", 200, "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("empty", 204, None, b""),
    ],
)
def test_a_blocked_request_is_answered_and_never_sent(  # noqa: PLR0913, PLR0917 - a row of the table
    lab: Lab, scheme: str, destination: str, status: int, kind: str | None, start: bytes
) -> None:
    path = f"/t/{scheme}-{destination}"
    lab.origin.serve(path, message("从未发出"))
    reply = lab.client.get(
        f"{scheme}://{PINNED}{path}", Sec_Fetch_Dest=destination, Referer=PAGE, Origin=f"https://{RULED}"
    )
    assert (reply.status, reply.field("content-type")) == (status, kind)
    assert reply.body.startswith(start)
    assert reply.field("access-control-allow-origin") == f"https://{RULED}"
    assert lab.origin.asked(path) == []
    event = told(lab, Kind.REQUEST_BLOCKED)[-1]
    assert (event.rule, event.category) == ("site/tracker", "tracking")
    assert re.fullmatch(r".*site\.yaml:6:\d+", event.source)


def test_requests_of_other_sites_pages_are_sent(lab: Lab) -> None:
    lab.origin.serve("/t/else", message("sent"))
    reply = lab.client.get(
        f"https://{PINNED}/t/else", Sec_Fetch_Dest="script", Referer="https://else.example/"
    )
    assert reply.body == b"sent"


def test_what_a_rule_observes_is_sent_and_counted(lab: Lab) -> None:
    lab.origin.serve("/seen/a.js", message("sent"))
    assert (
        lab.client.get(f"https://{PINNED}/seen/a.js", Sec_Fetch_Dest="script", Referer=PAGE).body == b"sent"
    )
    assert told(lab, Kind.REQUEST_OBSERVED)[-1].rule == "site/watched"


def test_a_blocked_page_says_why_and_opens_when_asked_by_its_button(lab: Lab) -> None:
    url = f"https://{GBK}/doc"
    with_rule = RULES.replace(f"||{PINNED}/doc^$document", f"||{GBK}/doc^$document")
    (lab.rules / "site.yaml").write_text(with_rule, "utf-8")
    lab.proxy.rewriter.replace(load_ruleset([lab.rules]), patience=30)
    lab.origin.serve("/doc", message("<p>正文</p>"))
    blocked = lab.client.get(url, Sec_Fetch_Dest="document")
    text = blocked.body.decode()
    assert blocked.status == 403
    assert "site/tracker" in text
    assert "frame-ancestors 'none'" in (blocked.field("content-security-policy") or "")
    assert lab.origin.asked("/doc") == []
    token = re.search(r'name="token" value="([^"]+)"', text)
    assert token is not None
    form = f"token={token[1]}".encode()
    ours = f"https://{GBK}{PATH}"
    own = {"Origin": f"https://{GBK}", "Content_Type": "application/x-www-form-urlencoded"}
    foreign = {**own, "Origin": f"https://{RULED}"}

    def press(body: bytes, fields: dict[str, str]) -> Reply:
        return lab.client.get(ours, method="POST", body=body, gate=None, **fields)

    assert lab.client.get(f"{ours}?token={token[1]}").status == 403
    assert press(form, foreign).status == 403
    assert press(b"token=guessed", own).status == 403
    assert lab.client.get(url, Sec_Fetch_Dest="document").status == 403
    opened = press(form, own)
    assert (opened.status, opened.field("location")) == (303, url)
    assert lab.client.get(url, Sec_Fetch_Dest="document").status == 200
    assert press(form, own).status == 403
    assert told(lab, Kind.REQUEST_OPENED)


def test_parameters_go_before_a_request_is_sent(lab: Lab) -> None:
    lab.origin.serve("/s", message("x"))
    lab.client.get(f"https://{RULED}/s?utm_source=a&id=1&spm=b&n=%E4%B8%80", Sec_Fetch_Dest="empty")
    assert [request.target for request in lab.origin.asked("/s")] == ["/s?id=1&n=%E4%B8%80"]
    assert {event.what for event in told(lab, Kind.STRIPPED)} >= {"utm_source", "spm"}


def test_an_address_that_leads_on_is_not_asked(lab: Lab) -> None:
    reply = lab.client.get(
        f"https://{RULED}/jump?url=https%3A%2F%2Fb.example%2F%E6%96%87", Sec_Fetch_Dest="document"
    )
    assert reply.status == 302
    assert (reply.field("location") or "").startswith("https://b.example/")
    assert not [request for request in lab.origin.requests if request.path.startswith("/jump")]
    assert told(lab, Kind.REQUEST_REDIRECTED)[-1].what == "b.example"


def test_cookies_and_fields_go_both_ways(lab: Lab) -> None:
    answer = message(
        "x", ("Set-Cookie", "_ga=1; Path=/"), ("Set-Cookie", "id=2"), ("X-Track", "3"), ("ETag", '"4"')
    )
    lab.origin.serve("/c", answer)
    reply = lab.client.get(f"https://{RULED}/c", Cookie="_ga_1=5; id=6", X_Track="7", Sec_Fetch_Dest="empty")
    sent = lab.origin.asked("/c")[-1].headers
    assert (sent["cookie"], "x-track" in sent) == ("id=6", False)
    assert (reply.field("set-cookie"), reply.field("x-track"), reply.field("etag")) == ("id=2", None, None)


def test_json_is_pruned_and_broken_json_passes(lab: Lab) -> None:
    feed = '{"data": [{"type": "广告"}, {"id": 12345678901234567890, "type": "新闻"}], "n": 1.50}'
    lab.origin.serve("/api/feed/1", message(feed, content_type="application/json"))
    lab.origin.serve("/api/feed/2", message('{"data": [', content_type="application/json"))
    reply = lab.client.get(f"https://{RULED}/api/feed/1", Sec_Fetch_Dest="empty")
    assert reply.body.decode() == '{"data": [{"id": 12345678901234567890, "type": "新闻"}], "n": 1.50}'
    assert lab.client.get(f"https://{RULED}/api/feed/2", Sec_Fetch_Dest="empty").body == b'{"data": ['


OLD = {"If_None_Match": '"1"', "If_Modified_Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
ODD = {"Accept_Encoding": "gzip, dcb, zstd", "Available_Dictionary": ":AA==:", "Sec_Fetch_Dest": "empty"}


@pytest.mark.parametrize("path", ["/api/feed/9", "/more/9"], ids=["pruned", "a part of a page"])
def test_what_a_rule_names_is_asked_for_whole_and_anew(lab: Lab, path: str) -> None:
    lab.origin.serve(path, message("{}", content_type="application/json"))
    lab.client.get(
        f"https://{RULED}{path}", Range="bytes=5-", method="GET", body=None, gate=None, **OLD, **ODD
    )
    sent = lab.origin.asked(path)[-1].headers
    assert sent["accept-encoding"] == "gzip, zstd"
    assert not sent.keys() & {"if-none-match", "if-modified-since", "range", "available-dictionary"}


def test_what_else_a_script_fetches_keeps_what_saves_a_transfer(lab: Lab) -> None:
    (lab.rules / "all.yaml").write_text(
        "version: 1\nsite: '*'\nrules: [{id: x, category: ad, remove: .x}]\n", "utf-8"
    )
    lab.proxy.rewriter.replace(load_ruleset([lab.rules]), patience=30)
    lab.origin.serve("/video", message("x", content_type="video/mp4"))
    lab.client.get(
        f"https://{RULED}/video", Range="bytes=5-", method="GET", body=None, gate=None, **OLD, **ODD
    )
    sent = lab.origin.asked("/video")[-1].headers
    assert sent["range"] == "bytes=5-"
    assert sent["if-none-match"] == '"1"'
    assert sent["accept-encoding"] == "gzip, zstd"
    assert "available-dictionary" not in sent


def test_pruned_json_has_a_tag_of_the_rules(lab: Lab) -> None:
    def answer(request: Request) -> bytes:
        if request.headers.get("if-none-match") == '"1"':
            return message(b"", ("ETag", '"1"'), status="304 Not Modified", content_type=None, length=-1)
        return message('{"data": [{"type": "广告"}]}', ("ETag", '"1"'), content_type="application/json")

    lab.origin.serve("/api/feed/tag", answer)
    rules = (lab.rules / "site.yaml").read_text("utf-8").replace("x-track, etag", "x-track")
    (lab.rules / "site.yaml").write_text(rules, "utf-8")
    lab.proxy.rewriter.replace(load_ruleset([lab.rules]), patience=30)
    url = f"https://{RULED}/api/feed/tag"
    first = lab.client.get(url, Sec_Fetch_Dest="empty")
    tag = first.field("etag") or ""
    assert (first.body, tag.startswith('W/"1-fp-')) == (b'{"data": []}', True)
    again = lab.client.get(url, Sec_Fetch_Dest="empty", If_None_Match=tag)
    assert (again.status, again.field("etag")) == (304, tag)
    original = lab.client.get(url, Sec_Fetch_Dest="empty", If_None_Match='"1"')
    assert (original.status, original.body) == (200, first.body)


def test_rows_that_a_script_fetches_are_filtered_as_rows(lab: Lab) -> None:
    rows = "<tr><td>新闻</td></tr><tr class=tuijian><td>推荐</td></tr>"
    lab.origin.serve("/more/2", message(rows, content_type="text/html; charset=utf-8"))
    reply = lab.client.get(f"https://{RULED}/more/2", Sec_Fetch_Dest="empty")
    assert reply.body.decode() == "<tr><td>新闻</td></tr>"


def test_service_workers_are_told_of(lab: Lab) -> None:
    lab.origin.serve("/sw.js", message("//", content_type="text/javascript"))
    lab.client.get(f"https://{RULED}/sw.js", Service_Worker="script", Sec_Fetch_Dest="serviceworker")
    assert lab.events.hosts(Kind.SERVICE_WORKER) == [RULED]
