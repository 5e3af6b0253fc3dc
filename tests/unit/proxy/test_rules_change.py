"""ETags tied to the rules, and rules that change while pages load."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from filterproxy.report.events import Kind, RulesEvent
from tests.support.lab import RULED, RULES, Lab, page, running_lab
from tests.support.server import Request, message

TAG = '"v1"'
CLASSES = re.compile(r"remove: \.\w+")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with running_lab(tmp_path, watch=(tmp_path / "rules",)) as running:
        yield running


def with_tag(request: Request) -> bytes:
    """Say 304 to who has the page."""
    if TAG in request.headers.get("if-none-match", ""):
        return message(b"", ("ETag", TAG), status="304 Not Modified", length=-1)
    return message(page(), ("ETag", TAG), ("Last-Modified", "Sat, 01 Nov 2025 10:00:00 GMT"))


def change(lab: Lab, text: str) -> None:
    """Save the rule file as editors do: another file put in its place."""
    copy = lab.rules / "site.yaml.new"
    copy.write_text(text, encoding="utf-8")
    copy.replace(lab.rules / "site.yaml")


def test_the_readers_own_tag_saves_the_page_until_the_rules_change(lab: Lab) -> None:
    url = f"https://{RULED}/tag.html"
    lab.origin.serve("/tag.html", with_tag)
    first = lab.client.get(url)
    tag = first.field("etag")
    assert first.body == page(banner=False)
    assert tag is not None
    assert tag.startswith('W/"v1-fp-')
    assert first.field("last-modified") is None

    again = lab.client.get(url, If_None_Match=tag, If_Modified_Since="Sat, 01 Nov 2025 10:00:00 GMT")
    assert (again.status, again.field("etag")) == (304, tag)
    assert lab.origin.requests[-1].headers["if-none-match"] == TAG
    assert "if-modified-since" not in lab.origin.requests[-1].headers

    unfiltered = lab.client.get(url, If_None_Match=TAG, Range="bytes=0-9")  # kept from before the proxy
    assert (unfiltered.status, unfiltered.body) == (200, page(banner=False))

    change(lab, CLASSES.sub("remove: title", RULES))
    lab.events.wait(Kind.RULES_RELOADED)
    fresh = lab.client.get(url, If_None_Match=tag)
    assert fresh.status == 200
    assert fresh.body == page().replace("<title>题</title>".encode(), b"")
    assert fresh.field("etag") not in (None, tag)


def test_a_scripts_own_conditions_are_left_alone(lab: Lab) -> None:
    lab.origin.serve("/data", message(b"{}", content_type="application/json"))
    lab.client.get(f"https://{RULED}/data", Accept="*/*", If_None_Match='"d"', Range="bytes=0-1")
    asked = lab.origin.requests[-1].headers
    assert (asked["if-none-match"], asked["range"]) == ('"d"', "bytes=0-1")


@pytest.mark.long
def test_each_page_sees_the_old_rules_or_the_new_never_neither(lab: Lab) -> None:
    lab.origin.serve("/load.html", message(page()))
    old, new = page(banner=False), page().replace("<title>题</title>".encode(), b"")
    seen: list[bytes] = []
    ended = threading.Event()

    def load() -> None:
        while not ended.is_set():
            seen.append(lab.client.get(f"https://{RULED}/load.html").body)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for count, text in enumerate([CLASSES.sub("remove: title", RULES), RULES] * 2, 1):
        change(lab, text)
        lab.events.wait(Kind.RULES_RELOADED, count)
    (lab.rules / "site.yaml").write_text("version: 1\nsite: [", encoding="utf-8")
    lab.events.wait(Kind.RULES_BROKEN)
    ended.set()
    for thread in threads:
        thread.join(10)
    assert set(seen) == {old, new}
    assert len(seen) > 20
    assert lab.client.get(f"https://{RULED}/load.html").body == old  # the last good rules
    broken = [e for e in lab.events.all if isinstance(e, RulesEvent) and e.kind is Kind.RULES_BROKEN]
    assert str(lab.rules / "site.yaml") in broken[0].problems[0]


def test_a_host_is_read_once_a_rule_names_it(lab: Lab) -> None:
    assert not lab.proxy.rewriter.has_rules("later.example")
    (lab.rules / "later.yaml").write_text(RULES.replace(RULED, "later.example"), encoding="utf-8")
    lab.events.wait(Kind.RULES_RELOADED)
    assert lab.proxy.rewriter.has_rules("later.example")


def test_should_the_watching_fail_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more files")

    with running_lab(tmp_path, watch=(tmp_path / "rules",)) as lab:
        monkeypatch.setattr(lab.proxy.rewriter, "replace", fail)
        change(lab, CLASSES.sub("remove: title", RULES))
        lab.events.wait(Kind.INTERNAL)
