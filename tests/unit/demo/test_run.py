import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from filterproxy.demo.fetch import FetchError, fetch
from filterproxy.demo.pages import PAGES, original
from filterproxy.demo.run import Accounts
from filterproxy.demo.server import LOOPBACK, running_site
from filterproxy.proxy.browsers import key_pin
from filterproxy.report.events import PageEvent
from filterproxy.rewrite.result import Page

COMMAND = [sys.executable, "-X", "utf8", "-c", "from filterproxy.cli import main; main()", "demo"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )


def test_a_page_is_fetched_with_its_certificate_checked(tmp_path: Path) -> None:
    page = PAGES[0]
    (tmp_path / "other").mkdir()
    with running_site(tmp_path) as (site, authority), running_site(tmp_path / "other") as (_, stranger):
        address = (LOOPBACK, site.port)
        fetched = fetch(page, address, authority, through_proxy=False)
        assert (fetched.body, fetched.content_type) == (original(page), page.content_type)
        with pytest.raises(FetchError, match="certificate verify failed"):
            fetch(page, address, stranger, through_proxy=False)
        with pytest.raises(FetchError, match=page.url):  # the site is no proxy
            fetch(page, address, authority, through_proxy=True)
        assert len(key_pin(authority)) == 44


def test_a_page_without_an_account_is_told() -> None:
    accounts = Accounts()
    account = Page(b"x")
    accounts.emit(PageEvent.of("https://a.example/", account))
    assert accounts.of("https://a.example/") is account
    with pytest.raises(FetchError, match=r"b\.example"):
        accounts.of("https://b.example/")


@pytest.mark.long
def test_the_demonstration_holds() -> None:
    done = run("--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["holds"] is True
    assert [page["name"] for page in told["pages"]] == [page.name for page in PAGES]
    for page in told["pages"]:
        assert page["other_hosts"]["after"] == 0
        assert page["removals"]
        assert all(check["holds"] for check in page["checks"])
        sizes = sum(removal["size"] for removal in page["removals"])
        assert page["bytes"]["before"] - page["bytes"]["after"] == sizes


@pytest.mark.long
def test_its_tables_name_rule_and_line() -> None:
    done = run("--page", "gbk")
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("GBK, as it was", "named-boxes", "generic.yaml:", "Every check holds."):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.long
def test_serving_ends_quietly_on_ctrl_c() -> None:
    with subprocess.Popen(
        [*COMMAND, "--page", "home", "--serve"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as served:
        assert served.stdout is not None
        told = []
        for line in served.stdout:
            told.append(line)
            if "Ctrl-C ends it" in line:
                break
        served.send_signal(signal.SIGINT)
        rest = served.stdout.read()
        assert served.wait(10) == 0
    assert rest.strip() == ""
    folder = next(word for line in told for word in line.split() if word.endswith("mitmproxy-ca-cert.pem"))
    assert not Path(folder).parent.parent.exists()


@pytest.mark.long
def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port))
    assert done.returncode == 1
    assert f"can't listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
