"""`filterproxy record`, as a user starts it."""

import json
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from filterproxy.cli import main
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import open_recording
from tests.support.command import FILTERPROXY, running
from tests.support.lab import page
from tests.support.server import Origin, Request, message, running_origin


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    folder = tmp_path / "origin"
    folder.mkdir()
    with running_origin(["localhost", "127.0.0.1"], folder) as server:
        server.serve("/a.html", message(page()))
        server.serve("/gbk.html", message(page(charset="gbk"), content_type="text/html; charset=gbk"))
        server.serve("/loop", message("", ("Location", "/loop"), status="302 Found"))
        server.serve("/slow", slow)
        server.serve("/enter", enter)
        server.serve("/torn", lambda _: [message(page(), length=9999)])
        yield server


def slow(_: Request) -> Iterator[bytes | float]:
    yield message(content_type="text/html", length=1 << 20)
    yield from (b"x", 0.05) * 1000


def enter(request: Request) -> bytes:
    """A page that sends everybody away to fetch a cookie first."""
    if "sid=geheim" in request.headers.get("cookie", ""):
        return message(page())
    fields = (("Set-Cookie", "sid=geheim; Path=/"), ("Location", "/enter?token=geheim"))
    return message("", *fields, status="302 Found")


def record(file: Path, *words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["record", "-o", str(file), *words], input=text)


def entries(file: Path) -> list[Entry]:
    found = list(open_recording(file).entries())
    assert not [entry for entry in found if isinstance(entry, Problem)]
    return [entry for entry in found if isinstance(entry, Entry)]


