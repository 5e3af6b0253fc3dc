"""The command line: one short file a command."""

import importlib

import click

COMMANDS = {  # name: module:function, imported when it is called, and what it does
    "addon-path": ("addon_path:addon_path", "Print the path of the mitmproxy script."),
    "browser": ("browser:browser", "Open a browser that is filtered, with nothing to set up."),
    "ca": ("ca:ca", "Say who trusts the proxy's certificate authority; install or remove it."),
    "check": ("check:check", "Check rule files and report every mistake."),
    "compare": ("compare:compare", "Say what a change of rules changes on recorded pages."),
    "convert": ("convert:convert", "Write recordings in another form, or cut them down."),
    "coverage": ("coverage:coverage", "Say what each rule did on recorded pages."),
    "demo": ("demo:demo", "See it work on a made-up news site; no network needed."),
    "doctor": ("doctor:doctor", "Say what is wrong with the set-up, and the command that mends it."),
    "explain": ("explain:explain", "Say which rules apply to a URL and why, and which don't."),
    "lists": ("lists:lists", "Subscribe to Adblock lists, and see what is used of them."),
    "new": ("new:new", "Write a commented starter rule file for a site."),
    "pac": ("pac:pac", "Print a PAC file: only hosts with rules go through the proxy."),
    "record": ("record:record", "Fetch pages and keep the original answers, to test rules with."),
    "replay": ("replay:replay", "Replay recorded pages, and run the tests of the rule files."),
    "rewrite": ("rewrite:rewrite", "Filter saved pages as the proxy would."),
    "run": ("run:run", "Start the proxy."),
    "schema": ("schema:schema", "Print the JSON Schema of rule files, for editors."),
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
        module, function = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{module}"), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - too
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in sorted(COMMANDS.items())])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="filterproxy")
def main() -> None:
    """Take adverts, recommendation lists and trackers out of news pages.

    \b
    filterproxy demo        see it work, no network needed
    filterproxy run         start the proxy
    filterproxy check       check rule files
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
