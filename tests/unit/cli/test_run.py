"""`filterproxy run` and the mitmdump script, as a user starts them."""

import contextlib
import http.client
import json
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from mitmproxy.exceptions import FlowReadException
from mitmproxy.http import HTTPFlow
from mitmproxy.io import FlowReader

from filterproxy.cli import main
from filterproxy.cli.run import listen_address
from filterproxy.lists.cache import ListCache
from filterproxy.lists.store import ListStore, State, Subscription
from filterproxy.ruleset.model import Category
from tests.support.client import Client
from tests.support.command import FILTERPROXY, MITMDUMP, Running, running
from tests.support.lab import RULED, RULES, page
from tests.support.server import Origin, Request, message, running_origin

HERE = RULES.replace(RULED, "localhost")  # the one name that needs no network to be found


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    folder = tmp_path / "origin"
    folder.mkdir()
    with running_origin(["localhost"], folder) as server:
        server.serve("/a.html", message(page()))
        server.serve("/slow", slow)
        yield server


def slow(request: Request) -> Iterator[bytes | float]:
    """A download that takes a minute."""
    assert request.method == "GET"
    yield message(content_type="application/zip", length=1 << 30)
    for _ in range(1000):
        yield b"x" * 1000
        yield 0.05


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    place = tmp_path / "rules"
    place.mkdir()
    (place / "here.yaml").write_text(HERE, encoding="utf-8")
    return place


def run(tmp_path: Path, rules: Path, *more: str) -> tuple[str, ...]:
    confdir = str(tmp_path / "confdir")
    options = ("--listen", "127.0.0.1:0", "--only-rules", "--rules", str(rules), "--confdir", confdir)
    return (*FILTERPROXY, "run", *options, *more)


def started(proxy: Running, tmp_path: Path) -> Client:
    address = proxy.address("listens on")
    return Client(address, tmp_path / "confdir" / "mitmproxy-ca-cert.pem")


