"""What `check` found, for people, for programs and for GitHub: mistakes and notices."""

import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable

from filterproxy.advice.notice import Kind, Level, Notice
from filterproxy.errors import RuleFileError, RulesetError, Source
from filterproxy.report.redact import printable
from filterproxy.ruleset.reader import LINE_END
from filterproxy.ruleset.sources import RuleSource

FORMS = ("text", "json", "github")
LONGEST_LINE = 160  # characters of a source line that are shown
_MOST_NOTES = 5  # of a kind: a folder of a hundred files without tests is one finding


def print_mistakes(error: RulesetError, sources: list[RuleSource], form: str) -> None:
    """Every mistake, in one of `FORMS`."""
    if form == "json":
        problems = [_problem_data(problem) for problem in error.problems]
        print(json.dumps({"ok": False, "problems": problems}, ensure_ascii=False))
        return
    if form == "github":
        for problem in error.problems:
            print(_annotation("error", problem.source, f"{problem.context}: {problem.problem}"))
        return
    lines = _Lines(sources)
    for problem in error.problems:
        print(printable(str(problem)))
        print(lines.shown(problem.source), end="")
    files = len({problem.source.path for problem in error.problems})
    total = len(error.problems)
    noun = "mistake" if total == 1 else "mistakes"
    print(f"{total} {noun} in {files} {'file' if files == 1 else 'files'}", file=sys.stderr)


def print_notices(found: Iterable[Notice], sources: list[RuleSource], form: str, *, strict: bool) -> None:
    """Warnings on standard output with their lines; notes on standard error, the first few of a kind.

    With `strict`, what counts then is told as warnings are.
    """
    lines = _Lines(sources)
    noted: Counter[Kind] = Counter()
    for notice in found:
        loud = notice.level is Level.WARNING or (strict and notice.counts_when_strict)
        level = Level.WARNING if loud else notice.level
        if form == "github":
            word = "warning" if loud else "notice"
            print(_annotation(word, notice.source, f"{notice.context}: {notice.text}"))
        elif loud:
            print(printable(f"{notice.source}: {level}: {notice.context}: {notice.text}"))
            print(lines.shown(notice.source), end="")
        else:
            noted[notice.kind] += 1
            if noted[notice.kind] <= _MOST_NOTES:
                print(
                    printable(f"{notice.source}: {level}: {notice.context}: {notice.text}"), file=sys.stderr
                )
    for kind, count in noted.items():
        if count > _MOST_NOTES:
            print(f"note: {count - _MOST_NOTES} more [{kind}] (--format json has all)", file=sys.stderr)


def notice_data(notice: Notice) -> dict[str, object]:
    """A notice as JSON."""
    return {
        **_place_data(notice.source),
        "level": notice.level,
        "kind": notice.kind,
        "context": notice.context,
        "what": notice.what,
        "instead": notice.instead,
    }


def _problem_data(problem: RuleFileError) -> dict[str, object]:
    return {
        **_place_data(problem.source),
        "kind": type(problem).__name__,
        "context": problem.context,
        "problem": problem.problem,
    }


def _place_data(source: Source) -> dict[str, object]:
    return {"file": source.path, "line": source.line, "column": source.column}


def _annotation(level: str, source: Source, text: str) -> str:
    """A workflow command: `%`, line ends, and in properties `:` and `,` are escaped."""
    path = _escaped(source.path).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} file={path},line={source.line},col={source.column}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


class _Lines:
    """The files' lines, for what is told of one."""

    def __init__(self, sources: Iterable[RuleSource]) -> None:
        self._data = {source.path: source.data for source in sources}
        self._lines: dict[str, list[str]] = {}

    def shown(self, source: Source) -> str:
        """The source line and a caret below the column, where the line is there and says something."""
        lines, line, column = self._of(source.path), source.line, source.column - 1
        if not 0 < line <= len(lines) or not lines[line - 1].strip() or column >= LONGEST_LINE:
            return ""
        text = "".join(c if c.isprintable() else " " for c in lines[line - 1][:LONGEST_LINE])
        return f"    {text}\n    {''.join(map(_blank, text[:column]))}^\n"

    def _of(self, path: str) -> list[str]:
        if path not in self._lines:
            data = self._data.get(path, b"")
            self._lines[path] = LINE_END.split(data.decode("utf-8-sig", "replace"))
        return self._lines[path]


def _blank(char: str) -> str:
    """White space as wide as the character: CJK characters take two columns of a terminal."""
    return "\u3000" if unicodedata.east_asian_width(char) in "WF" else " "
