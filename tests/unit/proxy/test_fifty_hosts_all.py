"""Banks are never read, even where every host is. A proxy at a time: mitmproxy's own limit."""

import socket
import ssl
from pathlib import Path

from filterproxy.proxy.scope import Reach
from tests.support.fifty import BANKS, HOSTS, running_bench


def test_banks_are_not_read_even_where_everything_is(tmp_path: Path) -> None:
    with running_bench(tmp_path, Reach.ALL) as bench:
        assert [host for host in HOSTS if not bench.is_read(host)] == list(BANKS)


def test_a_bank_behind_a_name_that_hides_it_is_not_read(tmp_path: Path) -> None:
    """By the host that a connection is for, not by the name in the hello alone (RFC 9849's fronts)."""
    with running_bench(tmp_path, Reach.ALL) as bench:
        context = ssl.create_default_context(cafile=str(bench.both))
        context.check_hostname = False
        with socket.create_connection(bench.address, 5) as plain:
            plain.sendall(b"CONNECT www.icbc.com.cn:443 HTTP/1.1\r\nHost: www.icbc.com.cn:443\r\n\r\n")
            assert b" 200 " in plain.recv(4096)
            with context.wrap_socket(plain, server_hostname="h0.example") as secure:
                assert secure.getpeercert(binary_form=True) == bench.origin.certificate
