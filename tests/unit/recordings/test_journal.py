"""A run that was stopped goes on where it was, and ends as one that ran through."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from filterproxy.recordings.journal import Journal, run_name
from filterproxy.recordings.parcel import Finished, Parcel
from filterproxy.recordings.recording import Form, Piece, open_recording
from filterproxy.recordings.spread import PIECE
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from tests.support.piece_works import RULES, Numbers, folder_of, logged, main, rules_in

ROOT = Path(__file__).parents[3]
SECOND = Piece("a.warc", Form.WARC, 900, 64, 65, 1000)
THIRD = replace(SECOND, start=1900, first=129)


def _finished(piece: Piece) -> Finished[list[str]]:
    return Finished(piece, [f"第{piece.first}页"], 60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def _journal(folder: Path, *, resume: bool = True, name: str = "abc") -> Journal[list[str]]:
    return Journal(name, resume=resume, folder=folder)


def _stopped(folder: Path, *pieces: Piece) -> Path:
    journal = _journal(folder, resume=False)
    for piece in pieces:
        journal.keep(_finished(piece))
    journal.close()
    return journal.path


def test_what_was_kept_is_there_for_who_goes_on(folder: Path) -> None:
    _stopped(folder, SECOND)
    going_on = _journal(folder)
    assert going_on.get(SECOND) == _finished(SECOND)
    assert (going_on.get(THIRD), going_on.pages) == (None, 60)
    going_on.keep(_finished(THIRD))
    going_on.close()
    again = _journal(folder)
    assert [again.get(piece) for piece in (SECOND, THIRD)] == [_finished(SECOND), _finished(THIRD)]
    assert again.pages == 120
    again.delete()
    assert not list(folder.iterdir())


def test_who_starts_anew_or_does_other_work_finds_nothing(folder: Path) -> None:
    _stopped(folder, SECOND)
    for journal in (_journal(folder, resume=False), _journal(folder, name="abd")):
        assert journal.get(SECOND) is None
        journal.close()
    assert len(list(folder.iterdir())) == 1  # those that kept nothing are gone


def test_a_torn_or_spoilt_record_ends_what_is_read(folder: Path) -> None:
    path = _stopped(folder, SECOND, THIRD)
    whole = path.read_bytes()
    for spoilt in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), whole[: len(whole) // 2 + 9]):
        path.write_bytes(spoilt)
        journal = _journal(folder)
        assert (journal.get(SECOND), journal.get(THIRD)) == (_finished(SECOND), None)
        journal.close()


def test_old_journals_are_tidied_away(folder: Path) -> None:
    path = _stopped(folder, SECOND)
    fortnight = time.time() - 15 * 86_400
    os.utime(path, (fortnight, fortnight))
    _journal(folder, name="other").close()
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no permission bits")
def test_nothing_is_kept_where_others_could_write(folder: Path) -> None:
    path = _stopped(folder, SECOND)
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    folder.chmod(0o755)
    _journal(folder).close()
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    with pytest.raises(PermissionError, match="others can write"):
        _journal(folder)
    link = folder.with_name("link")
    link.symlink_to(folder)
    with pytest.raises(NotADirectoryError):
        _journal(link)


def _name(folder: Path, rules: str = RULES, settings: Settings | None = None, **how: int) -> str:
    (folder / "rules.yaml").write_text(rules, "utf-8")
    work = Numbers(folder / "log", **how)
    parcel = Parcel(load_ruleset([folder / "rules.yaml"]), settings or Settings(), work)
    return run_name(parcel, [open_recording(folder / "saved")])


@pytest.mark.long
def test_a_run_is_known_by_all_that_its_results_depend_on(tmp_path: Path) -> None:
    table = folder_of(tmp_path / "saved", 3) / "pages.tsv"
    categories = ["ad", "promo", "related", "tracking"]
    off = Settings(off_categories=frozenset(categories))
    names = [
        _name(tmp_path),
        _name(tmp_path, RULES + "# x\n"),
        _name(tmp_path, settings=off),
        _name(tmp_path, wrong=2),
    ]
    code = (
        f"from pathlib import Path; from {__name__.rpartition('.')[2]} import _name, Settings; "
        f"off = Settings(off_categories=frozenset({categories})); "
        f"print(_name(Path({str(tmp_path)!r}), settings=off))"
    )
    for seed in ("1", "2"):  # sets come in another order there
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(ROOT)]),
        }
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == names[2]
    table.write_text(table.read_text() + "\n")
    assert len({*names, _name(tmp_path)}) == 5


@pytest.mark.long
def test_stopped_with_ctrl_c_and_resumed_is_as_if_run_through(tmp_path: Path) -> None:
    pages = PIECE * 4
    log, numbers = tmp_path / "log", f"{list(range(1, pages + 1))}\n"
    code = f"from {main.__module__} import main; main()"
    recording, rules = folder_of(tmp_path / "saved", pages), rules_in(tmp_path / "rules.yaml")
    command = [sys.executable, "-c", code, str(recording), str(rules), str(log), "1"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}

    def start(*more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*command, *more], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    with start() as stopped:
        try:
            _wait_for(lambda: len(logged(log)) == 1 + PIECE * 3, stopped)
            _wait_for(lambda: b"saved" in _kept(tmp_path), stopped)
        finally:
            os.killpg(stopped.pid, signal.SIGINT)  # as a terminal does: to every process
        out, err = stopped.communicate(timeout=30)
    assert out == ""
    found = [line for line in err.splitlines() if line.startswith("stopped after ")]
    assert len(found) == 1, err
    assert found[0].endswith(" pages; --resume goes on from there")
    done = int(found[0].split()[2])
    assert PIECE <= done <= PIECE * 3
    assert done % PIECE == 0

    log.with_name("go").touch()
    log.unlink()
    with start("resume") as resumed:
        out, err = resumed.communicate(timeout=60)
    assert (out, err) == (numbers, f"goes on after {done} pages\n")
    assert len(logged(log)) == pages - done
    assert not _kept(tmp_path)


def _kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("**/*.journal"))


def _wait_for(condition: Callable[[], bool], process: "subprocess.Popen[str]", seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
