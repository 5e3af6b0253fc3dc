"""Options that several commands share: which rules, which categories, which URL."""

import functools
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click

from filterproxy.classify.address import page_url
from filterproxy.errors import RulesetError, SettingsError
from filterproxy.report.redact import printable
from filterproxy.ruleset.model import Category, Ruleset
from filterproxy.ruleset.sources import rule_paths
from filterproxy.ruleset.store import load_ruleset
from filterproxy.settings import Settings
from filterproxy.settings_file import Categories, read_settings


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What the user said about rules.

    Attributes:
        paths: files and directories of `--rules`.
        only: the bundled and the user's own rules are left out.
        categories: which are off, by the usual, the user's settings and the options, in this order.
    """

    paths: tuple[Path, ...]
    only: bool
    categories: Categories

    @property
    def off(self) -> frozenset[Category]:
        """Categories that are switched off."""
        return self.categories.off

    def places(self) -> tuple[Path, ...]:
        """Where rules are read from, later ones winning."""
        return self.paths if self.only else rule_paths(self.paths)

    def load(self) -> Ruleset:
        """The rules, compiled; ends the program with 1 and every mistake on standard error."""
        try:
            return load_ruleset(self.places())
        except RulesetError as error:
            refuse_rules(error)

    def settings(self, workers: int = 1) -> Settings:
        """Settings with these categories off."""
        return Settings(workers=workers, off_categories=frozenset(map(str, self.off)))


def refuse_rules(error: RulesetError) -> NoReturn:
    """Print every mistake as `file:line:column: what was being read: what is wrong`, and end with 1."""
    for problem in error.problems:
        print(printable(str(problem)), file=sys.stderr)
    sys.exit(1)


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--rules`, `--only-rules`, `--without` and `--also`; it gets `choice`, a RuleChoice."""
    names = click.Choice([category.value for category in Category])

    @click.option(
        "--rules",
        multiple=True,
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="More rules: a directory or a file. They win over the bundled ones and your own. Repeatable.",
    )
    @click.option("--only-rules", is_flag=True, help="Use the rules of --rules alone, and no settings.yaml.")
    @click.option(
        "--without",
        multiple=True,
        type=names,
        metavar="CATEGORY",
        help=f"Switch a category off: {', '.join(Category)}. Repeatable.",
    )
    @click.option(
        "--also",
        multiple=True,
        type=names,
        metavar="CATEGORY",
        help="Switch a category on that is off (as `related` is). Repeatable.",
    )
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        rules: tuple[Path, ...],
        only_rules: bool,
        without: tuple[str, ...],
        also: tuple[str, ...],
        **kwargs: Any,
    ) -> Any:
        choice = _choice(rules, without, also, only=only_rules)
        return command(*args, choice=choice, **kwargs)

    return wrapped


def _choice(
    rules: tuple[Path, ...], without: Iterable[str], also: Iterable[str], *, only: bool
) -> RuleChoice:
    if only and not rules:
        raise click.UsageError("--only-rules wants --rules DIR")
    off, on = set(map(Category, without)), set(map(Category, also))
    if both := off & on:
        raise click.UsageError(f"{min(both)} is asked for with --without and with --also")
    try:
        wanted = Categories() if only else read_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    switched = wanted.switched(dict.fromkeys(on, "--also"), dict.fromkeys(off, "--without"))
    return RuleChoice(rules, only, switched)


def as_page_url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A click callback: the value as a URL with its scheme; a wrong one is a usage error."""
    try:
        return None if value is None else page_url(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r}: {error}") from error
