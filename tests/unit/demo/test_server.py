import http.client
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from filterproxy.demo.pages import PAGES, SamplePage, original
from filterproxy.demo.server import LOOPBACK, SiteServer, running_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SiteServer, Path]]:
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


def ask(
    server: SiteServer, host: str, path: str, method: str = "GET", body: bytes | None = None
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, server.port, timeout=5)
    try:
        connection.request(method, path, body=body, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_come_as_they_are(site: tuple[SiteServer, Path], page: SamplePage) -> None:
    assert ask(site[0], page.host, page.path) == (200, page.content_type, original(page))


def test_the_same_port_speaks_tls_for_every_host(site: tuple[SiteServer, Path]) -> None:
    server, authority = site
    context = ssl.create_default_context(cafile=authority)
    for host in ("www.qukanredian.com", "hm.baidu.com"):
        plain = socket.create_connection((LOOPBACK, server.port), timeout=5)
        with context.wrap_socket(plain, server_hostname=host) as wrapped:
            wrapped.sendall(f"HEAD /hm.js HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while block := wrapped.recv(4096):
                answer += block
        assert answer.startswith(b"HTTP/1.1 200" if host == "hm.baidu.com" else b"HTTP/1.1 404")


def test_only_its_own_authority_vouches_for_it(site: tuple[SiteServer, Path]) -> None:
    plain = socket.create_connection((LOOPBACK, site[0].port), timeout=5)
    with plain, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(plain, server_hostname="www.qukanredian.com")


def test_trackers_answer_and_are_counted(site: tuple[SiteServer, Path]) -> None:
    server = site[0]
    before = server.hits["s4.cnzz.com"]
    status, kind, _ = ask(server, "s4.cnzz.com", "/z_stat.php?id=1")
    assert (status, kind) == (200, "text/javascript; charset=utf-8")
    assert server.hits["s4.cnzz.com"] == before + 1
    assert ask(server, "count.qukanredian.com", "/pv", "POST", b"{}")[0] == 204
    assert ask(server, "count.qukanredian.com", "/p.gif")[1] == "image/gif"


def test_what_is_not_there_is_404(site: tuple[SiteServer, Path]) -> None:
    assert ask(site[0], "unknown.example", "/")[0] == 404
    assert ask(site[0], "www.qukanredian.com", "/../../pages.py")[0] == 404


def test_noise_ends_its_own_connection_only(site: tuple[SiteServer, Path]) -> None:
    for noise in (b"\x16\x03\x01 no handshake", b"\x00\x01\x02\r\n\r\n", b""):
        with socket.create_connection((LOOPBACK, site[0].port), timeout=5) as connection:
            connection.sendall(noise)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert ask(site[0], PAGES[0].host, PAGES[0].path)[0] == 200


def test_it_listens_on_loopback_alone(site: tuple[SiteServer, Path]) -> None:
    assert site[0].server_address[0] == "127.0.0.1"
