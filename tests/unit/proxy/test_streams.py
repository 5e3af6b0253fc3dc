"""Many requests at once on one HTTP/2 connection, as a browser asks for a page and all it needs."""

import ssl
import threading
from collections.abc import Iterator
from socket import create_server, socket

import pytest

from filterproxy.demo.certificate import make_site_certificate
from filterproxy.proxy.server import ProxyConfig, running_proxy
from filterproxy.ruleset.store import load_ruleset
from tests.support import http2
from tests.support.client import Client
from tests.support.lab import RULED, RULES, page
from tests.support.server import LOOPBACK

PICTURE = b"\x89PNG" * 5_000
HARD = b'<div class="banner">' + b"<div>" * 100_000  # deeper than is read


def route(asked: http2.Fields, _: bytes) -> tuple[http2.Fields, bytes, http2.Fields]:
    path = dict(asked)[":path"]
    kind = "image/png" if path.endswith(".png") else "text/html; charset=utf-8"
    body = PICTURE if path.endswith(".png") else HARD if path == "/hard.html" else page()
    return [(":status", "200"), ("content-type", kind)], body, []


def answer(plain: socket, context: ssl.SSLContext) -> None:
    try:
        with context.wrap_socket(plain, server_side=True) as secure:
            http2.serve(secure, route)
    except OSError:
        return  # the proxy has gone


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("streams")
    authority, context = make_site_certificate([RULED], folder)
    context.set_alpn_protocols(["h2"])
    (folder / "site.yaml").write_text(RULES, encoding="utf-8")

    def accept() -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(plain, context), daemon=True).start()

    with create_server((LOOPBACK, 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        config = ProxyConfig(
            load_ruleset([folder / "site.yaml"]),
            port=0,
            confdir=folder / "confdir",
            upstreams={RULED: (LOOPBACK, server.getsockname()[1])},
            upstream_ca=authority,
        )
        with running_proxy(config) as proxy:
            yield Client(proxy.address, proxy.authority)


def test_each_stream_gets_its_own_answer(client: Client) -> None:
    names = [f"/{number}.{'png' if number % 3 else 'html'}" for number in range(30)]
    replies = http2.get_all(client, [f"https://{RULED}{name}" for name in names])
    wanted = [PICTURE if name.endswith(".png") else page(banner=False) for name in names]
    assert [reply.body for reply in replies] == wanted
    assert {reply.status for reply in replies} == {200}


def test_a_hard_page_leaves_the_other_streams_of_its_connection_alone(client: Client) -> None:
    names = ["/hard.html", *(f"/{number}.html" for number in range(10))]
    hard, *others = http2.get_all(client, [f"https://{RULED}{name}" for name in names])
    assert hard.body == HARD
    assert [reply.body for reply in others] == [page(banner=False)] * 10
