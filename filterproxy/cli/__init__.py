"""The command line: one short file a command."""

import importlib

import click

COMMANDS = {  # name -> module:function; imported when called, so that --help is quick
    "addon-path": "filterproxy.cli.addon_path:addon_path",
    "check": "filterproxy.cli.check:check",
    "demo": "filterproxy.cli.demo:demo",
    "explain": "filterproxy.cli.explain:explain",
    "new": "filterproxy.cli.new:new",
    "rewrite": "filterproxy.cli.rewrite:rewrite",
    "run": "filterproxy.cli.run:run",
    "schema": "filterproxy.cli.schema:schema",
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands' names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - too
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="filterproxy")
def main() -> None:
    """Take adverts, recommendation lists and trackers out of news pages.

    \b
    filterproxy demo        see it work, no network needed
    filterproxy run         start the proxy
    filterproxy check       check rule files
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