def read(path: Path) -> list[HTTPFlow]:
    """The flows that are whole: the last may not be."""
    found: list[HTTPFlow] = []
    with path.open("rb") as file, contextlib.suppress(FlowReadException):
        found.extend(flow for flow in FlowReader(file).stream() if isinstance(flow, HTTPFlow))
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_it_says_what_is_on_filters_and_ends_at_once(
    tmp_path: Path, origin: Origin, rules: Path, number: signal.Signals
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    with running(run(tmp_path, rules, "--ledger", str(ledger)), tmp_path) as proxy:
        client = started(proxy, tmp_path)
        proxy.line("rules loaded: 2 rules for 3 sites from 1 file")
        url = f"http://localhost:{origin.port}"
        assert client.get(f"{url}/a.html?secret=1").body == page(banner=False)
        assert f"{url}/a.html?…" in proxy.line("removed 1 close-ad")
        download = http.client.HTTPConnection(*client.address, timeout=10)
        download.request("GET", f"{url}/slow", headers={"Host": f"localhost:{origin.port}"})
        answer = download.getresponse()
        assert answer.read(1000) == b"x" * 1000
        code, took, told = proxy.end(number)
        answer.close()
        download.close()
    assert (code, took < 3) == (0, True)
    assert "Traceback" not in told
    assert "secret" not in told
    assert "1 pages filtered, 0 with nothing to remove · removed 1 close-ad" in told.splitlines()[-1]
    for part in ("filterproxy browser", "ca install --confdir /", "mitmproxy-ca-cert.pem", "Ctrl-C"):
        assert part in told
    assert json.loads(ledger.read_text())["removals"][0]["rule"] == "here/banner"


@pytest.mark.long
def test_changed_rules_are_taken_up_and_told(tmp_path: Path, origin: Origin, rules: Path) -> None:
    with running(run(tmp_path, rules, "--without", "close-ad", "--quiet"), tmp_path) as proxy:
        client = started(proxy, tmp_path)
        url = f"http://localhost:{origin.port}/a.html"
        assert client.get(url).body == page()
        (rules / "here.yaml").write_text(HERE.replace("close-ad", "ad"), encoding="utf-8")
        proxy.line("rules reloaded")
        assert client.get(url).body == page(banner=False)
        (rules / "here.yaml").write_text("version: 9", encoding="utf-8")
        proxy.line("here.yaml:1:")
        assert client.get(url).body == page(banner=False)
        code, _, told = proxy.end()
    assert code == 0
    assert "removed 1 ad ·" not in told.rpartition("\n")[0]


@pytest.mark.long
def test_events_as_json_and_a_recording_that_outlives_a_kill(
    tmp_path: Path, origin: Origin, rules: Path
) -> None:
    record = tmp_path / "visit.mitm"
    with running(run(tmp_path, rules, "--record", str(record), "--json"), tmp_path) as proxy:
        told = json.loads(proxy.line("listening"))
        host, _, port = told["host"].rpartition(":")
        client = Client((host, int(port)), Path(told["detail"]))
        for _ in range(5):
            assert client.get(f"http://localhost:{origin.port}/a.html").body == page(banner=False)
        for _ in range(5):
            assert json.loads(proxy.line("page-rewritten"))["removals"][0]["category"] == "close-ad"
        time.sleep(0.2)  # the file is written beside the traffic
        proxy.end(signal.SIGKILL)
    flows = read(record)
    assert [flow.response.raw_content for flow in flows if flow.response] == [page()] * 5
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


@pytest.mark.parametrize("keep", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_recording_says_what_it_holds_and_what_was_scrubbed(
    tmp_path: Path, origin: Origin, rules: Path, *, keep: bool
) -> None:
    record = tmp_path / "visit.mitm"
    options = ("--record", str(record), *(["--keep-cookies"] if keep else []))
    with running(run(tmp_path, rules, *options), tmp_path) as proxy:
        client = started(proxy, tmp_path)
        url = f"http://localhost:{origin.port}/a.html?token=geheim-1"
        client.get(url, Cookie="sid=geheim-2")
        _, _, told = proxy.end()
    (flow,) = read(record)
    assert (b"geheim" in record.read_bytes()) is keep
    assert "geheim" not in told
    if keep:
        assert flow.request.headers["cookie"] == "sid=geheim-2"
        assert "keep it like a password" in told
        assert "scrubbed" not in told
    else:
        assert "without cookies, authorization, tokens" in told
        assert told.splitlines()[-3:] == [
            "scrubbed 1 cookie of 1 host, 1 token of 1 host",
            "  cookie  localhost  sid",
            "  token   localhost  token",
        ]


@pytest.mark.long
def test_output_that_nobody_reads_holds_nothing(tmp_path: Path, origin: Origin, rules: Path) -> None:
    command = run(tmp_path, rules, "--json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as proxy:
        try:
            assert proxy.stdout is not None
            told = json.loads(proxy.stdout.readline())
            host, _, port = told["host"].rpartition(":")
            client = Client((host, int(port)), Path(told["detail"]))
            for _ in range(150):  # some 100 kB are printed, a pipe holds 64
                assert client.get(f"http://localhost:{origin.port}/a.html").seconds < 3
            began = time.monotonic()
            proxy.send_signal(signal.SIGINT)
            assert proxy.wait(10) == 0
            assert time.monotonic() - began < 3
        finally:
            proxy.kill()


def test_mistakes_in_rules_end_it_with_all_of_them(tmp_path: Path, rules: Path) -> None:
    (rules / "b.yaml").write_text("version: 1\nsite: a.example\nrulez: []\n", encoding="utf-8")
    (rules / "c.yaml").write_text("version: 1\nsite: [", encoding="utf-8")
    done = CliRunner().invoke(main, run(tmp_path, rules)[len(FILTERPROXY) :])
    assert done.exit_code == 1
    assert "b.yaml:3:1" in done.stderr
    assert "c.yaml:3:1" in done.stderr


@pytest.mark.long
def test_a_taken_port_ends_it(tmp_path: Path, rules: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [*run(tmp_path, rules), "--listen", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"filterproxy: can't listen on {address}: Address already in use\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--listen", "0.0.0.0:8080"],
        ["--listen", "[::]:8080"],
        ["--listen", "192.168.1.5:8080"],
        ["--listen", "news.example:8080"],
        ["--listen", "127.0.0.1"],
        ["--listen", "127.0.0.1:70000"],
        ["--scope", "none"],
        ["--without", "adverts"],
        ["--without", "ad", "--also", "ad"],
        ["--only-rules"],
        ["--keep-cookies"],
    ],
)
def test_what_is_asked_for_wrongly_is_refused(options: list[str]) -> None:
    done = CliRunner().invoke(main, ["run", *options])
    assert done.exit_code == 2
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("localhost:1", ("127.0.0.1", 1)),
        (":1", ("127.0.0.1", 1)),
        ("8080", ("127.0.0.1", 8080)),
        ("[::1]:1", ("::1", 1)),
        ("127.0.0.2:1", ("127.0.0.2", 1)),
    ],
)
def test_addresses(listen: str, address: tuple[str, int]) -> None:
    assert listen_address(listen, allow_lan=False) == address


def test_a_lan_address_needs_a_word() -> None:
    assert listen_address("0.0.0.0:1", allow_lan=True) == ("0.0.0.0", 1)  # noqa: S104 - never bound


@pytest.mark.parametrize(
    ("option", "path", "why"),
    [
        ("--record", "/nonexistent/a.mitm", "can't record to"),
        ("--ledger", "/nonexistent/a.jsonl", "can't write the ledger"),
        ("--confdir", "/dev/null/conf", "can't use the configuration directory"),
    ],
)
def test_files_that_cannot_be_made_end_it(
    tmp_path: Path, rules: Path, option: str, path: str, why: str
) -> None:
    done = CliRunner().invoke(main, [*run(tmp_path, rules)[len(FILTERPROXY) :], option, path])
    assert (done.exit_code, done.stdout) == (1, "")
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1


