"""`filterproxy new --from`: the draft written, and what is in it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from filterproxy.cli.new_file import file_name, quoted, refuse_existing, write_rules
from filterproxy.cli.new_page import Taken, Wish, host_of, take_page
from filterproxy.cli.options import refuse_rules
from filterproxy.draft.file import Draft, rules_of
from filterproxy.draft.finding import Certainty
from filterproxy.draft.make import UnreadableError, make_draft
from filterproxy.errors import RulesetError, SettingsError
from filterproxy.report.redact import printable
from filterproxy.ruleset.hosts import normalise_site
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import read_sources, rule_paths, user_rules_path
from filterproxy.ruleset.store import build_ruleset
from filterproxy.settings import Settings
from filterproxy.settings_file import read_settings

_STREAM = "-"


def draft_from(wish: Wish, shown: str | None, output: Path | None, *, force: bool) -> None:
    """Draft a rule file from a page and write it; what is in it is told.

    Args:
        wish: the page.
        shown: the site as the user wrote it, or None: that of the page.
        output: where to, or None: the user's rules.
        force: over a file that is there.

    Raises:
        click.ClickException: (exit code 1) no page, or it can't be filtered or written.
    """
    if output is not None and str(output) != _STREAM:
        refuse_existing(output, force=force)
    taken = take_page(wish)
    host = wish.site or normalise_site(_site_of(host_of(taken.page.url)))
    path = output or user_rules_path() / "sites" / file_name(host)
    streamed = str(output) == _STREAM
    if not streamed:
        refuse_existing(path, force=force)
    name = None if taken.recording is None else _as_named(taken.recording, None if streamed else path)
    page = replace(taken.page, recording=name)
    try:
        settings = Settings(off_categories=frozenset(map(str, read_settings().off)))
        text, draft = make_draft(page, host, shown or host, _others(path), settings)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    except UnreadableError as error:
        raise click.ClickException(f"{wish.origin}: the page is not filtered: {error}") from error
    if streamed:
        click.echo(text, nl=False)
    else:
        write_rules(path, text, force=force)
    for line in _told(draft, taken, None if streamed else path):
        click.echo(printable(line), err=streamed)


def _site_of(host: str) -> str:
    """The host without its www., where more than one name is left."""
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


def _others(path: Path) -> Ruleset:
    """The rules in force but for those of the file that is to be written."""
    sources, unread = read_sources(rule_paths())
    try:
        return build_ruleset([one for one in sources if not _same(Path(one.path), path)], unread)
    except RulesetError as error:
        refuse_rules(error)


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _as_named(recording: Path, path: Path | None) -> str | None:
    """The recording as a rule file there names it: see `recordings.located`. None: no test would find it."""
    for folder in _folders(path):
        try:
            return recording.resolve().relative_to(folder.resolve()).as_posix()
        except ValueError:
            continue
    return None


def _folders(path: Path | None) -> Iterator[Path]:
    if path is not None:
        directory = path.parent.parent if path.parent.name == "sites" else path.parent
        yield from (path.parent, directory, directory.parent)
    yield Path()


def _told(draft: Draft, taken: Taken, path: Path | None) -> Iterator[str]:
    if taken.said:
        yield taken.said
    rules = rules_of(draft.found)
    perhaps = [name for name, of in rules.items() if of[0].certainty is Certainty.NAME]
    acting = len(rules) - len(perhaps)
    where = f"wrote {path}: " if path is not None else ""
    yield f"{where}{_many(acting, 'rule')} for {draft.site}, drafted from {draft.url}"
    if draft.story.selector is not None:
        yield f"  the story        {draft.story.selector}   ({draft.story.size:,} characters of sentences)"
    else:
        yield (
            "  the story        has no name that lasts"
            if draft.story.size
            else "  the story        none found"
        )
    if perhaps:
        yield f"  to be looked at  {', '.join(perhaps)}: in the file as comments"
    if draft.found.nameless:
        yield f"  without a name   {_many(len(draft.found.nameless), 'block')} that rules for every site find"
    if taken.recording is not None and draft.test is None:
        yield f"  no test          {taken.recording} lies where no test of the file would look for it"
    if path is not None:
        yield "next:"
        yield f"  edit it, then       filterproxy check {quoted(path)}"
        yield f"  see what it takes   filterproxy explain {draft.url} --page FILE"
        if draft.test is not None:
            yield f"  run its test        filterproxy replay --rules {quoted(path.parent)}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
