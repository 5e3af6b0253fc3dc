"""Records the sample site's pages through the real proxy: `python -m tests.flows.record`.

For the bundled rules' tests of other sites there are pages of our own in `pages/`: those sites' structure,
our words. They are written beside the sample site's recording as they are, one file a site.

What differs from run to run and says nothing of the pages is made alike: times, ports, identifiers, the
throwaway certificates. The answers are as they came over the wire.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from mitmproxy.http import HTTPFlow
from mitmproxy.io import FlowReader, FlowWriter

from filterproxy.demo.fetch import fetch
from filterproxy.demo.pages import PAGES, site_hosts
from filterproxy.demo.server import LOOPBACK, running_site
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import ProxyConfig, running_proxy
from filterproxy.recordings import flows
from filterproxy.recordings.entry import Entry
from filterproxy.ruleset.sources import bundled_rules_path
from filterproxy.ruleset.store import load_ruleset

SAMPLE = Path(__file__).parents[2] / "rules" / "flows" / "sample.mitm"
PAGES_FOLDER = Path(__file__).with_name("pages")
PROXY_PORT, SITE_PORT = 8080, 443
THEN = 1_780_272_000.0  # 2026-06-01, when the sample pages' news were made


def addresses() -> dict[str, str]:
    """The address of each page in `pages/`: that of the first test that names the page's recording."""
    found: dict[str, str] = {}
    for file in load_ruleset([bundled_rules_path()]).files:
        for test in file.tests:
            found.setdefault(Path(test.recording).stem, test.url)
    return {path.stem: found[path.stem] for path in sorted(PAGES_FOLDER.glob("*.html"))}


def record(path: Path) -> None:
    """Write a flow file of every sample page, in the order of PAGES."""
    with tempfile.TemporaryDirectory(prefix="filterproxy-record-") as made:
        folder = Path(made)
        visit = folder / "visit.mitm"
        with running_site(folder) as (site, authority):
            config = ProxyConfig(
                load_ruleset([bundled_rules_path()]),
                LOOPBACK,
                0,
                folder / "proxy",
                Reach.ALL,
                record=visit,
                upstreams=dict.fromkeys(site_hosts(), (LOOPBACK, site.port)),
                upstream_ca=authority,
            )
            with running_proxy(config) as proxy:
                for page in PAGES:
                    fetch(page, proxy.address, proxy.authority, through_proxy=True)
        write(path, alike(read(visit)))


def record_site(site: str, path: Path) -> None:
    """Write a flow file of the page in `pages/` that stands for a site."""
    body = (PAGES_FOLDER / f"{site}.html").read_bytes()
    response = [(b"Content-Type", b"text/html"), (b"Content-Length", str(len(body)).encode())]
    flows.write(path, [Entry(site, addresses()[site], "GET", 200, [], response, body, time=THEN)])
    write(path, alike(read(path)))


def read(path: Path) -> list[HTTPFlow]:
    """Every flow of a file."""
    with path.open("rb") as file:
        return [flow for flow in FlowReader(file).stream() if isinstance(flow, HTTPFlow)]


def write(path: Path, found: Iterable[HTTPFlow]) -> None:
    """A file of these flows."""
    with path.open("wb") as file:
        writer = FlowWriter(file)
        for flow in found:
            writer.add(flow)


def alike(found: Iterable[HTTPFlow]) -> Iterator[HTTPFlow]:
    """The flows, as any run on any machine makes them."""
    for number, flow in enumerate(found, 1):
        flow.id = f"sample-{number}"
        flow.timestamp_created = THEN + number
        flow.client_conn.id, flow.server_conn.id = f"client-{number}", f"server-{number}"
        flow.client_conn.peername, flow.client_conn.sockname = (LOOPBACK, 50_000), (LOOPBACK, PROXY_PORT)
        flow.server_conn.peername, flow.server_conn.sockname = (LOOPBACK, SITE_PORT), (LOOPBACK, 50_001)
        for side in (flow.client_conn, flow.server_conn):
            side.certificate_list = []
            _set_times(side)
        for message in (flow.request, flow.response):
            if message is not None:
                _set_times(message)
                if "date" in message.headers:
                    message.headers["date"] = "Mon, 01 Jun 2026 00:00:00 GMT"
                if "server" in message.headers:
                    message.headers["server"] = "sample-site"
        yield flow


def _set_times(thing: object) -> None:
    """Every time that is set becomes the same."""
    for name in ("start", "end", "setup", "tcp_setup", "tls_setup"):
        if getattr(thing, f"timestamp_{name}", None) is not None:
            setattr(thing, f"timestamp_{name}", THEN)


if __name__ == "__main__":
    record(SAMPLE)
    for name in addresses():
        record_site(name, SAMPLE.with_name(f"{name}.mitm"))
    sys.stdout.write(f"{SAMPLE}: {len(read(SAMPLE))} pages, {SAMPLE.stat().st_size} bytes\n")
