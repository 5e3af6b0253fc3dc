"""Hosts that are never read: banks, password managers, log-ins of states, updates of systems and programs."""

from functools import cache
from importlib import resources

from filterproxy.classify.hostname import normalise


@cache
def excluded_hosts() -> frozenset[str]:
    """The hosts of `exclusions.txt`; their subdomains are meant, too."""
    text = (resources.files("filterproxy.proxy") / "exclusions.txt").read_text("utf-8")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(host for line in lines if line and (host := normalise(line)))
