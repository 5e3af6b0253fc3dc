"""Each check of the doctor, on something that is right and on something that is wrong."""

import datetime as dt
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from pathlib import Path

import pytest

from filterproxy.proxy.server import ProxyConfig, running_proxy
from filterproxy.ruleset.model import Ruleset
from filterproxy.setup.anchors import AnchorStore
from filterproxy.setup.authority import Authority
from filterproxy.setup.browsers import Browser, Engine
from filterproxy.setup.checks import (
    Finding,
    State,
    check_authority,
    check_browsers,
    check_clock,
    check_port,
    check_rules,
    check_trust,
    check_workers,
)
from filterproxy.setup.machine import look
from filterproxy.setup.online import check_upstream
from tests.support.server import Origin, message, running_origin

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
LOOPBACK = "127.0.0.1"


def test_rules(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    assert check_rules([tmp_path]).state is State.WARN  # none
    file.write_text(
        "version: 1\nsite: 新闻.example\nrules: [{id: a, category: ad, remove: .a}]\n", encoding="utf-8"
    )
    assert check_rules([tmp_path]) == Finding("rules", State.OK, "1 rule for 1 site from 1 file")
    file.write_text(
        "version: 1\nsite: a.example\n" + "".join(f"k{n}: 1\n" for n in range(5)), encoding="utf-8"
    )
    found = check_rules([tmp_path])
    assert (found.state, found.remedy) == (State.FAIL, "filterproxy check")
    assert f"{file}:3:1" in found.detail
    assert found.detail.endswith("more")


@pytest.mark.parametrize(
    ("when", "state", "words", "remedy"),
    [
        (NOW, State.OK, "valid until", ""),
        (NOW - 10 * DAY, State.FAIL, "not valid before", "set this machine's clock, or"),
        (NOW + 3640 * DAY, State.WARN, "valid until", "filterproxy ca remove --delete-key"),
        (NOW + 3660 * DAY, State.FAIL, "expired on", "filterproxy ca remove --delete-key"),
    ],
)
def test_the_ca_and_the_time(ca: Authority, when: dt.datetime, state: State, words: str, remedy: str) -> None:
    found, authority = check_authority(ca.folder, when)
    assert (found.state, authority) == (state, ca)
    assert words in found.detail
    assert found.remedy.startswith(remedy)
    assert bool(found.remedy) == bool(remedy)


def test_a_ca_that_is_missing_open_to_others_or_broken(ca: Authority, tmp_path: Path) -> None:
    found, authority = check_authority(tmp_path, NOW)
    assert (found.state, authority) == (State.WARN, None)
    assert found.remedy == f"filterproxy ca install --confdir {tmp_path}"
    ca.key_file.chmod(0o640)
    found, _ = check_authority(ca.folder, NOW)
    assert (found.state, found.remedy) == (State.FAIL, f"chmod 600 {ca.key_file}")
    ca.key_file.write_bytes(b"")
    found, authority = check_authority(ca.folder, NOW)
    assert (found.state, authority) == (State.FAIL, None)
    assert str(ca.key_file) in found.detail


def test_trust(tmp_path: Path, make_ca: Callable[[str], Authority]) -> None:
    now, earlier = make_ca("now"), make_ca("earlier")
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    store = AnchorStore("system", anchors, ("true",), tmp_path / "bundle")

    def states() -> list[State]:
        return [found.state for found in check_trust(look([store], now), now)]

    assert states() == [State.WARN]
    for authority in (now, earlier):
        (anchors / f"{authority.folder.name}.crt").write_bytes(authority.file.read_bytes())
    assert states() == [State.WARN, State.WARN]  # both lie there, neither is taken up
    (tmp_path / "bundle").write_bytes(b"# \xe4\xb8\xad\n" + now.file.read_bytes())
    assert states() == [State.WARN, State.OK]
    (anchors / "earlier.crt").unlink()
    assert states() == [State.OK]
    lost = AnchorStore("system", tmp_path / "none", ("true",), tmp_path / "bundle")
    told = list(check_trust(look([lost], None), None))
    assert [found.state for found in told] == [State.WARN, State.WARN]
    assert "No such file" in told[0].detail


def test_a_clock_behind_our_own_files_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "规则.yaml"
    file.touch()
    assert check_clock(NOW, [file, tmp_path / "none"]).state is State.OK
    later = (NOW + 3 * DAY).timestamp()
    os.utime(file, (later, later))
    found = check_clock(NOW, [file])
    assert (found.state, found.remedy) == (State.FAIL, "set this machine's clock")
    assert str(file) in found.detail


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Something else on a port: says this to whoever comes."""
    with socket.create_server((LOOPBACK, 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join(5)


def test_the_port(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        free = int(taken.getsockname()[1])
    assert check_port(LOOPBACK, free) == Finding("port", State.OK, f"{LOOPBACK}:{free} is free")
    with answering(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n") as port:
        found = check_port(LOOPBACK, port)
        assert (found.state, found.detail) == (
            State.FAIL,
            f"{LOOPBACK}:{port}: another program listens there",
        )
        assert found.remedy == f"filterproxy run --listen {LOOPBACK}:{port + 1}"
    with running_proxy(ProxyConfig(Ruleset(()), port=0, confdir=tmp_path / "ca")) as proxy:
        found = check_port(*proxy.address)
        assert (found.state, found.detail.partition(": ")[2]) == (
            State.OK,
            "a proxy of this kind runs there already",
        )
    assert check_port("192.0.2.1", 8080).state is State.FAIL  # RFC 5737: nobody's


def test_browsers() -> None:
    assert check_browsers([]).state is State.WARN
    found = check_browsers([Browser(Engine.FIREFOX, Path("/opt/firefox"))])
    assert (found.state, found.detail) == (State.OK, "/opt/firefox")


def test_workers() -> None:
    assert check_workers() == Finding("workers", State.OK, "a worker process filtered a page")


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    (tmp_path / "origin").mkdir()
    with running_origin(["localhost"], tmp_path / "origin") as server:
        yield server


@pytest.mark.parametrize(
    ("off", "state", "words"),
    [
        (dt.timedelta(), State.OK, "agrees"),
        (dt.timedelta(minutes=-90), State.FAIL, "minutes ahead of the server's"),
        (dt.timedelta(hours=3), State.FAIL, "minutes behind the server's"),
    ],
)
def test_a_server_tells_how_the_clock_is(origin: Origin, off: dt.timedelta, state: State, words: str) -> None:
    told = format_datetime(NOW + off, usegmt=True)
    origin.serve("/a", message(b"", ("Date", told), length=7))
    upstream, clock = check_upstream(f"https://localhost:{origin.port}/a?q=1", NOW, str(origin.authority))
    assert upstream == Finding("upstream", State.OK, "localhost answered over TLS with 200")
    assert clock.state is state
    assert words in clock.detail
    assert [request.target for request in origin.requests] == ["/a"]


def test_a_server_that_is_not_vouched_for_or_not_there(origin: Origin) -> None:
    (found,) = check_upstream(f"https://localhost:{origin.port}/", NOW)
    assert (found.state, origin.requests) == (State.FAIL, [])
    assert "certificate" in found.detail
    with socket.create_server((LOOPBACK, 0)) as taken:
        free = int(taken.getsockname()[1])
    (found,) = check_upstream(f"https://localhost:{free}/", NOW)
    assert (found.state, found.remedy) == (State.FAIL, "see to this machine's network")


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_a_server_without_a_time_tells_nothing_of_it(origin: Origin, date: str) -> None:
    origin.serve("/", message(b"", ("Date", date)))
    assert len(check_upstream(f"https://localhost:{origin.port}/", NOW, str(origin.authority))) == 1
