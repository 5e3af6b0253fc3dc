"""What has to be right for the proxy to work, looked at piece by piece. Nothing is changed or contacted."""

import datetime as dt
import os
import shlex
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filterproxy.errors import RulesetError, SettingsError
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.sources import RuleSource
from filterproxy.ruleset.store import build_ruleset, load_ruleset
from filterproxy.settings import Settings
from filterproxy.setup.authority import Authority, default_folder, fingerprint, read_authority, validity
from filterproxy.setup.browsers import Browser
from filterproxy.setup.machine import Looked

_PATIENCE = 3.0  # seconds for a program on this machine to answer
_SOON = dt.timedelta(days=30)  # before its end a CA is worth a word
_SHOWN = 3  # mistakes in rules; `check` shows all
_SLACK = dt.timedelta(days=1)  # a file from the future: time zones and file systems differ by hours


class State(StrEnum):
    """How a piece is."""

    OK = "ok"
    WARN = "warn"  # works, but not as it might be wanted
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of the set-up.

    Attributes:
        piece: which.
        state: how it is.
        detail: what was found.
        remedy: the command that mends it, or what to do; empty where nothing has to be.
    """

    piece: str
    state: State
    detail: str
    remedy: str = ""


def check_rules(places: Iterable[Path]) -> Finding:
    """Whether every rule file can be read."""
    try:
        ruleset = load_ruleset(list(places))
    except RulesetError as error:
        count = len(error.problems)
        first = "; ".join(str(problem) for problem in error.problems[:_SHOWN])
        more = f"; and {count - _SHOWN} more" if count > _SHOWN else ""
        return Finding("rules", State.FAIL, f"{first}{more}", "filterproxy check")
    rules = sum(len(file.rules) for file in ruleset.files)
    sites = len({site for file in ruleset.files for site in file.sites} - {"*"})
    if not rules:
        return Finding("rules", State.WARN, "there are none: nothing is filtered", "filterproxy new SITE")
    return Finding("rules", State.OK, f"{rules} rules for {sites} sites from {len(ruleset.files)} files")


def check_authority(folder: Path, now: dt.datetime) -> tuple[Finding, Authority | None]:
    """Whether the CA is there, whole, private and valid; gives it too, where it can be read."""
    where = "" if folder == default_folder() else f" --confdir {shlex.quote(str(folder))}"
    anew = f"filterproxy ca remove --delete-key{where}, then filterproxy ca install{where}"
    try:
        authority = read_authority(folder)
    except SettingsError as error:
        return Finding("CA", State.FAIL, str(error), anew), None
    if authority is None:
        made = "there is none yet; it is made when it is needed"
        return Finding("CA", State.WARN, f"{folder}: {made}", f"filterproxy ca install{where}"), None
    certificate = authority.certificate
    if invalid := validity(certificate, now):
        if now < certificate.not_valid_before_utc:
            anew = "set this machine's clock, or if it is right: " + anew
        return Finding("CA", State.FAIL, f"{authority.name} is {invalid}", anew), authority
    if os.name == "posix" and authority.key_file.stat().st_mode & 0o077:
        remedy = shlex.join(["chmod", "600", str(authority.key_file)])
        return Finding("CA", State.FAIL, f"others can read its key, {authority.key_file}", remedy), authority
    ends = certificate.not_valid_after_utc
    detail = f"{authority.name}, {fingerprint(certificate)[:23]}…, valid until {ends:%Y-%m-%d}"
    if ends - now < _SOON:
        return Finding("CA", State.WARN, detail, anew), authority
    return Finding("CA", State.OK, detail), authority


def check_trust(looked: Iterable[Looked], authority: Authority | None) -> Iterator[Finding]:
    """Which stores trust the CA, and which hold earlier ones."""
    looked = list(looked)
    yield from (
        Finding(
            "trust", State.WARN, f"{one.store.place}: {one.trouble}", "install it, then filterproxy doctor"
        )
        for one in looked
        if one.trouble
    )
    own = authority.certificate if authority is not None else None
    trusting = [one.store for one in looked if own is not None and one.trusts(own)]
    earlier = [one.store for one in looked if any(held.certificate != own for held in one.held)]
    if earlier:
        places = ", ".join(store.place for store in earlier)
        remedy = "filterproxy ca remove, then filterproxy ca install"
        yield Finding("trust", State.WARN, f"an earlier CA is still in {places}", remedy)
    if trusting:
        yield Finding("trust", State.OK, "; ".join(f"{store.name} ({store.place})" for store in trusting))
    else:
        remedy = "filterproxy ca install; or filterproxy browser, which needs none"
        yield Finding("trust", State.WARN, "no store of this machine trusts the CA", remedy)


def check_clock(now: dt.datetime, files: Iterable[Path]) -> Finding:
    """Whether the clock can be right: it can't where files of ours are from the future.

    A wrong clock makes every certificate fail. How right it is only another machine can say (`--online`).
    """
    future = [path for path in files if path.exists() and _changed(path) > now + _SLACK]
    detail = f"{now:%Y-%m-%d %H:%M} UTC"
    if future:
        detail += f", but {future[0]} was changed on {_changed(future[0]):%Y-%m-%d %H:%M} UTC"
        return Finding("clock", State.FAIL, detail, "set this machine's clock")
    return Finding("clock", State.OK, detail)


def _changed(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def check_port(host: str, port: int) -> Finding:
    """Whether the proxy can listen there, or does already. Asks nothing but the port itself."""
    place = f"{f'[{host}]' if ':' in host else host}:{port}"
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return Finding("port", State.OK, f"{place} is free")
    except OSError as error:
        refusal = error.strerror or str(error)
    other = f"filterproxy run --listen {host}:{port + 1 if port < 65535 else port - 1}"  # noqa: PLR2004 - 16 bits
    if not (answer := _answer(host, port)):
        return Finding("port", State.FAIL, f"{place}: {refusal}", other)
    if b"mitmproxy" in answer or b"filterproxy" in answer:
        return Finding("port", State.OK, f"{place}: a proxy of this kind runs there already")
    return Finding("port", State.FAIL, f"{place}: another program listens there", other)


def _answer(host: str, port: int) -> bytes:
    """The head of what is answered to a request without a host: a proxy of ours can't send it anywhere."""
    try:
        with socket.create_connection((host, port), _PATIENCE) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(4096) or b"-"
    except TimeoutError:
        return b"-"  # it took the connection and says nothing
    except OSError:
        return b""


