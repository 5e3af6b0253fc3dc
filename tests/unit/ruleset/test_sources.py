import os
import time
from pathlib import Path

import pytest

from filterproxy.ruleset import sources
from filterproxy.ruleset.sources import read_sources, signature
from filterproxy.settings import Limits

TEXT = "site: a.example\narticle: p\n"


def problems(*paths: Path) -> list[str]:
    return [problem.problem for problem in read_sources(paths)[1]]


def test_links_may_not_lead_out_of_the_directory(tmp_path: Path) -> None:
    rules, outside = tmp_path / "rules", tmp_path / "outside"
    (rules / "sub").mkdir(parents=True)
    outside.mkdir()
    (outside / "x.yaml").write_text(TEXT)
    (rules / "sub/real.yaml").write_text(TEXT)
    (rules / "inside.yaml").symlink_to("sub/real.yaml")
    assert problems(rules) == []
    (rules / "out.yaml").symlink_to("../outside/x.yaml")
    (rules / "passwd.yaml").symlink_to("/etc/passwd")
    (rules / "gone.yaml").symlink_to("nowhere.yaml")
    (rules / "linked").symlink_to(outside)
    found, told = read_sources([rules])
    assert [source.name for source in found] == ["inside", "sub/real"]
    assert [(Path(p.source.path).name, p.problem) for p in told] == [
        ("gone.yaml", "cannot be read: No such file or directory"),
        ("out.yaml", "the link leads out of the rule directory"),
        ("passwd.yaml", "the link leads out of the rule directory"),
    ]


def test_the_directory_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/x.yaml").write_text(TEXT)
    (tmp_path / "link").symlink_to("real")
    found, told = read_sources([tmp_path / "link"])
    assert ([source.name for source in found], told) == (["x"], [])


def test_what_is_no_ordinary_file_is_a_problem_and_no_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.yaml")
    (tmp_path / "folder.yaml").mkdir()
    started = time.monotonic()
    assert problems(tmp_path) == ["not an ordinary file"]
    assert problems(tmp_path / "fifo.yaml", Path("/dev/zero")) == ["not an ordinary file"] * 2
    assert time.monotonic() - started < 5


def test_what_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").symlink_to("x.yaml")
    assert problems(tmp_path) == ["cannot be read: Too many levels of symbolic links"]


def test_large_files_and_many_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("x" * 5000)
    (tmp_path / "b.yaml").write_text(TEXT)
    assert len(read_sources([tmp_path], Limits(rule_file=100))[0][0].data) == 101
    monkeypatch.setattr(sources, "MOST_FILES", 1)
    assert problems(tmp_path) == ["more than 1 rule files"]


def test_the_signature_changes_with_every_change(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    seen = [signature([tmp_path]), signature([tmp_path / "none"])]
    path.write_text(TEXT)
    seen.append(signature([tmp_path]))
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_text(TEXT.replace("a.", "b."))
    os.utime(path, ns=times)  # same size, same time of change
    seen.append(signature([tmp_path]))
    os.utime(path, (0, 0))
    seen.append(signature([tmp_path]))
    (tmp_path / ".draft").write_text(TEXT)
    assert signature([tmp_path]) == seen[-1]
    (tmp_path / ".draft").replace(path)
    seen.append(signature([tmp_path]))
    assert len(set(seen)) == 6
