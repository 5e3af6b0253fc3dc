"""`python -m filterproxy`: the command line."""

from filterproxy.cli import main

main(prog_name="filterproxy")