def mitmdump(tmp_path: Path, origin: Origin, *options: str) -> tuple[str, ...]:
    script = CliRunner().invoke(main, ["addon-path"]).stdout.strip()
    fixed = (f"confdir={tmp_path / 'confdir'}", f"ssl_verify_upstream_trusted_ca={origin.authority}")
    settings = [word for option in (*fixed, *options) for word in ("--set", option)]
    return (*MITMDUMP, "--listen-host", "127.0.0.1", "-p", "0", "-s", script, *settings)


@pytest.mark.long
def test_a_mitmdump_of_ones_own(tmp_path: Path, origin: Origin, rules: Path) -> None:
    record, ledger = tmp_path / "o.mitm", tmp_path / "l.jsonl"
    options = (f"filterproxy_rules={rules}", f"filterproxy_record={record}", f"filterproxy_ledger={ledger}")
    with running(mitmdump(tmp_path, origin, *options), tmp_path) as proxy:
        address = proxy.address("proxy listening at")
        proxy.line("rules loaded: 2 rules")
        client = Client(address, tmp_path / "confdir" / "mitmproxy-ca-cert.pem")
        url = f"https://localhost:{origin.port}/a.html"
        assert client.get(url).body == page(banner=False)
        proxy.line("removed 1 close-ad")
        (rules / "here.yaml").write_text(HERE.replace(".banner", "title"), encoding="utf-8")
        proxy.line("rules reloaded")
        assert client.get(url).body == page().replace("<title>题</title>".encode(), b"")
        block = b"<p>" + b"x" * 1_000_000
        origin.serve("/big.html", lambda _: [message(length=-1), page(), *[block] * 11])
        assert client.get(url.replace("a.html", "big.html")).body == page() + block * 11
        proxy.line("not filtered (body-too-large)")
        code, took, told = proxy.end(signal.SIGTERM)
    assert (code, took < 3) == (0, True)
    assert "Traceback" not in told
    assert [flow.response.raw_content for flow in read(record) if flow.response] == [page(), page(), None]
    assert len(ledger.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("option", "parts"),
    [
        ("filterproxy_rules=RULES", ("b.yaml:3:1", "c.yaml:3:1")),
        ("filterproxy_without=adverts", ("no such category: adverts", "close-ad")),
        ("filterproxy_scope=none", ("none",)),
        ("filterproxy_record=/nonexistent/a.mitm", ("/nonexistent/a.mitm",)),
    ],
)
@pytest.mark.long
def test_options_of_a_script_that_are_wrong_end_mitmdump(
    tmp_path: Path, origin: Origin, rules: Path, option: str, parts: tuple[str, ...]
) -> None:
    (rules / "b.yaml").write_text("version: 1\nsite: a.example\nrulez: []\n", encoding="utf-8")
    (rules / "c.yaml").write_text("version: 1\nsite: [", encoding="utf-8")
    command = mitmdump(tmp_path, origin, option.replace("RULES", str(rules)))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    for part in parts:
        assert part in done.stdout + done.stderr


def subscribed(home: Path, address: str) -> ListStore:
    store = ListStore(home / ".local/share/filterproxy/lists")
    store.add(Subscription("mine", address, Category.AD))
    return store


@pytest.mark.long
def test_a_list_that_does_not_come_keeps_nobody_waiting(tmp_path: Path, rules: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        subscribed(tmp_path, f"https://localhost:{silent.getsockname()[1]}/list.txt")
        with running(run(tmp_path, rules), tmp_path) as proxy:
            proxy.line("rules loaded")
            asking, _ = silent.accept()
            with asking:
                code, took, told = proxy.end(signal.SIGINT)
    assert (code, took < 5) == (0, True)
    assert "Traceback" not in told


@pytest.mark.long
def test_lists_that_cannot_be_read_are_told_of(tmp_path: Path, rules: Path) -> None:
    store = subscribed(tmp_path, "mine.txt")
    (store.folder / "subscriptions.json").write_text("{")
    with running(run(tmp_path, rules), tmp_path) as proxy:
        assert "subscriptions.json: cannot be read" in proxy.line("lists not taken up")
        assert proxy.end()[0] == 0


@pytest.mark.long
@pytest.mark.parametrize("on", [True, False])
def test_subscribed_lists_in_a_mitmdump_of_ones_own(
    tmp_path: Path, origin: Origin, rules: Path, *, on: bool
) -> None:
    store = subscribed(tmp_path, "mine.txt")
    store.keep("mine", State(), b"/tracker.js$script\n")
    assert ListCache(store, tmp_path / ".cache/filterproxy/lists").build() is not None
    origin.serve("/tracker.js", message("sent"))
    options = (f"filterproxy_rules={rules}", f"filterproxy_lists={str(on).lower()}")
    with running(mitmdump(tmp_path, origin, *options), tmp_path) as proxy:
        client = Client(proxy.address("proxy listening at"), tmp_path / "confdir/mitmproxy-ca-cert.pem")
        proxy.line("rules loaded")
        url = f"http://localhost:{origin.port}/tracker.js"
        assert client.get(url, Sec_Fetch_Dest="script").body == (b"\n" if on else b"sent")
