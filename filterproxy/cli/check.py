"""`filterproxy check`: every mistake of every rule file, with its place, and what its author should hear."""

import datetime as dt
import fnmatch
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from filterproxy.advice.look import notices
from filterproxy.advice.notice import Kind, Level, Notice
from filterproxy.cli.check_report import FORMS, notice_data, print_mistakes, print_notices
from filterproxy.errors import RulesetError
from filterproxy.report.redact import printable
from filterproxy.ruleset.model import Mode, Ruleset
from filterproxy.ruleset.sources import RuleSource, read_sources, rule_paths
from filterproxy.ruleset.store import build_ruleset


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="text",
    show_default=True,
    help="text: for people. json: one object. github: annotations for GitHub Actions.",
)
@click.option(
    "--strict", is_flag=True, help="Exit with 1 on a warning, too, and let notes count as warnings."
)
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    metavar="KIND",
    help="Say nothing of this kind: the word in brackets at the end of a warning. Repeatable.",
)
def check(paths: tuple[Path, ...], form: str, strict: bool, allowed: tuple[str, ...]) -> None:
    """Check rule files and directories, and report every mistake at once.

    Without PATH, the directories in use are checked: the bundled rules and your own. Each mistake is
    one line, `file:line:column: what was being read: what is wrong`.

    Where nothing is wrong, warnings say what may still not be what you mean, and what to write instead:
    names that the site's next build changes, selectors that count places or are met by half a page, parts
    of words ([class*=ad] is in "header"), rules and conditions that come to nothing, a rule that one of the
    same id silently replaces. Notes, on standard error, tell which rules of earlier directories are
    replaced, which site files name no article or have no tests, and which exceptions are idle.

    The exit code is 0 when all is well, 1 when a rule is wrong (with --strict: when there is a warning), 2
    when the command itself is.

    \b
    filterproxy check
    filterproxy check my-rules/ extra.yaml
    filterproxy check --strict --allow wide my-rules/
    filterproxy check --format github rules/
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    sources, unread = read_sources(paths or rule_paths())
    try:
        ruleset = build_ruleset(sources, unread)
    except RulesetError as error:
        print_mistakes(error, sources, form)
        sys.exit(1)
    found = [notice for notice in notices(sources) if notice.kind not in allowed]
    if not sources:
        print("no rule files (.yaml, .yml) here", file=sys.stderr)
    for note in (*_idle_exceptions(ruleset), *_past_exceptions(ruleset)):
        print(printable(note), file=sys.stderr)
    failed = strict and any(notice.counts_when_strict for notice in found)
    _tell(found, _counts(ruleset, sources), sources, form, ok=not failed)
    sys.exit(1 if failed else 0)


def _tell(
    found: list[Notice], counts: dict[str, int], sources: list[RuleSource], form: str, *, ok: bool
) -> None:
    if form == "json":
        told = {"ok": ok, **counts, "problems": [], "notices": [notice_data(notice) for notice in found]}
        print(json.dumps(told, ensure_ascii=False))
        return
    print_notices(found, sources, form, strict=not ok)
    warnings = sum(notice.level is Level.WARNING or not ok for notice in found if notice.counts_when_strict)
    more = f", {warnings} {'warning' if warnings == 1 else 'warnings'}" if warnings else ""
    print(f"{'ok' if ok else 'not ok'}: {_summary(counts)}{more}")


def _idle_exceptions(ruleset: Ruleset) -> Iterator[str]:
    """A note for each exception that names no rule of those checked: a name may have changed."""
    names = [rule.name for file in ruleset.files for rule in file.rules]
    for exemption in ruleset.exemptions if names else ():
        if not fnmatch.filter(names, exemption.rule):
            yield f'{exemption.source}: note: exception "{exemption.rule}" names no rule that was checked'


def _past_exceptions(ruleset: Ruleset) -> Iterator[str]:
    """A note for each exception whose last day is over: its rules are at work again."""
    today = dt.datetime.now().astimezone().date()
    for exemption in ruleset.exemptions:
        if exemption.until is not None and dt.date.fromisoformat(exemption.until) < today:
            yield f'{exemption.source}: note: exception "{exemption.rule}" ended on {exemption.until}'


def _counts(ruleset: Ruleset, sources: list[RuleSource]) -> dict[str, int]:
    rules = [rule for file in ruleset.files for rule in file.rules]
    return {
        "files": len(sources),
        "rules": len(rules),
        "sites": len({site for file in ruleset.files for site in file.sites} - {"*"}),
        "exceptions": len(ruleset.exemptions),
        "observed": sum(rule.mode is Mode.OBSERVE for rule in rules),
        "off": sum(rule.mode is Mode.OFF for rule in rules),
    }


def _summary(counts: dict[str, int]) -> str:
    sites = "every site" if counts["rules"] and not counts["sites"] else _number(counts, "sites")
    text = f"{_number(counts, 'files')}, {_number(counts, 'rules')}, {sites}"
    if counts["exceptions"]:
        text += f", {_number(counts, 'exceptions')}"
    for kind in ("observed", "off"):
        if counts[kind]:
            text += f", {counts[kind]} {kind}"
    return text


def _number(counts: dict[str, int], kind: str) -> str:
    return f"{counts[kind]} {kind if counts[kind] != 1 else kind.removesuffix('s')}"
