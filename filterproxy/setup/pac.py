"""A proxy auto-config file: hosts that rules speak of go through the proxy, everything else goes by itself.

`FindProxyForURL(url, host)` is Netscape's function, as every browser and system has it; the script keeps to
ECMAScript 3, which the oldest of their engines speak.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from filterproxy.ruleset.hosts import normalise_site
from filterproxy.ruleset.model import Action, Mode, Ruleset
from filterproxy.ruleset.network_filters import split_options

_ANCHORED = re.compile(r"\|\|([a-z0-9._-]+)(?:[\^/:|?]|$)")
_SCRIPT = """\
// Made by filterproxy: {count} of hosts that rules speak of, subdomains included, go through the proxy.
// All else goes by itself, and these too while the proxy is off.
{note}var HOSTS = {table};

function FindProxyForURL(url, host) {{
  host = host.toLowerCase();
  if (host.charAt(host.length - 1) == ".") host = host.substring(0, host.length - 1);
  if (host.indexOf(":") >= 0 && host.charAt(0) != "[") host = "[" + host + "]";
  if (HOSTS["=" + host] === 1) return "{proxy}; DIRECT";
  if (host.indexOf(":") >= 0 || /^[0-9.]+$/.test(host)) return "DIRECT";
  for (var dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".")) {{
    host = host.substring(dot + 1);
    if (HOSTS["=" + host] === 1) return "{proxy}; DIRECT";
  }}
  return "DIRECT";
}}
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """Which hosts the proxy has to see.

    Attributes:
        hosts: those that rule files name as their sites or that `block` rules name, in ASCII; subdomains are
            meant too, but for addresses.
        unbound: filters of `block` rules that name no host: what they block is blocked only on these hosts.
    """

    hosts: frozenset[str]
    unbound: tuple[str, ...] = ()


def hosts_to_proxy(ruleset: Ruleset, off_categories: Iterable[str] = ()) -> Reached:
    """The hosts that rules in force speak of. Exceptions (`@@`) need no host to be seen."""
    off = frozenset(off_categories)
    hosts = {site for file in ruleset.files for site in file.sites if site != "*"}
    unbound: list[str] = []
    for file in ruleset.files:
        for rule in file.rules:
            if rule.action is not Action.BLOCK or rule.mode is Mode.OFF or rule.category in off:
                continue
            for one in rule.filters:
                if one.text.startswith("@@"):
                    continue
                if host := _named(one.text):
                    hosts.add(host)
                else:
                    unbound.append(one.text)
    return Reached(frozenset(hosts), tuple(dict.fromkeys(unbound)))


def pac_file(reached: Reached, address: tuple[str, int]) -> str:
    """The script (ASCII; `application/x-ns-proxy-autoconfig`) for a proxy at this address.

    A host goes to the proxy when it, or a domain it is under, is listed; `decide.site_index` finds its files
    the same way. Where the proxy does not answer, the browser goes on without it.
    """
    host, port = address
    table = {f"={name}": 1 for name in sorted(reached.hosts)}  # "=" keeps names like __proto__ ordinary keys
    note = f"// {len(reached.unbound)} filters name no host: they act on these hosts alone.\n"
    return _SCRIPT.format(
        count=f"{len(table)} names",
        note=note if reached.unbound else "",
        table=json.dumps(table, indent=0, separators=(",", ":")),
        proxy=f"PROXY {f'[{host}]' if ':' in host else host}:{port}",
    )


def _named(text: str) -> str:
    """The host that a filter is anchored to (`||host^`); empty where it may match on any host."""
    found = _ANCHORED.match(split_options(text)[0])
    try:
        return normalise_site(found[1]) if found else ""
    except ValueError:
        return ""
