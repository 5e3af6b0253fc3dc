"""The sample site's recording, replayed: the ledger of each page is the reviewed one."""

import json
from pathlib import Path

import pytest

from filterproxy.demo.compare import find_cuts, seen_text
from filterproxy.demo.pages import PAGES, original
from tests.flows.record import PAGES_FOLDER, SAMPLE, addresses, read, record, record_site
from tests.flows.replay import Replayed, replay

SITES = addresses()
EXPECTED = Path(__file__).with_name("sample.json")


@pytest.fixture(scope="module")
def replayed() -> Replayed:
    return replay(SAMPLE)


def test_the_ledger_is_the_reviewed_one(replayed: Replayed) -> None:
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    assert [entry["url"] for entry in expected] == [page.url for page in PAGES]
    assert replayed.ledger == expected


def test_pages_come_out_as_they_must(replayed: Replayed) -> None:
    for page, flow, entry in zip(PAGES, replayed.flows, replayed.ledger, strict=True):
        assert flow.response is not None
        body = flow.response.raw_content
        assert body is not None
        text = seen_text(body.decode(page.charset))
        assert not [words for words in page.gone if words in text]
        assert not [words for words in page.kept if words not in text]
        assert flow.response.headers["content-length"] == str(len(body))
        assert entry["exact"] is True
        sizes = [removal["size"] for removal in entry["removals"]]
        assert find_cuts(original(page), body, sizes) is not None


def test_replaying_again_gives_the_same(replayed: Replayed) -> None:
    again = replay(SAMPLE)
    assert again.ledger == replayed.ledger
    assert [flow.response.raw_content for flow in again.flows if flow.response] == [
        flow.response.raw_content for flow in replayed.flows if flow.response
    ]


def test_the_recording_is_of_todays_pages() -> None:
    flows = read(SAMPLE)
    assert [flow.request.pretty_url for flow in flows] == [page.url for page in PAGES]
    assert {page.charset for page in PAGES} > {"gbk"}
    for page, flow in zip(PAGES, flows, strict=True):
        assert flow.response is not None
        stale = f"{page.name} has changed: python -m tests.flows.record"
        assert flow.response.raw_content == original(page), stale
        assert flow.response.headers["content-type"] == page.content_type, stale


def test_recording_again_gives_the_same_file(tmp_path: Path) -> None:
    record(tmp_path / "again.mitm")
    states = [[flow.get_state() for flow in read(path)] for path in (SAMPLE, tmp_path / "again.mitm")]
    assert states[0] == states[1]


@pytest.mark.parametrize("site", SITES)
def test_the_recordings_of_other_sites_are_of_todays_pages(tmp_path: Path, site: str) -> None:
    (flow,) = read(SAMPLE.with_name(f"{site}.mitm"))
    assert flow.request.pretty_url == SITES[site]
    assert flow.response is not None
    stale = f"{site} has changed: python -m tests.flows.record"
    assert flow.response.raw_content == (PAGES_FOLDER / f"{site}.html").read_bytes(), stale
    record_site(site, tmp_path / "again.mitm")
    assert (tmp_path / "again.mitm").read_bytes() == SAMPLE.with_name(f"{site}.mitm").read_bytes()


def test_every_recording_that_is_shipped_is_known() -> None:
    assert {path.name for path in SAMPLE.parent.iterdir()} == {
        SAMPLE.name,
        *(f"{site}.mitm" for site in SITES),
    }


@pytest.mark.parametrize("name", ["sample", *SITES])
def test_nothing_private_is_in_the_recording(name: str) -> None:
    path = SAMPLE.with_name(f"{name}.mitm")
    raw = path.read_bytes()
    assert len(raw) < 200_000
    assert b"cookie" not in raw.lower()
    for flow in read(path):
        assert {*flow.metadata} == set()
    for text in (b"/home/", b"/root/", b"/tmp/", b"/work/", b"PRIVATE KEY", b"BEGIN CERTIFICATE"):
        assert text not in raw
