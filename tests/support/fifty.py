"""Fifty hosts, of which rules speak of some, behind one proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, running_proxy
from filterproxy.ruleset.store import load_ruleset
from tests.support.client import Client
from tests.support.lab import Events, page
from tests.support.server import LOOPBACK, Origin, message, running_origin

RULED = ("news.example", "www.news.example", "xn--efvy88h.example")  # a site, below it, and 新闻.example
NAMED = ("tracker.example", "cdn.tracker.example", "count.example")  # by filters
BANKS = ("www.icbc.com.cn", "icbc.com.cn", "WWW.Paypal.com", "1password.com", "vault.bitwarden.com")
ALIKE = (
    "evil-icbc.com.cn",
    "icbc.com.cn.example",
    "notnews.example",
    "news.example.example",
    "mynews.example",
)
OTHERS = tuple(f"h{number}.example" for number in range(50 - len((*RULED, *NAMED, *BANKS, *ALIKE))))
HOSTS = (*RULED, *NAMED, *BANKS, *ALIKE, *OTHERS)
RULES = """\
version: 1
site: [news.example, 新闻.example]
rules:
  - {id: banner, category: close-ad, remove: .banner}
  - {id: params, category: tracking, strip-params: utm_*}
  - {id: cookies, category: tracking, strip-cookies: _ga}
  - id: trackers
    category: tracking
    block: ["||tracker.example/t^", "||count.example^$third-party", "@@||h0.example^", "/track.js"]
"""
EVERYWHERE = """\
version: 1
site: "*"
rules:
  - {id: lists, category: recommended, section: 猜你喜欢}
  - {id: params, category: tracking, strip-params: utm_*}
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """The fifty, and the proxy in front of them."""

    origin: Origin
    address: tuple[str, int]
    both: Path  # trusts the proxy's certificates and the origin's own
    events: Events

    def is_read(self, host: str) -> bool:
        """Whether a client sees another certificate than the host's own."""
        return Client(self.address, self.both).get(f"https://{host}/a.html").certificate != (
            self.origin.certificate
        )


@contextmanager
def running_bench(folder: Path, reach: Reach) -> Iterator[Bench]:
    (folder / "rules").mkdir()
    (folder / "rules" / "news.yaml").write_text(RULES, "utf-8")
    (folder / "rules" / "all.yaml").write_text(EVERYWHERE, "utf-8")
    events = Events()
    with running_origin(HOSTS, folder) as origin:
        config = ProxyConfig(
            load_ruleset([folder / "rules"]),
            port=0,
            confdir=folder / "confdir",
            reach=reach,
            upstreams={host.lower(): (LOOPBACK, origin.port) for host in (*HOSTS, "新闻.example")},
            upstream_ca=origin.authority,
        )
        origin.serve("/a.html", message(page()))
        with running_proxy(config, [events]) as proxy:
            both = folder / "both.pem"
            both.write_bytes(proxy.authority.read_bytes() + origin.authority.read_bytes())
            yield Bench(origin, proxy.address, both, events)
