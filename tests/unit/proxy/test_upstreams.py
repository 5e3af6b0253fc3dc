"""Hosts that stand at other addresses: for tests and the demonstration, without any network."""

import pytest
from mitmproxy.connection import Client as ClientConnection
from mitmproxy.connection import Server
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test import tflow

from filterproxy.proxy.upstreams import Upstreams
from tests.support.lab import OTHER, RULED, Lab, page
from tests.support.server import message

ELSEWHERE = ("127.0.0.1", 4443)


def asked(host: str) -> ServerConnectionHookData:
    client: ClientConnection = tflow.tclient_conn()
    return ServerConnectionHookData(Server(address=(host, 443)), client)


@pytest.mark.parametrize("host", ["news.example", "NEWS.example", "news.example."])
def test_the_address_is_another_while_connecting_only(host: str) -> None:
    upstreams, data = Upstreams({"news.example": ELSEWHERE}), asked(host)
    upstreams.server_connect(data)
    assert (data.server.address, data.server.error) == (ELSEWHERE, None)
    upstreams.server_connected(data)
    assert data.server.address == (host, 443)


def test_the_address_comes_back_where_nobody_answers() -> None:
    upstreams, data = Upstreams({"news.example": ELSEWHERE}), asked("news.example")
    upstreams.server_connect(data)
    upstreams.server_connect_error(data)
    assert data.server.address == ("news.example", 443)
    assert upstreams._asked == {}


@pytest.mark.parametrize("host", ["unknown.example", "127.0.0.1", "169.254.169.254", "sub.news.example"])
def test_any_other_host_is_refused(host: str) -> None:
    data = asked(host)
    Upstreams({"news.example": ELSEWHERE}).server_connect(data)
    assert data.server.error is not None
    assert data.server.address == (host, 443)


def test_a_host_that_is_not_there_is_a_bad_gateway(lab: Lab) -> None:
    reply = lab.client.get("http://unknown.example/")
    assert reply.status == 502
    assert b"no network here" in reply.body


def test_no_site_can_be_had_from_the_proxy_itself(lab: Lab) -> None:
    """mitmproxy answers for mitm.it by default, which any web site could call."""
    for path in ("/", "/cert/pem"):
        reply = lab.client.get(f"http://mitm.it{path}")
        assert reply.status == 502
        assert b"no network here" in reply.body
        assert b"BEGIN CERTIFICATE" not in reply.body


def test_the_page_sees_the_host_that_was_asked_for(lab: Lab) -> None:
    lab.origin.serve("/named.html", message(page()))
    for host in (RULED, OTHER):
        lab.client.get(f"http://{host}/named.html")
        assert lab.origin.requests[-1].headers["host"] == host
    assert [event.url for event in lab.events.pages("/named.html")] == [
        f"http://{RULED}/named.html",
        f"http://{OTHER}/named.html",
    ]
