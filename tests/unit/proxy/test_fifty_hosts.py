"""Of fifty hosts only those that rules speak of are read, over TLS and in the clear."""

import gzip
from collections.abc import Iterator

import pytest

from filterproxy.proxy.scope import Reach
from filterproxy.report.events import Kind
from tests.support.client import Client
from tests.support.fifty import HOSTS, NAMED, RULED, Bench, running_bench
from tests.support.lab import page
from tests.support.server import LOOPBACK, message


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with running_bench(tmp_path_factory.mktemp("fifty"), Reach.RULES) as running:
        yield running


def test_only_hosts_that_rules_speak_of_are_read(bench: Bench) -> None:
    assert len(set(HOSTS)) == 50
    read = [host for host in HOSTS if bench.is_read(host)]
    assert read == [*RULED, *NAMED]
    told = {host.lower() for host in bench.events.hosts(Kind.HOST_TUNNELLED)}
    assert told == {host.lower() for host in HOSTS} - {*RULED, *NAMED}


ASKED = (
    "GET {url} HTTP/1.1\r\nHost: {host}\r\nUSER-agent: x\r\nAccept: text/html\r\nX-Two: 1\r\n"
    'Accept-Encoding: gzip, dcb\r\nif-none-match: "1"\r\nRange: bytes=0-\r\nTE: trailers\r\n'
    "Cookie: _ga=1; id=2\r\nx-two: 2\r\nConnection: close\r\n\r\n"
)  # fmt: skip


@pytest.mark.parametrize("host", [host for host in HOSTS if host not in {*RULED, *NAMED}])
def test_in_the_clear_nothing_else_is_touched(bench: Bench, host: str) -> None:
    """Neither the answer's bytes nor the request's fields, though a rule for every site fits both."""
    list_too = page().replace(b"</body>", "<h3>猜你喜欢</h3><ul><li>推荐</li></ul></body>".encode())
    answer = message(
        gzip.compress(list_too, mtime=0),
        ("Content-Encoding", "gzip"),
        ("ETag", '"2"'),
        ("set-COOKIE", "_ga=3"),
        ("Set-Cookie", "id=4"),
        ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("Connection", "close"),
    )
    bench.origin.serve("/b.html", answer)
    path = "/b.html?utm_source=a&x=%e4%b8%80"
    through = Client(bench.address, bench.both).raw(
        ASKED.format(url=f"http://{host}{path}", host=host).encode()
    )
    assert through == answer
    seen = bench.origin.asked("/b.html")[-1]
    straight = Client((LOOPBACK, bench.origin.port), bench.both).raw(
        ASKED.format(url=path, host=host).encode()
    )
    assert through == straight == answer
    expected = bench.origin.asked("/b.html")[-1]
    assert seen == expected


def test_in_the_clear_what_rules_speak_of_is(bench: Bench) -> None:
    for host in RULED:
        assert Client(bench.address, bench.both).get(f"http://{host}/a.html").body == page(banner=False)
