"""What a person reads, and what a program reads, of events."""

import dataclasses
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.errors import SkipReason
from filterproxy.report.events import Event, Fanout, HostEvent, Kind, PageEvent, RulesEvent, TroubleEvent
from filterproxy.report.line import line, size
from filterproxy.report.record import as_json
from filterproxy.report.redact import redact_url
from filterproxy.report.statistics import Statistics
from filterproxy.rewrite.result import Page
from tests.support.lab import Events
from tests.unit.report.samples import PAGE, URL

SHOWN = "https://news.example/a.html?…"
INEXACT = dataclasses.replace(PAGE, exact=False, detail="a span", vetoes=(), observed=PAGE.removals[:1])

LINES: list[tuple[Event, str | None]] = [
    (
        PageEvent.of(URL, PAGE),
        f"removed 1 ad, 1 recommended · 42 kB · 6 ms · 1 kept by the article guard · {SHOWN}",
    ),
    (
        PageEvent.of(URL, INEXACT),
        f"removed 1 ad, 1 recommended · 42 kB · 6 ms · not exact: a span · 1 observed · {SHOWN}",
    ),
    (PageEvent.of(URL, Page(b"x")), f"nothing to remove · 0 ms · {SHOWN}"),
    (
        PageEvent.of(URL, Page(b"x", skipped=SkipReason.DEADLINE, detail="not done after 2 s")),
        f"not filtered (deadline: not done after 2 s) · {SHOWN}",
    ),
    (PageEvent(Kind.PAGE_SKIPPED, URL, None, SkipReason.NOT_HTML), None),
    (HostEvent(Kind.HOST_TUNNELLED, "a.example"), None),
    (HostEvent(Kind.LISTENING, "127.0.0.1:8080", "/ca.pem"), None),
    (
        HostEvent(Kind.CA_NOT_TRUSTED, "a.example", "unknown ca"),
        (
            "a.example: the browser refused the proxy's certificate, and none has accepted it yet: "
            "trust the CA first: unknown ca"
        ),
    ),
    (HostEvent(Kind.CERTIFICATE_REFUSED, "a.example"), "a.example: a client refused the proxy's certificate"),
    (HostEvent(Kind.HOST_PASSED_THROUGH, "a.example"), "a.example: handed through unfiltered"),
    (
        HostEvent(Kind.UPSTREAM_REFUSED, "a.example", "expired"),
        "a.example: the server's TLS was refused: expired",
    ),
    (RulesEvent(Kind.RULES_LOADED, 2, 3, 9), "rules loaded: 9 rules for 3 sites from 2 files"),
    (RulesEvent(Kind.RULES_RELOADED, 2, 3, 9), "rules reloaded: 9 rules for 3 sites from 2 files"),
    (
        RulesEvent(Kind.RULES_BROKEN, problems=("a.yaml:1:2: x: y", "b\x1b.yaml:1:1: z")),
        "rules not reloaded, the last good ones stay:\n  a.yaml:1:2: x: y\n  b\\x1b.yaml:1:1: z",
    ),
    (TroubleEvent(Kind.WRITE_FAILED, "ledger x", "no room"), "not written: ledger x: no room"),
    (HostEvent(Kind.NO_ANSWER, "a.example", "Client disconnected."), None),
    (
        TroubleEvent(Kind.RECORDING_BROKEN, "a.mitm, flow 3", "cut short"),
        "recording: a.mitm, flow 3: cut short",
    ),
    (TroubleEvent(Kind.INTERNAL, "response", "E: x"), "an error of filterproxy's own: response: E: x"),
]


@pytest.mark.parametrize(("event", "text"), LINES)
def test_lines(event: Event, text: str | None) -> None:
    assert line(event) == text


def test_every_kind_has_its_line_and_its_json() -> None:
    assert {event.kind for event, _ in LINES} == set(Kind)
    for event, _ in LINES:
        told = json.loads(as_json(event, time=1.23456))
        assert (told["time"], told["kind"]) == (1.235, event.kind)


def test_sizes() -> None:
    assert [size(n) for n in (0, 980, 41_400, 1_240_000)] == ["0 B", "980 B", "41 kB", "1.2 MB"]


def test_the_account_as_json_is_whole() -> None:
    told = json.loads(as_json(PageEvent.of(URL, PAGE), time=0))
    first, second = told["removals"]
    assert first == {
        "rule": "site/ad",
        "category": "ad",
        "source": "site.yaml:3:5",
        "action": "remove",
        "path": "html > body > div",
        "excerpt": "广告",
        "size": 41_000,
    }
    assert (second["action"], second["through"]) == ("section", "html > body > ul")
    assert told["vetoes"][0]["reason"] == "holds-article"
    assert told["vetoes"][0]["share"] == 0.9877
    assert (told["charset"], told["exact"], told["tried"], told["size"]) == ("UTF-8", True, 4, 11)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@a.example:8443/x/y?k=v#z", "https://a.example:8443/x/y?…"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://[broken/x?secret", "http://[broken/x?…"),
        ("/only/path?secret", "/only/path?…"),
        ("", ""),
        ("https://a.example/\x1b[2J\u202ex", "https://a.example/\\x1b[2J\\u202ex"),
    ],
)
def test_urls_are_redacted(url: str, shown: str) -> None:
    assert redact_url(url) == shown


def test_a_query_is_shown_where_it_is_asked_for() -> None:
    assert redact_url("https://a.example/?k=v", query=True) == "https://a.example/?k=v"
    assert len(redact_url("https://a.example/" + "x" * 5000)) == 300


HOSTILE = st.text(st.characters(codec=None), max_size=60)


@given(HOSTILE, HOSTILE)
def test_nothing_of_a_page_or_server_can_drive_a_terminal(one: str, other: str) -> None:
    events: list[Event] = [
        PageEvent(Kind.PAGE_SKIPPED, f"https://a.example/{one}?{other}", None, SkipReason.BUSY, detail=other),
        PageEvent(Kind.PAGE_SKIPPED, one, None, SkipReason.BUSY, detail=other),
        HostEvent(Kind.UPSTREAM_REFUSED, one, other),
        TroubleEvent(Kind.INTERNAL, one, other),
    ]
    for event in events:
        text = line(event)
        assert text is not None
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text)
        assert not any(
            unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "PDF") for c in text
        )
        assert as_json(event, time=0).isascii()
        assert "\n" not in as_json(event, time=0)


@given(st.text(), st.text(min_size=1).filter(lambda text: "#" not in text))
def test_no_query_is_ever_shown(path: str, query: str) -> None:
    secret = f"SECRET{query}"
    assert "SECRET" not in redact_url(f"https://a.example/{path.replace('SECRET', '')}?{secret}")


def test_statistics_count_everything() -> None:
    statistics = Statistics()
    for event, _ in LINES:
        statistics.emit(event)
    totals = statistics.totals()
    assert sum(totals.kinds.values()) == len(LINES)
    assert totals.skips == {"deadline": 1, "not-html": 1}
    assert totals.categories == {"ad": 2, "recommended": 2}
    assert totals.vetoes == {"holds-article": 1}
    assert (totals.removed, totals.inexact, totals.tunnelled_hosts) == (2 * 41_900, 1, 1)


def test_a_sink_that_fails_takes_nothing_from_the_others() -> None:
    class Broken:
        def emit(self, event: Event) -> None:
            raise OSError(event.kind)

    events = Events()
    fanout = Fanout([Broken(), events])
    fanout.emit(LINES[0][0])
    assert (len(events.all), fanout.lost) == (1, 1)
