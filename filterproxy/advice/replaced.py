"""Rules that a later file replaces: by mistake in one rule directory, on purpose from a later one."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from filterproxy.advice.notice import Kind, Notice
from filterproxy.advice.written import WrittenFile
from filterproxy.ruleset.model import Rule, RuleFile


def replaced_rules(files: Sequence[WrittenFile]) -> Iterator[Notice]:
    """A notice for each rule that another replaces, at the latter. `files`: in the order they are read."""
    last: dict[tuple[str, str], tuple[RuleFile, Rule]] = {}
    told: set[tuple[str, str]] = set()
    for written in files:
        for rule in written.file.rules:
            for site in written.file.sites:
                earlier = last.get((site, rule.id))
                last[site, rule.id] = (written.file, rule)
                pair = (str(earlier[1].source), str(rule.source)) if earlier else ("", "")
                if earlier is not None and pair not in told:
                    told.add(pair)
                    yield _notice(written.file, rule, *earlier, site)


def _notice(file: RuleFile, rule: Rule, before: RuleFile, earlier: Rule, site: str) -> Notice:
    where = "every site" if site == "*" else site
    context = f'rule "{rule.id}"'
    if directory(file) != directory(before):
        return Notice(
            rule.source, Kind.REPLACED, context, f"replaces {earlier.name} ({earlier.source}) on {where}"
        )
    what = f"a rule for {where} has this id already, at {earlier.source}, and is replaced by this one"
    return Notice(rule.source, Kind.SAME_ID, context, what, "give one of them another id")


def directory(file: RuleFile) -> Path:
    """The rule directory that a file was read from; of a file that was given by itself, its folder."""
    return Path(file.path).absolute().parents[file.name.count("/")]
