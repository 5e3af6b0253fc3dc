"""`filterproxy doctor`: what is wrong with the set-up, and what mends it."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import click

from filterproxy.cli.options import RuleChoice, as_page_url, rule_options
from filterproxy.cli.run import listen_address
from filterproxy.report.redact import printable
from filterproxy.ruleset.model import Category
from filterproxy.ruleset.sources import rule_paths
from filterproxy.setup.authority import default_folder
from filterproxy.setup.browsers import installed_browsers
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
from filterproxy.setup.machine import look, machine_stores

SAMPLE_URL = "https://example.com/"  # kept by IANA for such uses (RFC 2606)

EXAMPLES = """\b
Examples:
  filterproxy doctor
  filterproxy doctor --listen 127.0.0.1:9090 --rules ./my-rules
  filterproxy doctor --online
  filterproxy doctor https://news.163.com/ --json"""


@click.command(epilog=EXAMPLES)
@click.argument("url", metavar="[URL]", required=False, callback=as_page_url)
@click.option("--online", is_flag=True, help=f"Also ask a server: URL, or {SAMPLE_URL} where none is given.")
@click.option("--listen", default="127.0.0.1:8080", metavar="HOST:PORT", show_default=True,
              help="Where the proxy listens, as said to run.")  # fmt: skip
@click.option("--confdir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where the certificate authority is kept, if not in the usual place.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@rule_options
def doctor(
    url: str | None, online: bool, listen: str, confdir: Path | None, as_json: bool, choice: RuleChoice
) -> None:
    """Look at everything the proxy needs, and say of what is wrong which command mends it.

    Rules, the certificate authority and who trusts it, the clock, the port, browsers, the worker processes.
    Nothing is changed, and nothing outside this machine is contacted unless --online or a URL is given: then
    one server is asked for the head of one page. The exit code is 1 when something fails; warnings are none.
    """
    address = listen_address(listen, allow_lan=True)
    asked = url or (SAMPLE_URL if online else None)
    if asked is not None and urlsplit(asked).scheme != "https":
        raise click.BadParameter("only https tells of certificates", param_hint="URL")
    findings = []
    for finding in _findings(choice, (confdir or default_folder()).absolute(), address, asked):
        findings.append(finding)
        if not as_json:
            _print(finding)
    failed = any(finding.state is State.FAIL for finding in findings)
    if as_json:
        told = {"ok": not failed, "findings": [asdict(finding) for finding in findings]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    sys.exit(1 if failed else 0)


def _findings(
    choice: RuleChoice, folder: Path, address: tuple[str, int], url: str | None
) -> Iterator[Finding]:
    now = dt.datetime.now(dt.UTC)
    yield check_rules(choice.places())
    on = ", ".join(category for category in Category if category not in choice.off) or "none"
    told = f"on: {on}; off: {choice.categories.told()}"
    none = State.WARN if on == "none" else State.OK
    yield Finding("switches", none, told, "" if none is State.OK else "--also CATEGORY switches one on")
    finding, authority = check_authority(folder, now)
    yield finding
    yield from check_trust(look(machine_stores(), authority), authority)
    files = [*(path for place in rule_paths() if place.is_dir() for path in place.rglob("*.yaml"))]
    yield check_clock(now, [*files, *([authority.key_file] if authority is not None else [])])
    yield check_port(*address)
    yield check_browsers(installed_browsers())
    yield check_workers()
    if url is not None:
        from filterproxy.setup.online import check_upstream  # noqa: PLC0415 - TLS is not always wanted

        yield from check_upstream(url, dt.datetime.now(dt.UTC))


def _print(finding: Finding) -> None:
    print(f"{finding.state:<5} {finding.piece:<9} {printable(finding.detail)}")
    if finding.remedy:
        print(f"{'':<15} → {printable(finding.remedy)}")
