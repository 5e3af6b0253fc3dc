"""The sample site's pages replay alike, whatever form they are recorded in."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy.addons.savehar import SaveHar

from filterproxy.recordings.entry import Entry
from filterproxy.recordings.recording import open_recording
from filterproxy.recordings.replayer import Replayer
from filterproxy.rewrite.result import Removal
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Limits, Settings
from tests.flows.record import SAMPLE
from tests.flows.record import read as read_flows
from tests.support.recordings import FORMS, read, write

PATIENT = Settings(limits=Limits(deadline=20.0))


@pytest.fixture(scope="module")
def replayer() -> Iterator[Replayer]:
    with Replayer(load_ruleset([bundled_rules_path()]), PATIENT) as made:
        yield made


def ledger(path: Path, replayer: Replayer) -> list[tuple[str, str, bytes, tuple[Removal, ...]]]:
    made = []
    for entry in open_recording(path).entries():
        assert isinstance(entry, Entry)
        page = replayer.replay(entry).page
        assert page.skipped is None
        made.append((entry.url, str(page.charset), page.body, page.removals))
    return made


@pytest.fixture(scope="module")
def expected(replayer: Replayer) -> list[tuple[str, str, bytes, tuple[Removal, ...]]]:
    found = ledger(SAMPLE, replayer)
    assert len(found) == 5
    assert sum(len(removals) for *_, removals in found) > 20
    assert "GBK" in {charset for _, charset, *_ in found}
    return found


@pytest.mark.parametrize("name", FORMS)
def test_in_every_form(name: str, tmp_path: Path, replayer: Replayer, expected: list[object]) -> None:
    write(tmp_path / name, read(SAMPLE)[0])
    assert ledger(tmp_path / name, replayer) == expected


def test_as_mitmproxy_saves_a_har(tmp_path: Path, replayer: Replayer, expected: list[object]) -> None:
    path = tmp_path / "visit.har"
    path.write_text(json.dumps(SaveHar().make_har(read_flows(SAMPLE))))
    assert ledger(path, replayer) == expected