def test_pages_are_recorded_as_they_came(tmp_path: Path, origin: Origin) -> None:
    file, host = tmp_path / "a.mitm", f"localhost:{origin.port}"
    urls = (f"http://{host}/a.html", f"https://{host}/gbk.html?x=桥#top")
    done = record(file, *urls, "--upstream-ca", str(origin.authority))
    assert (done.exit_code, done.stderr) == (0, "")
    size = len(page())
    *pages, held, scrubbed = done.stdout.splitlines()
    assert pages == [
        f"200    {size} B  text/html; charset=utf-8  http://{host}/a.html",
        f"200    {len(page(charset='gbk'))} B  text/html; charset=gbk  https://{host}/gbk.html?x=桥",
    ]
    kilobytes = f"{file.stat().st_size / 1000:.0f} kB"
    assert (
        held
        == f"{file}: 2 answers, {kilobytes}, without cookies, authorization, tokens in URLs and what is sent"
    )
    assert scrubbed == "nothing had to be scrubbed"
    plain, gbk = entries(file)
    assert (plain.url, plain.status, plain.body) == (urls[0], 200, page())
    assert (gbk.url, gbk.body) == (f"https://{host}/gbk.html?x=%E6%A1%A5", page(charset="gbk"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    asked = origin.requests[0].headers
    assert "Chrome/" in asked["user-agent"]
    assert asked["accept"].startswith("text/html,")
    assert asked["accept-language"].startswith("zh-CN")


def test_redirects_are_recorded_with_cookies_on_the_way_and_no_secret(tmp_path: Path, origin: Origin) -> None:
    file = tmp_path / "a.mitm"
    url = f"http://localhost:{origin.port}/enter"
    done = record(file, url, "--header", "Authorization: Bearer geheim-2")
    assert done.exit_code == 0
    assert f"{url}?token=scrubbed  after 1 redirect" in done.stdout
    assert [(entry.url, entry.status) for entry in entries(file)] == [
        (url, 302),
        (f"{url}?token=scrubbed", 200),
    ]
    assert origin.requests[1].headers["authorization"] == "Bearer geheim-2"
    assert b"geheim" not in file.read_bytes()
    assert "geheim" not in done.output
    assert "scrubbed 1 cookie of 1 host, 1 authorization field of 1 host, 1 token of 1 host" in done.stdout
    kept = record(file, url, "--keep-cookies", "--force")
    assert "keep it like a password" in kept.stdout
    assert [entry.url for entry in entries(file)] == [url, f"{url}?token=geheim"]
    assert b"sid=geheim" in file.read_bytes()


def test_what_opens_accounts_stays_with_its_host(tmp_path: Path, origin: Origin) -> None:
    origin.serve(
        "/away", message("", ("Location", f"http://127.0.0.1:{origin.port}/a.html"), status="302 Found")
    )
    secrets = ("--header", "Cookie: sid=geheim", "--header", "X-Api-Key:geheim", "--header", "X-Plain: 1")
    assert record(tmp_path / "a.mitm", f"http://localhost:{origin.port}/away", *secrets).exit_code == 0
    home, away = origin.requests
    assert (home.headers["cookie"], home.headers["x-api-key"], home.headers["x-plain"]) == (
        "sid=geheim",
        "geheim",
        "1",
    )
    assert ("cookie" in away.headers, "x-api-key" in away.headers, away.headers["x-plain"]) == (
        False,
        False,
        "1",
    )


def test_what_does_not_come_is_said_and_the_rest_recorded(tmp_path: Path, origin: Origin) -> None:
    file, host = tmp_path / "a.mitm", f"localhost:{origin.port}"
    wrong = {
        f"http://{host}/loop": "more than 10 redirects",
        f"http://{host}/slow": "no whole answer within 1 s",
        f"http://{host}/torn": "",
        f"https://{host}/a.html": "certificate verify failed",  # its authority is nobody's
        "http://localhost:1/": "Connect call failed",
        "ftp://localhost/": "no http or https URL",
        "桥": "no http or https URL",
    }
    done = record(file, *wrong, f"http://{host}/missing", f"http://{host}/a.html", "--timeout", "1")
    assert done.exit_code == 1
    told = done.stderr.splitlines()
    assert len(told) == len(wrong)
    for (url, why), text in zip(wrong.items(), told, strict=True):
        assert text.startswith(f"{url}: ")
        assert why.lower() in text.lower()
    assert [line[:3] for line in done.stdout.splitlines()[:2]] == ["404", "200"]
    recorded = [entry.url.removeprefix(f"http://{host}") for entry in entries(file)]
    assert recorded == ["/loop"] * 11 + ["/missing", "/a.html"]


def test_urls_from_files_and_an_account_as_json(tmp_path: Path, origin: Origin) -> None:
    file, host = tmp_path / "a.mitm", f"http://localhost:{origin.port}"
    text = f"\ufeff# 样张\n\n{host}/a.html\n  {host}/enter\n"
    done = record(file, f"{host}/gbk.html", "--from", "-", "--json", text=text)
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert [(one["url"], one["status"], one["redirects"]) for one in told["pages"]] == [
        (f"{host}/gbk.html", 200, 0),
        (f"{host}/a.html", 200, 0),
        (f"{host}/enter", 200, 1),
    ]
    assert (told["recorded"], told["kept_secrets"], told["problem"]) == (4, False, "")
    assert {"kind": "token", "host": "localhost", "name": "token", "count": 2} in told["scrubbed"]


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path, origin: Origin) -> None:
    file, url = tmp_path / "a.mitm", f"http://localhost:{origin.port}/a.html"
    assert record(file, url).exit_code == 0
    before = file.read_bytes()
    refused = record(file, url)
    assert (refused.exit_code, "--append or --force" in refused.stderr) == (2, True)
    assert file.read_bytes() == before
    assert record(file, f"{url}?2", "--append").exit_code == 0
    assert [entry.url for entry in entries(file)] == [url, f"{url}?2"]
    assert file.read_bytes().startswith(before)
    assert record(file, f"{url}?3", "--force").exit_code == 0
    assert [entry.url for entry in entries(file)] == [f"{url}?3"]
    file.write_bytes(before[:-9])
    torn = record(file, url, "--append")
    assert (torn.exit_code, "cut short" in torn.stderr) == (2, True)
    assert file.read_bytes() == before[:-9]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "no URL to record"),
        (("http://a.example/", "--append", "--force"), "exclude each other"),
        (("http://a.example/", "--header", "nonsense"), "no NAME:VALUE"),
        (("http://a.example/", "--header", "Host: b.example"), "for the connection to set"),
        (("http://a.example/", "--header", "X: a\r\nY: b"), "no header field may have"),
        (("http://a.example/", "--visible"), "want --browser"),
        (("http://a.example/", "--browser", "--header", "X: 1"), "without --browser"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    done = record(tmp_path / "a.mitm", *words)
    assert (done.exit_code, done.stdout, why in done.stderr) == (2, "", True)
    assert not (tmp_path / "a.mitm").exists()


def test_nothing_recorded_leaves_no_file(tmp_path: Path) -> None:
    done = record(tmp_path / "a.mitm", "http://localhost:1/")
    assert (done.exit_code, done.stdout) == (1, "nothing was recorded\n")
    assert not (tmp_path / "a.mitm").exists()


@pytest.mark.parametrize(
    ("file", "words", "why"),
    [
        ("none/a.mitm", (), "can't record to"),
        ("a.mitm", ("--browser", "--browser-path", "/nonexistent/chromium"), "no program that can be run"),
    ],
)
def test_what_cannot_be_made_ends_it(tmp_path: Path, file: str, words: tuple[str, ...], why: str) -> None:
    done = record(tmp_path / file, "http://localhost:1/", *words)
    assert (done.exit_code, done.stdout, why in done.stderr) == (1, "", True)


@pytest.mark.long
def test_ctrl_c_keeps_what_was_recorded(tmp_path: Path, origin: Origin) -> None:
    file, host = tmp_path / "a.mitm", f"http://localhost:{origin.port}"
    with running(
        (*FILTERPROXY, "record", f"{host}/a.html", f"{host}/slow", "-o", str(file)), tmp_path
    ) as started:
        started.line("/a.html")
        code, _, told = started.end(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in told
    assert f"{file}: 1 answer" in told
    assert [entry.body for entry in entries(file)] == [page()]
