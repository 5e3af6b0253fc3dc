import dataclasses
import shutil
import time
from pathlib import Path

import pytest

from filterproxy.errors import RulesetError
from filterproxy.ruleset import sources
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import bundled_rules_path, rule_paths
from filterproxy.ruleset.store import load_ruleset


def rules(site: str, *ids: str, css: str = ".ad") -> str:
    lines = [f"site: {site}", "rules:"]
    lines += [f"  - {{id: {name}, category: ad, remove: '{css}'}}" for name in ids]
    return "\n".join(lines)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def overview(ruleset: Ruleset) -> list[tuple[str, tuple[str, ...], list[str]]]:
    return [(file.name, file.sites, [rule.id for rule in file.rules]) for file in ruleset.files]


def test_directories_are_read_in_sorted_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        zoo=rules("z.example", "a"),
        sites__b=rules("b.example", "a"),
        sites__a=rules("a.example", "a", "b"),
    )
    (tmp_path / "README.md").write_text("no rules")
    for name in [".hidden.yaml", "x.yaml~", "#x.yaml#", ".x.yaml.swp"]:
        (tmp_path / name).write_text("not: [yaml")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/x.yaml").write_text("not: [yaml")
    assert overview(load_ruleset([tmp_path])) == [
        ("zoo", ("z.example",), ["a"]),
        ("sites/a", ("a.example",), ["a", "b"]),
        ("sites/b", ("b.example",), ["a"]),
    ]


def test_single_files_are_named_by_their_stem(tmp_path: Path) -> None:
    write(tmp_path, sites__a=rules("a.example", "x"))
    ruleset = load_ruleset([tmp_path / "sites/a.yaml"])
    assert ruleset.files[0].rules[0].name == "a/x"
    assert ruleset.files[0].path == str(tmp_path / "sites/a.yaml")


def test_a_later_file_replaces_rules_of_the_same_site_and_id(tmp_path: Path) -> None:
    first = write(tmp_path / "one", a=rules("[a.example, b.example]", "x", "y"), c=rules("c.example", "x"))
    second = write(tmp_path / "two", mine=rules("a.example", "x", css=".mine"))
    assert overview(load_ruleset([first, second])) == [
        ("a", ("a.example",), ["y"]),
        ("a", ("b.example",), ["x", "y"]),
        ("c", ("c.example",), ["x"]),
        ("mine", ("a.example",), ["x"]),
    ]
    assert overview(load_ruleset([second], extra=[first]))[0] == ("mine", ("a.example",), [])


def test_exceptions_stand_beside_rules(tmp_path: Path) -> None:
    write(tmp_path, a=rules("a.example", "x"), b="exceptions: [{rule: a/x, reason: needed}]")
    ruleset = load_ruleset([tmp_path])
    assert [e.rule for e in ruleset.exemptions] == ["a/x"]
    assert len(ruleset.files) == 1


def test_all_problems_of_all_files_are_told(tmp_path: Path) -> None:
    write(tmp_path, a="x: [", b=rules("b.example", "x", css="a["), c=rules("c.example", "x"))
    with pytest.raises(RulesetError) as caught:
        load_ruleset([tmp_path, tmp_path / "nowhere"])
    told = [(Path(p.source.path).name, p.problem) for p in caught.value.problems]
    assert [name for name, _ in told] == ["a.yaml", "b.yaml", "nowhere"]
    assert told[2][1] == "no such file or directory"
    assert str(caught.value).count("\n") == 2


def test_the_digest_covers_names_and_bytes(tmp_path: Path) -> None:
    write(tmp_path / "one", a=rules("a.example", "x"))
    digests = [load_ruleset([tmp_path / "one"]).digest]
    shutil.copytree(tmp_path / "one", tmp_path / "same")
    assert load_ruleset([tmp_path / "same"]).digest == digests[0]
    write(tmp_path / "one", a=rules("a.example", "x") + "\n# a comment\n")
    digests.append(load_ruleset([tmp_path / "one"]).digest)
    (tmp_path / "one/a.yaml").rename(tmp_path / "one/b.yaml")
    digests.append(load_ruleset([tmp_path / "one"]).digest)
    assert len(set(digests)) == 3
    assert all(len(digest) == 64 for digest in digests)


def test_bundled_then_the_users_then_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "user_rules_path", lambda: tmp_path / "user")
    assert rule_paths(["x"]) == (bundled_rules_path(), tmp_path / "user", Path("x"))
    bundled = load_ruleset()  # the user's directory need not be there
    assert len(bundled.files) >= 1
    write(tmp_path / "user", mine=rules("a.example", "x"))
    write(tmp_path / "extra", other=rules("b.example", "x"))
    names = [file.name for file in load_ruleset(extra=[tmp_path / "extra"]).files]
    assert names == [*(file.name for file in bundled.files), "mine", "other"]


def test_the_bundled_rules_are_right_and_quick() -> None:
    load_ruleset([bundled_rules_path()])  # tables are built once
    started = time.process_time()
    ruleset = load_ruleset([bundled_rules_path()])
    assert time.process_time() - started < 5  # some 20 ms, or a rule file is read again and again
    assert any("*" in file.sites for file in ruleset.files)


def test_two_hundred_files_load_in_a_second(tmp_path: Path) -> None:
    for i in range(200):
        write(
            tmp_path, **{f"s{i}": rules(f"s{i}.example", *"abcdefg", css="#x > .ad, li:has(> a[href*=hot])")}
        )
    started = time.process_time()
    assert len(load_ruleset([tmp_path]).files) == 200
    assert time.process_time() - started < 10  # a third of a second, or it is quadratic


def test_a_ruleset_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_ruleset([]).digest = "x"  # type: ignore[misc]  # that is the point