def check_browsers(found: Iterable[Browser]) -> Finding:
    """Which browsers there are."""
    if paths := [str(browser.path) for browser in found]:
        return Finding("browsers", State.OK, ", ".join(paths))
    remedy = "install Chromium or Firefox; or filterproxy browser --browser-path FILE"
    return Finding("browsers", State.WARN, "none found on the path", remedy)


_SAMPLE = b"""\
version: 1
site: sample.example
rules:
  - {id: banner, category: ad, remove: .banner}
"""


def check_workers() -> Finding:
    """Whether a worker process starts and filters a page."""
    page = "<!DOCTYPE html><title>样</title><p>正文</p><div class=banner>广告</div>".encode()
    ruleset = build_ruleset([RuleSource("sample", "sample", _SAMPLE)])
    with Rewriter(ruleset, Settings(workers=1)) as rewriter:
        if not rewriter.wait_ready(30.0):
            return Finding("workers", State.FAIL, "a worker process does not start within 30 s", _MEMORY)
        done = rewriter.rewrite_page(page, url="https://sample.example/")
    if len(done.removals) == 1:
        return Finding("workers", State.OK, "a worker process filtered a page")
    why = f"{done.skipped}: {done.detail}" if done.skipped else "nothing was removed"
    return Finding("workers", State.FAIL, f"a sample page came back unfiltered: {why}", _MEMORY)


_MEMORY = "see that processes may be started and that 1 GB of memory is free (ulimit -v)"
