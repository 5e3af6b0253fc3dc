"""`filterproxy check`: every mistake of every rule file, with its place."""

import datetime as dt
import fnmatch
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from filterproxy.errors import RuleFileError, RulesetError
from filterproxy.ruleset.model import Mode, Ruleset
from filterproxy.ruleset.reader import LINE_END
from filterproxy.ruleset.sources import RuleSource, read_sources, rule_paths
from filterproxy.ruleset.store import build_ruleset

LONGEST_LINE = 160  # characters of a source line that are shown


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="text: for people. json: one object. github: annotations for GitHub Actions.",
)
def check(paths: tuple[Path, ...], form: str) -> None:
    """Check rule files and directories, and report every mistake at once.

    Without PATH, the directories in use are checked: the bundled rules and your own. Each mistake is
    one line, `file:line:column: what was being read: what is wrong`. The exit code is 0 when all is
    well, 1 when a rule is wrong, 2 when the command itself is.

    \b
    filterproxy check
    filterproxy check my-rules/ extra.yaml
    filterproxy check --format github rules/
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    sources, unread = read_sources(paths or rule_paths())
    try:
        ruleset = build_ruleset(sources, unread)
    except RulesetError as error:
        _report(error, sources, form)
        sys.exit(1)
    counts = _counts(ruleset, sources)
    if not sources:
        print("no rule files (.yaml, .yml) here", file=sys.stderr)
    for note in (*_idle_exceptions(ruleset), *_past_exceptions(ruleset)):
        print(note, file=sys.stderr)
    if form == "json":
        print(json.dumps({"ok": True, **counts, "problems": []}))
    else:
        print(_summary(counts))


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
    text = f"ok: {_number(counts, 'files')}, {_number(counts, 'rules')}, {sites}"
    if counts["exceptions"]:
        text += f", {_number(counts, 'exceptions')}"
    for kind in ("observed", "off"):
        if counts[kind]:
            text += f", {counts[kind]} {kind}"
    return text


def _number(counts: dict[str, int], kind: str) -> str:
    return f"{counts[kind]} {kind if counts[kind] != 1 else kind.removesuffix('s')}"


def _report(error: RulesetError, sources: list[RuleSource], form: str) -> None:
    if form == "json":
        print(
            json.dumps({"ok": False, "problems": [_as_data(p) for p in error.problems]}, ensure_ascii=False)
        )
        return
    if form == "github":
        for problem in error.problems:
            print(_annotation(problem))
        return
    lines = {source.path: _lines(source.data) for source in sources}
    for problem in error.problems:
        print(problem)
        print("".join(_shown(problem, lines.get(problem.source.path, []))), end="")
    files = len({problem.source.path for problem in error.problems})
    total = len(error.problems)
    noun = "mistake" if total == 1 else "mistakes"
    print(f"{total} {noun} in {files} {'file' if files == 1 else 'files'}", file=sys.stderr)


def _as_data(problem: RuleFileError) -> dict[str, object]:
    source = problem.source
    return {
        "file": source.path,
        "line": source.line,
        "column": source.column,
        "kind": type(problem).__name__,
        "context": problem.context,
        "problem": problem.problem,
    }


def _annotation(problem: RuleFileError) -> str:
    """A workflow command: `%`, line ends, and in properties `:` and `,` are escaped."""
    source = problem.source
    path = _escaped(source.path).replace(":", "%3A").replace(",", "%2C")
    text = _escaped(f"{problem.context}: {problem.problem}")
    return f"::error file={path},line={source.line},col={source.column}::{text}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _lines(data: bytes) -> list[str]:
    return LINE_END.split(data.decode("utf-8-sig", "replace"))


def _shown(problem: RuleFileError, lines: list[str]) -> Iterable[str]:
    """The source line and a caret below the column, where the line is there and says something."""
    line, column = problem.source.line, problem.source.column - 1
    if not 0 < line <= len(lines) or not lines[line - 1].strip() or column >= LONGEST_LINE:
        return
    text = "".join(c if c.isprintable() else " " for c in lines[line - 1][:LONGEST_LINE])
    yield f"    {text}\n"
    yield f"    {''.join(_blank(c) for c in text[:column])}^\n"


def _blank(char: str) -> str:
    """White space as wide as the character: CJK characters take two columns of a terminal."""
    return "\u3000" if unicodedata.east_asian_width(char) in "WF" else " "
