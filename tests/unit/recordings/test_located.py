"""Where tests' recordings are looked for, and their pages found in them."""

from pathlib import Path

import pytest

from filterproxy.errors import RecordingError, Source
from filterproxy.recordings.located import is_meant, locate, rule_directory
from filterproxy.recordings.shelf import Shelf, address_key
from filterproxy.ruleset.model import PageTest
from tests.support.rule_repository import write


def _test(folder: Path, recording: str, name: str = "sites/news.example") -> PageTest:
    source = Source(str(folder / "rules" / f"{name}.yaml"), 9, 5)
    return PageTest(source, name, recording, "https://news.example/")


@pytest.mark.parametrize("folder", ["rules/sites", "rules", ".", "elsewhere"])
def test_the_nearest_folder_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    order = ("rules/sites", "rules", ".", "elsewhere")
    for each in order[order.index(folder) :]:
        write(tmp_path / each / "flows" / "a.mitm", each)
    found = locate(_test(tmp_path, "flows/a.mitm"))
    assert found.read_text("utf-8") == folder


def test_a_rule_directory_given_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "flows" / "a.mitm", "here")
    (tmp_path / "rules" / "sites").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "rules")
    test = PageTest(Source("sites/a.yaml", 1, 1), "sites/a", "flows/a.mitm", "https://a.example/")
    assert rule_directory(test) == Path()
    assert locate(test).read_text("utf-8") == "here"  # in the folder that holds the rule directory
    alone = PageTest(Source("sites/a.yaml", 1, 1), "a", "flows/a.mitm", "https://a.example/")
    assert rule_directory(alone) == Path("sites")


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        ("/etc/hosts", "is an absolute path"),
        ("C:\\flows\\a.mitm", "is an absolute path"),
        ("\\\\host\\a.mitm", "is an absolute path"),
        ("../flows/a.mitm", 'leads upwards ("..")'),
        ("flows/../../a.mitm", 'leads upwards ("..")'),
        ("flows\\..\\..\\a.mitm", 'leads upwards ("..")'),
        ("flows/b.mitm", "is not there, nor in "),
        ("flows/a\0.mitm", "is no file's name"),
        ("flows/" + "a" * 5000, "cannot be looked for: File name too long"),
    ],
)
def test_what_is_refused_is_refused_with_its_line(tmp_path: Path, recording: str, words: str) -> None:
    write(tmp_path / "flows" / "a.mitm", "here")
    test = _test(tmp_path, recording)
    with pytest.raises(RecordingError) as raised:
        locate(test)
    assert str(raised.value).startswith(f'{test.source}: recording "{recording}" {words}')


def test_a_link_may_not_lead_out(tmp_path: Path) -> None:
    write(tmp_path / "out.mitm", "out")
    (tmp_path / "repository" / "rules" / "sites").mkdir(parents=True)
    (tmp_path / "repository" / "rules" / "a.mitm").symlink_to(tmp_path / "out.mitm")
    with pytest.raises(RecordingError, match="is a link that leads elsewhere"):
        locate(_test(tmp_path / "repository", "a.mitm"))


def test_the_end_of_a_path_may_tell_a_recording() -> None:
    test = _test(Path("x"), "flows/a.mitm")
    assert is_meant(test, Path("/far/flows/a.mitm"))
    assert not is_meant(test, Path("/far/otherflows/a.mitm"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://A.example", "https://a.example:443/#top"),
        ("http://新闻.example:80/文?问", "http://xn--efvy88h.example/%E6%96%87?%E9%97%AE"),
        ("https://user@a.example/", "https://a.example/"),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/", "http://a.example/"),
        ("https://a.example/", "https://a.example:444/"),
        ("https://a.example/?a", "https://a.example/?b"),
        ("https://a.example/a", "https://a.example/A"),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


def test_the_shelf_reads_once_and_gives_a_page_as_often_as_it_is_wanted(tmp_path: Path) -> None:
    rows = "".join(f"{n % 3}.html\thttps://a.example/{n}\t{kind}\n" for n, kind in KINDS)
    write(tmp_path / "pages.tsv", f"path\turl\tcontent_type\n{rows}")
    for number in range(2):
        write(tmp_path / f"{number}.html", f"<p>{number}")
    table = tmp_path / "pages.tsv"
    wanted = [f"https://a.example/{n}" for n in (4, 0, 0, 9)]
    shelf = Shelf((table, url) for url in wanted)
    for url in (*wanted, "https://a.example/0", "https://a.example/1"):  # the last two beyond what was wanted
        entry = shelf.page(table, url)
        assert (entry is None) == url.endswith("9")
    assert [problem.place for problem in shelf.problems] == [f"{table}:5", f"{table}:8"]
    assert shelf.problems[0].what.startswith("2.html: ")
    page = shelf.page(table, "https://a.example/0")
    assert page is not None
    assert page.place == f"{table}:3"  # line 2 has this URL too, but is no page
    with pytest.raises(RecordingError):
        shelf.page(tmp_path / "nowhere.mitm", "https://a.example/")


KINDS = [(0, "image/png"), (0, "text/html"), (1, ""), (2, ""), (3, ""), (4, ""), (5, "")]
