"""Rule files, from wherever they come, to one `Ruleset`."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from filterproxy.errors import RuleFileError, RulesetError
from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.model import Exemption, RuleFile, Ruleset
from filterproxy.ruleset.sources import RuleSource, read_sources, rule_paths
from filterproxy.settings import Limits


def load_ruleset(
    paths: Iterable[str | Path] | str | Path | None = None,
    *,
    extra: Iterable[str | Path] = (),
    limits: Limits | None = None,
) -> Ruleset:
    """Read, check and compile rule files, all or nothing.

    Args:
        paths: a file or directory, or several in this order: those alone. None: the bundled rules, then
            the user's (`sources.rule_paths`).
        extra: further files and directories, after those; they win.
        limits: of the reader.

    Returns:
        The rules. Where two files name the same site and the same rule id, the later file's rule
        stands; files of a directory come in the sorted order of their paths.

    Raises:
        RulesetError: with every problem of every file.
    """
    alone = [paths] if isinstance(paths, str | Path) else paths
    places = (*(rule_paths() if alone is None else alone), *extra)
    sources, problems = read_sources(places, limits)
    return build_ruleset(sources, problems, limits)


def build_ruleset(
    sources: Iterable[RuleSource], problems: Iterable[RuleFileError] = (), limits: Limits | None = None
) -> Ruleset:
    """The ruleset of files that are read already.

    Raises:
        RulesetError: with the problems given and those found.
    """
    found = list(problems)
    files: list[RuleFile] = []
    exemptions: list[Exemption] = []
    digest = hashlib.sha256()
    for source in sources:
        compiled = compile_file(source.data, path=source.path, name=source.name, limits=limits)
        found += compiled.problems
        exemptions += compiled.exemptions
        if compiled.file:
            files.append(compiled.file)
        for part in (source.name.encode("utf-8", "surrogateescape"), source.data):
            digest.update(len(part).to_bytes(8, "big") + part)
    if found:
        raise RulesetError(found)
    return Ruleset(_overridden(files), tuple(exemptions), digest.hexdigest())


def _overridden(files: list[RuleFile]) -> tuple[RuleFile, ...]:
    """The files without rules that a later file of the same site replaces, by id."""
    later: dict[str, set[str]] = {}  # site -> ids of the files behind
    kept: list[RuleFile] = []
    for file in reversed(files):
        kept += reversed(_split(file, later))
        for site in file.sites:
            later.setdefault(site, set()).update(rule.id for rule in file.rules)
    return tuple(reversed(kept))


def _split(file: RuleFile, later: dict[str, set[str]]) -> list[RuleFile]:
    """The file, once for each group of its sites that keeps the same rules."""
    ids = {rule.id for rule in file.rules}
    groups: dict[frozenset[str], list[str]] = {}
    for site in file.sites:
        groups.setdefault(frozenset(ids & later.get(site, set())), []).append(site)
    return [
        replace(file, sites=tuple(sites), rules=tuple(rule for rule in file.rules if rule.id not in replaced))
        for replaced, sites in groups.items()
    ]
