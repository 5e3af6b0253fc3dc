"""The printed JSON Schema says what the models say."""

from typing import Any

import pytest
import yaml

from filterproxy.ruleset.messages import keys_of
from filterproxy.ruleset.model import Category
from filterproxy.ruleset.schema import (
    ACTION_KEYS,
    CONDITION_KEYS,
    FileModel,
    RuleModel,
    json_schema,
)


def test_every_key_is_described() -> None:
    described = 0
    for schema in (json_schema(), json_schema(exceptions=True)):
        for model in [schema, *schema["$defs"].values()]:
            for key, value in model.get("properties", {}).items():
                assert value["description"].endswith((".", ")")), key
                assert "title" not in value
                described += 1
    assert described == 50


def test_the_schema_has_the_languages_keys_and_no_others() -> None:
    schema = json_schema()
    rule = schema["$defs"]["RuleModel"]
    assert list(schema["properties"]) == keys_of(FileModel)
    assert list(rule["properties"]) == keys_of(RuleModel)
    assert set(rule["properties"]) >= {*ACTION_KEYS, *CONDITION_KEYS}
    assert schema["$defs"]["Category"]["enum"] == list(Category)
    assert rule["additionalProperties"] is schema["additionalProperties"] is False
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "null" not in str(schema)


EXAMPLE = """
version: 1
site: [a.example, b.example]
article: .post
rules:
  - {id: close-ad, category: close-ad, remove: [.a, .b], mode: observe}
  - {id: ping, category: tracking, strip-attributes: {a: ping, img: [x, y]}}
tests:
  - {recording: a.mitm, url: "https://a.example/", count: {ping: 3}}
"""
WRONG = [
    ("version", 2),
    ("sites", "x"),
    ("site", {"a": "b"}),
    ("rules", [{"id": "a", "category": "adz", "remove": ".a"}]),
    ("rules", [{"id": "a", "category": "ad"}]),
    ("rules", [{"id": "a", "category": "ad", "remove": ".a", "hide": ".b"}]),
    ("rules", [{"id": "a", "category": "ad", "remove": []}]),
    ("rules", [{"id": "a", "category": "ad", "strip-classes": ["x"]}]),
]


def test_an_editor_takes_a_right_file() -> None:
    assert fits(yaml.safe_load(EXAMPLE), json_schema(), json_schema())


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_an_editor_marks_a_wrong_one(key: str, value: object) -> None:
    assert not fits({**yaml.safe_load(EXAMPLE), key: value}, json_schema(), json_schema())


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """As much of a JSON Schema validator as the printed schema uses."""
    if "$ref" in schema:
        schema = {**root["$defs"][schema["$ref"].rsplit("/", 1)[1]], **schema}
    kinds = {"string": str, "array": list, "object": dict, "integer": int}
    required = schema.get("required", [])
    named, other = schema.get("properties", {}), schema.get("additionalProperties", {})
    entries = value.items() if isinstance(value, dict) else ()
    checks = [
        "type" not in schema or isinstance(value, kinds[schema["type"]]),
        "enum" not in schema or value in schema["enum"],
        "const" not in schema or value == schema["const"],
        not isinstance(value, dict) or all(key in value for key in required),
        all(key in named or other is not False for key, _ in entries),
        all(fits(item, named.get(key, other or {}), root) for key, item in entries),
        not isinstance(value, list) or all(fits(item, schema.get("items", {}), root) for item in value),
        not isinstance(value, list) or len(value) >= schema.get("minItems", 0),
        "anyOf" not in schema or any(fits(value, option, root) for option in schema["anyOf"]),
        "oneOf" not in schema or sum(fits(value, option, root) for option in schema["oneOf"]) == 1,
    ]
    return all(checks)
