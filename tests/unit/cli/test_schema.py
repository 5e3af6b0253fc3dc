import json

from click.testing import CliRunner

from filterproxy.cli import main
from filterproxy.ruleset.schema import json_schema


def test_the_schema_is_printed_as_json() -> None:
    rules = CliRunner().invoke(main, ["schema"])
    exceptions = CliRunner().invoke(main, ["schema", "--exceptions"])
    assert rules.exit_code == exceptions.exit_code == 0
    assert json.loads(rules.stdout) == json_schema()
    assert json.loads(exceptions.stdout) == json_schema(exceptions=True)
    assert "猜你喜欢" in rules.stdout
    assert json.loads(exceptions.stdout)["title"] == "filterproxy exception file"


def test_help_tells_how_an_editor_uses_it() -> None:
    result = CliRunner().invoke(main, ["schema", "--help"])
    assert "# yaml-language-server: $schema=./filterproxy.schema.json" in result.stdout
