"""`filterproxy schema`: the language's JSON Schema, for editors."""

import json

import click

from filterproxy.ruleset.schema import json_schema


@click.command()
@click.option("--exceptions", is_flag=True, help="The schema of exception files instead of rule files.")
def schema(exceptions: bool) -> None:
    """Print the JSON Schema of rule files, so that an editor completes and explains them.

    \b
    filterproxy schema > filterproxy.schema.json
    filterproxy schema --exceptions > exceptions.schema.json

    With the YAML language server (VS Code, Neovim, Helix …), name it in a rule file's first line:

    \b
    # yaml-language-server: $schema=./filterproxy.schema.json
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    print(json.dumps(json_schema(exceptions=exceptions), ensure_ascii=False, indent=2))
