"""TLS on both sides: clients that refuse us, servers that we refuse, and what is left exposed."""

import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from filterproxy.errors import SettingsError
from filterproxy.proxy.scope import Reach
from filterproxy.proxy.server import CA_KEY, ProxyConfig, _make_confdir, running_proxy
from filterproxy.report.events import Kind
from filterproxy.ruleset.model import Ruleset
from tests.support.client import Client
from tests.support.lab import OTHER, PINNED, RULED, RULES, UNVOUCHED, Lab, page, running_lab
from tests.support.server import message, wait_until


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Lab]:
    with running_lab(tmp_path) as running:
        running.origin.serve("/a.html", message(page()))
        yield running


def refuse(lab: Lab, host: str) -> None:
    """Ask as a client that does not trust our CA."""
    with pytest.raises(ssl.SSLCertVerificationError):
        Client(lab.proxy.address, lab.origin.authority).get(f"https://{host}/a.html")


def test_a_client_that_refuses_our_certificate(fresh: Lab) -> None:
    now = [0.0]
    fresh.proxy.addon._scope._clock = lambda: now[0]
    for _ in range(4):
        refuse(fresh, PINNED)
    wait_until(lambda: fresh.events.hosts(Kind.CA_NOT_TRUSTED) == [PINNED] * 4)

    assert fresh.client.get(f"https://{RULED}/a.html").body == page(banner=False)
    for _ in range(3):
        refuse(fresh, PINNED)
    wait_until(lambda: fresh.events.hosts(Kind.HOST_PASSED_THROUGH) == [PINNED])
    assert fresh.events.hosts(Kind.CERTIFICATE_REFUSED) == [PINNED] * 2

    reply = Client(fresh.proxy.address, fresh.origin.authority).get(f"https://{PINNED}/a.html")
    assert (reply.body, reply.certificate) == (page(), fresh.origin.certificate)
    assert fresh.client.get(f"https://{RULED}/a.html").body == page(banner=False)
    now[0] = 601.0
    assert fresh.client.get(f"https://{PINNED}/a.html").body == page(banner=False)


def drop(lab: Lab, host: str) -> None:
    """Begin a handshake and go away in the middle of it, as of a page that was left."""
    context, came, sent = ssl.create_default_context(), ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = context.wrap_bio(came, sent, server_hostname=host)
    with suppress(ssl.SSLWantReadError):
        hello.do_handshake()
    with socket.create_connection(lab.proxy.address, 5) as plain:
        plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        assert b" 200 " in plain.recv(4096)
        plain.sendall(sent.read())
        assert plain.recv(1) == b"\x16"  # the proxy's own hello


def test_a_connection_that_is_dropped_is_no_refusal(fresh: Lab) -> None:
    for _ in range(5):
        drop(fresh, PINNED)
    wait_until(lambda: fresh.events.hosts(Kind.HANDSHAKE_DROPPED) == [PINNED] * 5)
    fresh.client.get(f"https://{RULED}/a.html")
    for _ in range(5):
        drop(fresh, PINNED)
    wait_until(lambda: len(fresh.events.hosts(Kind.HANDSHAKE_DROPPED)) == 10)
    told = {event.kind for event in fresh.events.all}
    assert not told & {Kind.CA_NOT_TRUSTED, Kind.CERTIFICATE_REFUSED, Kind.HOST_PASSED_THROUGH}
    assert fresh.client.get(f"https://{PINNED}/a.html").body == page(banner=False)


BLOCKING = (
    RULES
    + f"""\
  - id: tracker
    category: tracking
    block: "||{RULED}/t^"
"""
)


@pytest.mark.parametrize("rules", [RULES, BLOCKING], ids=["read", "connected to late"])
def test_a_server_whose_certificate_does_not_hold_is_handed_through(tmp_path: Path, rules: str) -> None:
    with running_lab(tmp_path, rules, upstream_ca=None) as lab:  # the origin's CA is no public one
        now = [0.0]
        lab.proxy.addon._scope._clock = lambda: now[0]
        lab.origin.serve("/a.html", message(page()))
        reply = lab.client.get(f"https://{RULED}/a.html")
        assert reply.status == 502
        assert "正文".encode() not in reply.body
        assert lab.origin.requests == []
        lab.events.wait(Kind.UPSTREAM_REFUSED)

        with pytest.raises(ssl.SSLCertVerificationError):  # the browser's own warning, by its own roots
            lab.client.get(f"https://{RULED}/a.html")
        reply = Client(lab.proxy.address, lab.origin.authority).get(f"https://{RULED}/a.html")
        assert (reply.body, reply.certificate) == (page(), lab.origin.certificate)
        assert RULED in lab.events.hosts(Kind.HOST_TUNNELLED)
        assert lab.client.get(f"https://{PINNED}/a.html").status == 502  # of each host its own
        now[0] = 601.0
        assert lab.client.get(f"https://{RULED}/a.html").status == 502
        assert lab.events.hosts(Kind.UPSTREAM_REFUSED) == [RULED, PINNED, RULED]


