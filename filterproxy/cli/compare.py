"""`filterproxy compare`: two rule sets over recordings, and which rule breaks what."""

import sys
from pathlib import Path

import click

from filterproxy.cli.jobs import JobChoice, job_options
from filterproxy.ruleset.model import Category

_CATEGORIES = click.Choice([category.value for category in Category])


@click.command()
@click.argument(
    "recordings", metavar="RECORDING...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--before",
    metavar="RULES",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="The first rules: a directory or a file.",
)
@click.option(
    "--after",
    metavar="RULES",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="The second rules.",
)
@click.option("--with-bundled", is_flag=True, help="Put the bundled rules before both.")
@click.option(
    "--without",
    multiple=True,
    type=_CATEGORIES,
    metavar="CATEGORY",
    help="Switch a category off. Repeatable.",
)
@click.option(
    "--also",
    multiple=True,
    type=_CATEGORIES,
    metavar="CATEGORY",
    help="Switch a category on that is off (as `related` is). Repeatable.",
)
@click.option(
    "--only",
    metavar="URL-GLOB",
    multiple=True,
    help='Only pages with such an address; "*" is anything. Repeatable.',
)
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page (HTML) with both versions side by side.",
)
@click.option(
    "--most",
    type=click.IntRange(0),
    default=50,
    show_default=True,
    metavar="N",
    help="Changed pages that are shown; the others are listed.",
)
@click.option("--bisect", is_flag=True, help="Find the rule that breaks an expectation instead.")
@click.option("--url", metavar="URL", help="--bisect: the page of an expectation given here.")
@click.option("--keeps", multiple=True, metavar="TEXT", help="... keeps this text or selector. Repeatable.")
@click.option("--removes", multiple=True, metavar="RULE", help="... this rule takes something. Repeatable.")
@click.option(
    "--removes-nothing", multiple=True, metavar="RULE", help="... this rule takes nothing. Repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@click.option("--quiet", is_flag=True, help="No bar, and the sum alone.")
@job_options
def compare(
    *,
    recordings: tuple[Path, ...],
    before: Path,
    after: Path,
    with_bundled: bool,
    without: tuple[str, ...],
    also: tuple[str, ...],
    only: tuple[str, ...],
    report: Path | None,
    most: int,
    bisect: bool,
    url: str | None,
    keeps: tuple[str, ...],
    removes: tuple[str, ...],
    removes_nothing: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    work: JobChoice,
) -> None:
    """Say what a change of rules changes on recorded pages: what newly goes and what comes back.

    Each page is filtered under both rule sets. Of each that differs it is told which blocks newly go, come
    back, or still go for another reason, each with the rule, its file and line, the node and the start of
    its text; and how the page's text differs. Then the rules that differ, and how many pages each changes.
    The rules are those of --before and --after alone. Two files are taken for versions of one.

    --report writes one HTML file to be opened in a browser: both versions of each page side by side, what
    goes marked in place. It runs no script of a page and asks the network for nothing.

    --bisect finds the one change that breaks an expectation: one of the `tests` in the rule files, whose
    page is looked for in RECORDING by its address, or one given with --url and --keeps, --removes or
    --removes-nothing. Half of the changes between the rule sets are tried, then half of those, and so on;
    then the change that was found is tried alone.

    \b
    filterproxy compare --before rules.old/ --after rules/ visit.mitm
    filterproxy compare --before old.yaml --after new.yaml --report changes.html pages/
    filterproxy compare --before rules.old/ --after rules/ --bisect visit.mitm
    filterproxy compare --before a/ --after b/ --bisect visit.mitm \\
        --url https://example-news.com/a/1.html --keeps "责任编辑"

    --json prints one object a line. "kind" is "page" (place, url, note, size, before, after, differences,
    outline), "problem" (place, what), "rule" (rule, change, before, after, keys, pages), and last "sum";
    with --bisect "expectation" (expected, source, place, outcome, culprit, others, changes, tries).

    Exit code, as diff has it: 0 where no page changes (with --bisect: nothing breaks), 1 where one does, 2
    when a rule is wrong, something in a recording can't be read, or the command is. What can be read is
    compared all the same.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    from filterproxy.cli.compare_run import Comparing, Wishes  # noqa: PLC0415 - --help is quick without

    expected = (*keeps, *removes, *removes_nothing)
    if (url is not None or expected) and not bisect:
        raise click.UsageError("--url, --keeps, --removes and --removes-nothing are for --bisect")
    if (url is None) != (not expected):
        raise click.UsageError("an expectation wants --url and --keeps, --removes or --removes-nothing")
    if bisect and report is not None:
        raise click.UsageError("--report and --bisect do not go together")
    wishes = Wishes(only, report, most, as_json=as_json, quiet=quiet)
    comparing = Comparing(before, after, _off(without, also), wishes, with_bundled=with_bundled)
    if bisect:
        sys.exit(comparing.bisect(recordings, url, keeps, removes, removes_nothing))
    sys.exit(comparing.run(recordings, work))


def _off(without: tuple[str, ...], also: tuple[str, ...]) -> frozenset[str]:
    """The categories that are off: those that usually are, less `also`, and `without`."""
    from filterproxy.settings import Settings  # noqa: PLC0415 - as above

    if both := set(without) & set(also):
        raise click.UsageError(f"{min(both)} is asked for with --without and with --also")
    return (Settings().off_categories | set(without)) - set(also)
