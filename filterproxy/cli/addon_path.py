"""`filterproxy addon-path`: where the script lies that loads filterproxy into a mitmproxy of one's own."""

import importlib.util
from pathlib import Path

import click

EXAMPLES = """\b
Example:
  mitmdump -s "$(filterproxy addon-path)" --set filterproxy_rules=DIR

mitmdump has to be of the same Python environment as filterproxy. Options: filterproxy_rules,
filterproxy_scope (rules or all), filterproxy_without, filterproxy_also, filterproxy_record,
filterproxy_ledger. What mitmdump's own -w saves is filtered; filterproxy_record saves originals."""


@click.command("addon-path", epilog=EXAMPLES)
def addon_path() -> None:
    """Print the path of the mitmproxy script."""
    package = importlib.util.find_spec("filterproxy.proxy")
    if package is None or package.origin is None:
        raise click.ClickException("filterproxy is not installed as files")
    print(Path(package.origin).with_name("script.py"))
