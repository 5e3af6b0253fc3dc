"""rules/README.md says what is so: its examples pass, and it names every key, category and mode."""

import re
from pathlib import Path

from filterproxy.advice.notice import Kind
from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.messages import keys_of
from filterproxy.ruleset.model import Category, Mode
from filterproxy.ruleset.network_filters import OPTIONS
from filterproxy.ruleset.schema import ExemptionModel, FileModel, PageTestModel, PruneModel, RuleModel
from filterproxy.ruleset.text import normalise_heading
from filterproxy.settings import Limits, Settings
from filterproxy.settings_file import read_settings

MODELS = (FileModel, RuleModel, PruneModel, PageTestModel, ExemptionModel)
TEXT = (Path(__file__).parents[3] / "rules/README.md").read_text(encoding="utf-8")


def test_every_example_passes_check() -> None:
    examples = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    settings = [
        example for example in examples if not re.search(r"^(site|exceptions):", example, re.MULTILINE)
    ]
    assert len(settings) == 1
    for example in examples:
        if example in settings:
            continue
        compiled = compile_file(example.encode(), path="README.md", name="example")
        assert compiled.problems == (), example
        assert compiled.file or compiled.exemptions
    assert len(examples) == 10
    assert TEXT.count("```") == 2 * len(examples)


def test_every_word_of_the_language_is_explained() -> None:
    keys = [key for model in MODELS for key in keys_of(model)]
    for word in keys:
        assert re.search(rf"`{word}`|^\s*-?\s*{word}:", TEXT, re.MULTILINE), word
    for choice in (*Category, *Mode):
        assert f"`{choice}`" in TEXT
    assert Settings().off_categories == {"related"}


def test_every_option_of_a_filter_is_named() -> None:
    for option in OPTIONS:
        assert re.search(rf"`{option}[=`]", TEXT), option


def test_the_numbers_are_the_settings() -> None:
    limits = Limits()
    for words in (
        f"over {limits.selector:,} characters",
        f"over {limits.selector_list} selectors",
        f"at most {limits.rule_file >> 20} MiB, {limits.rule_depth} levels and {limits.rule_nodes:,} values",
    ):
        assert words in TEXT


def test_the_headings_are_one() -> None:
    assert {normalise_heading(text) for text in ("猜你喜歡：", "猜 你 喜 欢", "【猜你喜欢】 12")} == {
        "猜你喜欢"
    }
    assert all(f"`{text}`" in TEXT for text in ("猜你喜歡：", "猜 你 喜 欢", "【猜你喜欢】 12"))


def test_every_warning_of_check_is_explained() -> None:
    for kind in Kind:
        assert f"`{kind}`" in TEXT, kind


def test_the_example_of_settings_is_right(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```yaml\n(also:.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    (tmp_path / "settings.yaml").write_text(example, "utf-8")
    assert read_settings(tmp_path / "settings.yaml").off == {"promo", "clickbait"}
