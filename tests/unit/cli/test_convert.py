"""`filterproxy convert`: chosen entries in another form, and what became of the rest."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mitmproxy.io import FlowReader
from mitmproxy.test import tflow

from filterproxy.cli import main
from filterproxy.demo.pages import PAGES
from filterproxy.recordings import flows
from tests.flows.record import SAMPLE
from tests.support.recordings import FORMS, demo_entries, essence, read, write


def convert(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["convert", *map(str, arguments)])


@pytest.mark.parametrize("name", FORMS)
def test_the_sample_site_in_each_form(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    result = convert(SAMPLE, "-o", target)
    assert (result.exit_code, result.stderr) == (0, "")
    first, *rest = result.stdout.splitlines()
    assert first.startswith(f"{target}: 5 of 5 entries, ")
    assert first.endswith(" kB")
    lost = "not kept in this form (folder): 5 header fields other than Content-Type, 5 request header fields"
    assert rest == ([lost] if name == "saved" else [])
    entries, problems = read(target)
    assert problems == []
    assert [essence(entry) for entry in entries] == [essence(page) for page in demo_entries()]


def test_from_flow_file_to_flow_file_flows_stay_whole(tmp_path: Path) -> None:
    made = [tflow.tflow(resp=True), tflow.ttcpflow(), tflow.tflow(err=True), tflow.tflow(resp=True)]
    made[0].comment = "mine"
    source, target, cut = tmp_path / "a.mitm", tmp_path / "b.flows", tmp_path / "c.mitm"
    flows.write(source, made)
    assert convert(source, "-o", target).exit_code == 0
    assert target.read_bytes() == source.read_bytes()
    assert convert(SAMPLE, "-o", cut, "--only", PAGES[1].url).exit_code == 0
    with SAMPLE.open("rb") as whole, cut.open("rb") as part:
        states = [flow.get_state() for flow in FlowReader(whole).stream()]
        assert [flow.get_state() for flow in FlowReader(part).stream()] == [states[1]]
    result = convert(source, "-o", tmp_path / "d.mitm", "--only", "*", "--json")
    assert json.loads(result.stdout)["left_out"] == {"without an HTTP answer": 2}


def test_cut_down_to_what_matters(tmp_path: Path) -> None:
    image = replace(
        demo_entries()[0], url="https://www.haixia.example/a.png", response=[(b"Content-Type", b"image/png")]
    )
    source, target = tmp_path / "a.har", tmp_path / "b.warc.gz"
    write(source, [*demo_entries(), image])
    only = ["--only", "www.haixia.example/*", "--only", "https://*/c_?????.htm"]
    result = convert(source, "-o", target, *only, "--pages-only")
    assert result.exit_code == 0
    assert [entry.url for entry in read(target)[0]] == [PAGES[1].url, PAGES[2].url]
    first, *rest = result.stdout.splitlines()
    assert first.startswith(f"{target}: 2 of 6 entries, ")
    assert rest == [
        "left out: 3 not asked for (--only), 1 no page (--pages-only)",
        "not kept in this form (warc): 1 notes",
        "on reading: 1 re-encoded in gbk",
    ]


def test_what_is_broken_is_told_and_the_rest_written(tmp_path: Path) -> None:
    cut, empty, missing, target = (
        tmp_path / name for name in ("cut.mitm", "empty.mitm", "none.har", "all.warc")
    )
    cut.write_bytes(SAMPLE.read_bytes()[:-10])
    empty.touch()
    result = convert(cut, empty, missing, SAMPLE, "-o", target)
    assert result.exit_code == 1
    told = result.stderr.replace(f"{tmp_path}/", "").splitlines()
    assert told[:2] == ["empty.mitm: the file is empty", "none.har: No such file or directory"]
    assert told[2].startswith("cut.mitm, flow 5: cut short (byte ")
    assert len(told) == 3
    assert result.stdout.splitlines()[-1] == "parts that can't be used: 3"
    assert len(read(target)[0]) == 9


def test_as_json(tmp_path: Path) -> None:
    source, target = tmp_path / "a.warc", tmp_path / "out"
    write(source, [*demo_entries(), replace(demo_entries()[0], body=None)])
    source.write_bytes(source.read_bytes() + b"garbage")
    result = convert(source, "-o", target, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    assert told == {
        "target": str(target),
        "form": "folder",
        "read": 6,
        "written": 5,
        "bytes": size,
        "left_out": {"without a body": 1},
        "not_kept": {"header fields other than Content-Type": 5, "request header fields": 5},
        "on_reading": {},
        "problems": 1,
        "problem": [{"place": told["problem"][0]["place"], "what": "no record begins here"}],
    }


@pytest.mark.parametrize("name", FORMS)
def test_nothing_left_writes_nothing(tmp_path: Path, name: str) -> None:
    result = convert(SAMPLE, "-o", tmp_path / name, "--only", "https://nowhere.example/*")
    assert result.exit_code == 1
    assert result.stderr == f"no entry of 5 is left for {tmp_path / name}\n"
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_written_over_only_when_asked(tmp_path: Path) -> None:
    target = tmp_path / "a.har"
    target.write_text("mine")
    result = convert(SAMPLE, "-o", target)
    assert (result.exit_code, target.read_text()) == (1, "mine")
    assert "is there already; --force overwrites it" in result.stderr
    assert convert(SAMPLE, "-o", target, "--force").exit_code == 0
    assert convert(target, "-o", target, "--force", "--only", PAGES[0].url).exit_code == 0
    assert [entry.url for entry in read(target)[0]] == [PAGES[0].url]
    assert [file.name for file in tmp_path.iterdir()] == ["a.har"]
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    result = convert(SAMPLE, "-o", folder, "--force")
    assert result.exit_code == 1
    assert "there is something there already" in result.stderr
    assert [file.name for file in folder.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("name", ["a.zip", "a.json", "pages.tsv", "a.har.gz"])
def test_an_ending_that_is_no_form_is_refused(tmp_path: Path, name: str) -> None:
    result = convert(SAMPLE, "-o", tmp_path / name)
    assert result.exit_code == 2
    assert "the ending is none of .mitm, .flows, .har, .warc and .warc.gz" in result.stderr


def test_a_target_that_can_not_be_written(tmp_path: Path) -> None:
    for name in FORMS:
        result = convert(SAMPLE, "-o", tmp_path / "none" / name)
        assert result.exit_code == 1
        assert result.stderr == f"Error: {tmp_path / 'none' / name}: No such file or directory\n"
