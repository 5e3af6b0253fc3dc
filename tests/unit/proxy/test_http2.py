"""Pages over HTTP/2 on both sides, as most real pages come."""

import gzip
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

TAG = '"v1"'


def route(asked: http2.Fields, _: bytes) -> tuple[http2.Fields, bytes, http2.Fields]:
    fields = dict(asked)
    head = [("content-type", "text/html; charset=utf-8"), ("etag", TAG), ("x-asked", fields[":path"])]
    if fields.get("if-none-match") == TAG:
        return [(":status", "304"), *head], b"", []
    if fields[":path"] == "/trailers":
        return (
            [(":status", "200"), *head, ("trailer", "repr-digest")],
            page(),
            [("repr-digest", "sha-256=:AA:")],
        )
    if fields[":path"] == "/pic":
        return [(":status", "200"), ("content-type", "image/png")], b"\x89PNG" * 10_000, []
    body = gzip.compress(page())
    return (
        [(":status", "200"), *head, ("content-encoding", "gzip"), ("content-length", str(len(body)))],
        body,
        [],
    )


def answer(plain: socket, context: ssl.SSLContext) -> None:
    try:
        with context.wrap_socket(plain, server_side=True) as secure:
            http2.serve(secure, route)
    except OSError:
        return  # the proxy has gone


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("http2")
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


def test_a_page_is_filtered_and_its_tag_goes_round(client: Client) -> None:
    got = http2.get(client, f"https://{RULED}/a.html", ("accept-encoding", "gzip"))
    assert (got.status, got.body) == (200, page(banner=False))
    assert got.field("content-length") == str(len(got.body))
    assert got.field("content-encoding") is None
    assert got.field("x-asked") == "/a.html"
    tag = got.field("etag")
    assert tag is not None
    assert tag.startswith('W/"v1-fp-')
    again = http2.get(client, f"https://{RULED}/a.html", ("if-none-match", tag))
    assert (again.status, again.body, again.field("etag")) == (304, b"", tag)


def test_trailers_of_the_original_body_go_with_it(client: Client) -> None:
    got = http2.get(client, f"https://{RULED}/trailers")
    assert (got.body, got.trailers, got.field("trailer")) == (page(banner=False), [], None)


def test_other_things_pass(client: Client) -> None:
    got = http2.get(client, f"https://{RULED}/pic")
    assert got.body == b"\x89PNG" * 10_000
