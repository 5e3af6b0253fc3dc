"""The two rule sets of `filterproxy compare`."""

import sys
from dataclasses import replace
from pathlib import Path

from filterproxy.errors import RulesetError
from filterproxy.report.redact import printable
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import bundled_rules_path, read_sources
from filterproxy.ruleset.store import build_ruleset


def load_both(before: Path, after: Path, *, with_bundled: bool) -> tuple[Ruleset, Ruleset]:
    """Both sets, compiled; ends the program with 2 and every mistake on standard error.

    Two single files are two versions of one: their rules are named after the second.
    """
    name = after.stem if before.is_file() and after.is_file() else None
    return _load(before, name, with_bundled=with_bundled), _load(after, name, with_bundled=with_bundled)


def _load(path: Path, name: str | None, *, with_bundled: bool) -> Ruleset:
    own, unread = read_sources([path])
    if name is not None:
        own = [replace(source, name=name) for source in own]
    if with_bundled:
        bundled, more = read_sources([bundled_rules_path()])
        own, unread = [*bundled, *own], [*more, *unread]
    try:
        return build_ruleset(own, unread)
    except RulesetError as error:
        for problem in error.problems:
            print(printable(str(problem)), file=sys.stderr)
        sys.exit(2)  # 1 is for rules that are right and differ
