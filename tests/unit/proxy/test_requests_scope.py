"""Hosts that are refused, left alone or never connected to; each with a proxy of its own."""

from pathlib import Path

import pytest

from filterproxy.proxy.scope import Reach
from filterproxy.report.events import Kind, RequestEvent
from tests.flows.record import read
from tests.support.lab import OTHER, PINNED, RULED, running_lab
from tests.support.server import message

RULES = f"""\
version: 1
site: "*"
rules:
  - id: tracker
    category: tracking
    block: "||{PINNED}/t^"
  - id: whole
    category: ad
    block: "||{OTHER}^"
"""
PAGE = f"https://{RULED}/a.html"


def test_no_connection_is_made_for_what_is_blocked(tmp_path: Path) -> None:
    with running_lab(tmp_path, RULES, upstreams={PINNED: ("127.0.0.1", 9)}) as lab:  # nobody listens there
        reply = lab.client.get(f"https://{PINNED}/t/a.js", Sec_Fetch_Dest="script", Referer=PAGE)
        assert reply.status == 200
        assert lab.client.get(f"https://{PINNED}/other", Sec_Fetch_Dest="script").status == 502


def test_a_host_that_is_blocked_as_a_whole_is_refused_undecrypted(tmp_path: Path) -> None:
    with running_lab(tmp_path, RULES) as lab:
        with pytest.raises(OSError, match="403"):
            lab.client.get(f"https://sub.{OTHER}/x.js")
        blocked = [event for event in lab.events.all if isinstance(event, RequestEvent)]
        assert [(event.what, event.rule) for event in blocked] == [("connection", "site/whole")]
        lab.origin.serve("/t/x", message("x"))
        with pytest.raises(OSError, match="certificate"):  # tunnelled: the origin's own
            lab.client.get(f"https://{RULED}/t/x")


def test_excluded_hosts_are_never_read(tmp_path: Path) -> None:
    with running_lab(tmp_path, reach=Reach.ALL, excluded=frozenset({OTHER})) as lab:
        lab.origin.serve("/x", message("x"))
        reply = lab.client.get(f"http://{OTHER}/x")
        assert reply.body == b"x"
        with pytest.raises(OSError, match="certificate"):
            lab.client.get(
                f"https://{OTHER}/x"
            )  # the origin's own certificate, which the client does not trust
        assert lab.events.hosts(Kind.HOST_TUNNELLED) == [OTHER]


def test_what_rules_strip_is_in_the_recording_and_nowhere_else(tmp_path: Path) -> None:
    rules = f"""\
site: {RULED}
rules:
  - {{id: cookies, category: tracking, strip-cookies: _ga}}
  - {{id: page, category: ad, remove: .ad}}
"""
    tape = tmp_path / "visit.mitm"
    with running_lab(tmp_path, rules, record=tape, keep_secrets=True) as lab:
        for path, kind in (("/streamed.js", "text/javascript"), ("/page.html", "text/html; charset=utf-8")):
            answer = message("<p>正文<b class=ad>广告</b>", ("Set-Cookie", "_ga=1"), content_type=kind)
            lab.origin.serve(path, answer)
            assert lab.client.get(f"https://{RULED}{path}").field("set-cookie") is None
        told = [event for event in lab.events.all if event.kind is Kind.STRIPPED]
    kept = [flow.response for flow in read(tape)]
    assert [answer.headers["set-cookie"] for answer in kept if answer is not None] == ["_ga=1", "_ga=1"]
    assert len(told) == 2