def hang_up(server: socket.socket) -> None:
    """Take a client's hello and end the connection, again and again."""
    with suppress(OSError):
        while True:
            with server.accept()[0] as connection:
                connection.recv(65536)


def test_a_server_that_goes_away_within_the_handshake_is_not_handed_through(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        running_lab(tmp_path, upstreams={RULED: silent.getsockname()}) as lab,
    ):
        threading.Thread(target=hang_up, args=(silent,), daemon=True).start()
        for _ in range(2):
            reply = lab.client.get(f"https://{RULED}/a.html")
            assert reply.status == 502
            assert reply.certificate != lab.origin.certificate
        assert lab.events.hosts(Kind.UPSTREAM_REFUSED) == []


def test_a_server_with_another_hosts_certificate_is_refused(fresh: Lab) -> None:
    assert fresh.client.get(f"https://{UNVOUCHED}/a.html").status == 502
    assert fresh.origin.requests == []


@pytest.mark.parametrize(
    ("sni", "certificate_is_ours"),
    [(RULED, True), (OTHER, True), (None, True)],
    ids=["same", "other", "none"],
)
def test_the_connections_host_decides_where_the_name_hides_it(
    lab: Lab, sni: str | None, *, certificate_is_ours: bool
) -> None:
    """An encrypted hello (RFC 9849) shows the name of a front, and some clients show none."""
    context = ssl.create_default_context(cafile=str(lab.proxy.authority))
    context.check_hostname = False
    with socket.create_connection(lab.proxy.address, 5) as plain:
        plain.sendall(f"CONNECT {RULED}:443 HTTP/1.1\r\nHost: {RULED}:443\r\n\r\n".encode())
        assert b" 200 " in plain.recv(4096)
        with context.wrap_socket(plain, server_hostname=sni) as secure:
            assert (secure.getpeercert(binary_form=True) != lab.origin.certificate) is certificate_is_ours


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03half a hello",
        b"\x16\x03\x01\x00\x05hello",
        b"\x00\x01\x02 no TLS",
        b"SSH-2.0-x\r\n",
        b"",
    ],
)
def test_odd_beginnings_do_no_harm(lab: Lab, sent: bytes) -> None:
    with socket.create_connection(lab.proxy.address, 5) as plain:
        plain.sendall(f"CONNECT {RULED}:443 HTTP/1.1\r\nHost: {RULED}:443\r\n\r\n".encode())
        assert b" 200 " in plain.recv(4096)
        plain.sendall(sent)
    lab.origin.serve("/after.html", message(page()))
    assert lab.client.get(f"https://{RULED}/after.html").body == page(banner=False)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # that is what is tested
def test_old_tls_is_refused(lab: Lab, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(lab.proxy.authority))
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(lab.proxy.address, 5) as plain:
        plain.sendall(f"CONNECT {RULED}:443 HTTP/1.1\r\nHost: {RULED}:443\r\n\r\n".encode())
        plain.recv(4096)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(plain, server_hostname=RULED)


def test_the_ca_is_for_its_owner_alone(lab: Lab) -> None:
    confdir = lab.proxy.authority.parent
    assert stat.S_IMODE(confdir.stat().st_mode) == 0o700
    assert stat.S_IMODE((confdir / CA_KEY).stat().st_mode) == 0o600
    assert b"PRIVATE" not in lab.proxy.authority.read_bytes()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    key = tmp_path / CA_KEY
    key.write_text("a key")
    key.chmod(0o644)
    with pytest.raises(SettingsError, match="others can read the CA's private key"):
        _make_confdir(tmp_path)


def test_a_directory_of_other_things_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    tmp_path.chmod(0o755)
    _make_confdir(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="configuration directory"):
        _make_confdir(tmp_path / "file" / "conf")


def test_it_listens_on_loopback_alone(lab: Lab) -> None:
    assert lab.proxy.address[0] == "127.0.0.1"
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[9] in inodes
    ]
    assert f"0100007F:{lab.proxy.address[1]:04X}" in listening
    assert {address.partition(":")[0] for address in listening} == {"0100007F"}


def test_a_taken_port_is_told(lab: Lab, tmp_path: Path) -> None:
    config = ProxyConfig(Ruleset((), (), ""), port=lab.origin.port, confdir=tmp_path)
    with (
        pytest.raises(SettingsError, match=rf"can't listen on 127\.0\.0\.1:{lab.origin.port}"),
        running_proxy(config),
    ):
        pass


def test_all_hosts_are_read_where_that_is_asked_for(tmp_path: Path) -> None:
    rules = "version: 1\nsite: '*'\nrules: [{id: x, category: ad, remove: .banner}]\n"
    with running_lab(tmp_path, rules, reach=Reach.ALL) as lab:
        lab.origin.serve("/a.html", message(page()))
        assert lab.client.get(f"https://{OTHER}/a.html").body == page(banner=False)
        assert lab.client.get(f"http://{OTHER}/a.html").body == page(banner=False)
        assert lab.events.hosts(Kind.HOST_TUNNELLED) == []
