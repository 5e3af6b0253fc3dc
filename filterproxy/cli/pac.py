"""`filterproxy pac`: which hosts go through the proxy, as browsers and systems read it."""

import sys

import click

from filterproxy.cli.options import RuleChoice, rule_options
from filterproxy.cli.run import _address
from filterproxy.setup.pac import hosts_to_proxy, pac_file

EXAMPLES = """\b
Examples:
  filterproxy pac > ~/filterproxy.pac
  filterproxy pac --listen 127.0.0.1:9090 --rules ./my-rules > ~/filterproxy.pac"""


@click.command(epilog=EXAMPLES)
@click.option("--listen", default="127.0.0.1:8080", metavar="HOST:PORT", show_default=True,
              help="Where the proxy listens, as said to run.")  # fmt: skip
@rule_options
def pac(listen: str, choice: RuleChoice) -> None:
    """Print a proxy auto-config (PAC) file: only hosts that rules speak of go through the proxy.

    Those are the sites of rule files and the hosts that block rules name, with their subdomains. Everything
    else goes straight to its server, and so do they while the proxy is off. Name the file in the browser's or
    the system's proxy settings as its automatic configuration (file:///…), and print it anew when rules name
    other hosts.
    """
    address = _address(listen, allow_lan=True)
    reached = hosts_to_proxy(choice.load(), map(str, choice.off))
    if reached.unbound:
        print(
            f"{len(reached.unbound)} filters name no host: what they block is blocked on these hosts alone",
            file=sys.stderr,
        )
    print(pac_file(reached, address), end="")
