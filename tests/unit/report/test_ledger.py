import json
import stat
import time
from pathlib import Path

from filterproxy.errors import SkipReason
from filterproxy.report.events import HostEvent, Kind, PageEvent
from filterproxy.report.ledger import Ledger
from tests.support.lab import Events
from tests.unit.report.samples import PAGE, URL


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in path.read_text("ascii").splitlines()]


def test_a_line_a_page_that_is_news(tmp_path: Path) -> None:
    path, events = tmp_path / "l.jsonl", Events()
    path.write_text("")
    path.chmod(0o644)
    ledger = Ledger(path, 1 << 20, events)
    ledger.emit(PageEvent.of(URL, PAGE))
    ledger.emit(PageEvent(Kind.PAGE_SKIPPED, URL, None, SkipReason.NOT_HTML))
    ledger.emit(PageEvent(Kind.PAGE_SKIPPED, URL, None, SkipReason.DEADLINE))
    ledger.emit(HostEvent(Kind.HOST_TUNNELLED, "a.example"))
    ledger.close()
    first, second = lines(path)
    assert first["url"] == "https://news.example/a.html?…"
    assert [removal["rule"] for removal in first["removals"]] == ["site/ad", "site/guess"]  # type: ignore[attr-defined]  # JSON
    assert second["skipped"] == "deadline"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert events.all == []


def test_it_is_kept_below_twice_its_limit_and_appended_to(tmp_path: Path) -> None:
    path, events = tmp_path / "l.jsonl", Events()
    for _ in range(3):
        ledger = Ledger(path, 10_000, events)
        for _ in range(40):
            ledger.emit(PageEvent.of(URL, PAGE))
        ledger.close()
    older = path.with_name("l.jsonl.1")
    assert 10_000 < older.stat().st_size < 12_000
    assert (path.stat().st_size if path.exists() else 0) < 12_000
    assert lines(older)
    assert {each.name for each in tmp_path.iterdir()} <= {"l.jsonl", "l.jsonl.1"}


def test_a_full_disk_is_told_once_and_hurts_nobody() -> None:
    events = Events()
    ledger = Ledger(Path("/dev/full"), 1 << 20, events)
    began = time.monotonic()
    for _ in range(100):
        ledger.emit(PageEvent.of(URL, PAGE))
    ledger.close()
    assert time.monotonic() - began < 1.5
    assert [(event.kind, event.detail.partition("]")[2]) for event in events.all] == [  # type: ignore[union-attr]  # trouble has details
        (Kind.WRITE_FAILED, " No space left on device")
    ]


def test_a_line_behind_a_torn_one_stands_by_itself(tmp_path: Path) -> None:
    path, events = tmp_path / "l.jsonl", Events()
    ledger = Ledger(path, 1 << 20, events)
    ledger._torn = True  # half a line was all that there was room for
    ledger.emit(PageEvent.of(URL, PAGE))
    ledger.emit(PageEvent.of(URL, PAGE))
    ledger.close()
    assert [bool(text) for text in path.read_text("ascii").split("\n")] == [False, True, True, False]
