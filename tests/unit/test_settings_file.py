"""`settings.yaml`: what a reader wants every time, and what is wrong with it."""

from pathlib import Path

import pytest

from filterproxy.errors import SettingsError
from filterproxy.ruleset.model import Category
from filterproxy.settings import Settings
from filterproxy.settings_file import Categories, read_settings, settings_path

RIGHT = {
    "": {"related"},
    "# 只有说明\n\n": {"related"},
    "also: related\n": set(),
    "without: [promo, ad]\n": {"related", "promo", "ad"},
    "also: [related]\nwithout:\n  - promo\n": {"promo"},
    "without: related\n": {"related"},
}


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_off(tmp_path: Path, text: str) -> None:
    assert read_settings(write(tmp_path, text)).off == RIGHT[text]


def test_without_a_file_the_usual_holds(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none.yaml").off == Settings().off_categories == Categories().off
    assert read_settings(tmp_path / "none/none.yaml") == Categories()


def test_it_is_looked_for_beside_the_users_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("filterproxy.settings_file.user_rules_path", lambda: tmp_path / "rules")
    write(tmp_path, "without: ad")
    assert settings_path() == tmp_path / "settings.yaml"
    assert Category.AD in read_settings().off


def test_who_said_so_is_known(tmp_path: Path) -> None:
    path = write(tmp_path, "also: related\nwithout: [promo, ad]\n")
    told = read_settings(path).switched({Category.AD: "--also"}, {Category.CLICKBAIT: "--without"})
    assert told.off == {"promo", "clickbait"}
    assert told.told() == f"clickbait (--without), promo ({path}:2:11)"
    assert Categories().told() == "related"
    assert Categories().switched({Category.RELATED: "--also"}, {}).told() == "none"


WRONG = {
    "without: [promos]": ':1:11: category "promos" is not known; did you mean "promo"?; there are ad, ',
    "witout: ad": ':1:1: key "witout" is not known; did you mean "without"?',
    "rules: x": ':1:1: key "rules" is not known; there are also and without',
    "- ad": ":1:1: expected keys: also and without",
    "also: {related: yes}": ":1:7: expected a category or a list of categories",
    "also: ad\nwithout: ad": ":2:10: ad is asked for with also and with without",
    "also: [": ":",
    "also: ad\nalso: ad": ':2:1: reading YAML: key "also" stands twice',
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    assert str(caught.value).startswith(f"{path}{WRONG[text]}")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        read_settings(tmp_path)
