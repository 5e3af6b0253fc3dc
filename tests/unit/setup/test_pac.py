"""Which hosts the PAC file sends to the proxy; that browsers read it so is shown in tests/browser."""

import re

from filterproxy.classify.hostname import normalise
from filterproxy.decide.requests import RequestFilter
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import RuleSource
from filterproxy.ruleset.store import build_ruleset
from filterproxy.setup.pac import hosts_to_proxy, pac_file

RULES = """\
version: 1
site: [新闻.example, news.example, 192.0.2.7, "[2001:db8::1]"]
rules:
  - {id: ad, category: ad, remove: .ad}
  - id: counters
    category: tracking
    block:
      - "||hm.统计.example^"
      - "||cnzz.example^$third-party"
      - "||pixel.example/p.gif|"
      - "||port.example:8443^"
      - "@@||kept.example^"
      - "||wild*.example^"
      - "/track.js"
  - {id: promo, category: promo, block: "||promo.example^"}
  - {id: off, category: ad, mode: "off", block: "||off.example^"}
  - {id: seen, category: ad, mode: observe, block: "||seen.example^"}
"""


def ruleset(text: str = RULES) -> Ruleset:
    return build_ruleset([RuleSource("sites/a", "a.yaml", text.encode())])


def test_sites_and_what_block_rules_name() -> None:
    reached = hosts_to_proxy(ruleset(), ["promo"])
    assert reached.hosts == {
        *(normalise("新闻.example"), "news.example", "192.0.2.7", "[2001:db8::1]"),
        *(normalise("hm.统计.example"), "cnzz.example", "pixel.example", "port.example", "seen.example"),
    }
    assert reached.unbound == ("||wild*.example^", "/track.js")
    assert "promo.example" in hosts_to_proxy(ruleset()).hosts


def test_every_host_that_filters_name_is_among_them() -> None:
    everywhere = ruleset(re.sub("site: .*", "site: '*'", RULES))
    whole = RequestFilter(everywhere).named_hosts
    assert len(whole) >= 2
    assert whole <= hosts_to_proxy(everywhere).hosts


def test_files_for_every_site_name_none() -> None:
    text = "version: 1\nsite: '*'\nrules: [{id: a, category: ad, remove: .a}]\n"
    assert hosts_to_proxy(ruleset(text)).hosts == frozenset()


def test_the_script_is_plain_and_says_what_it_leaves() -> None:
    script = pac_file(hosts_to_proxy(ruleset()), ("::1", 8080))
    assert script.isascii()
    assert '"PROXY [::1]:8080; DIRECT"' in script
    assert "2 filters name no host" in script
    for modern in ("let ", "const ", "=>", "`", "new Set", "endsWith"):
        assert modern not in script, modern
