"""`filterproxy coverage`: what each rule did on recorded pages."""

import sys
import time
from pathlib import Path

import click

from filterproxy.cli.coverage_report import SORTS, Account, write_csv
from filterproxy.cli.coverage_table import print_table
from filterproxy.cli.jobs import JobChoice, job_options, run_pieces
from filterproxy.cli.options import RuleChoice, rule_options
from filterproxy.recordings.coverage import Coverage, CoverPages
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.spread import Parcel
from filterproxy.recordings.suite import patient
from filterproxy.recordings.verdicts import verdicts
from filterproxy.report.redact import printable

_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


@click.command()
@click.argument(
    "recordings", metavar="RECORDING...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@rule_options
@job_options
@click.option("--all", "everything", is_flag=True, help="List rules that no page was for, too.")
@click.option(
    "--sort",
    type=click.Choice(list(SORTS)),
    default="file",
    show_default=True,
    help="What the table is ordered by: as the rules are written, or by what they did, most first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, every rule in it.")
@click.option(
    "--csv",
    "csv_file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write every rule's counts as a table for a spreadsheet.",
)
@click.option(
    "--fail-under",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Exit with 1 where fewer of the rules in force hit.",
)
def coverage(
    *,
    recordings: tuple[Path, ...],
    everything: bool,
    sort: str,
    as_json: bool,
    csv_file: Path | None,
    fail_under: float | None,
    choice: RuleChoice,
    work: JobChoice,
) -> None:
    """Replay recorded pages and say of each rule what it did there, and what that says of it.

    \b
    filterproxy coverage visit.mitm
    filterproxy coverage archive/*.warc.gz --jobs 8 --sort time
    filterproxy coverage pages/ --rules my-rules/ --only-rules --fail-under 90
    filterproxy coverage crawl.warc.gz --dask tcp://10.0.0.5:8786 --resume

    The verdicts: "hit"; "never hit here": pages it applies to were there; "no recording for this site": none
    was; "shadowed by X": what it asks for, others took each time; "redundant with X": what it took, X would
    have taken too; "cuts too much": the article guard had to stop it, or it took more of a page's text than
    rules of its category do (recommended and clickbait 65 %, related and ad 50 %, promo 10 %, close-ad and
    tracking 2 %); "off": its mode or its category is.

    Coverage is the share of the rules in force that hit. A rule without a recording counts as one that did
    not: nothing shows that it works. To measure your own rules alone, give --only-rules. --fail-under looks
    at this share; the table also says which share of the rules with a recording hit.

    A page has 20 seconds here, so that a busy machine does not decide what hits. What is wrong with a
    recording is told, a line each; the rest is done. Stopped with Ctrl-C, --resume goes on.

    --json: pages, filtered, skipped by reason, others (answers that are no pages), problems (place, what),
    seconds, verdicts (how many rules each), coverage (rules, hit, percent, with_recording,
    percent_with_recording), and rules: name, source, category, action, mode, verdict, detail, and the counts.

    Exit code: 0; 1 when coverage is under --fail-under, a rule is wrong, or a recording can't be used; 2 when
    the command itself is wrong; 130 when Ctrl-C ended it.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    ruleset, settings = choice.load(), patient(choice.settings())
    counts, problems, began = Coverage(), [], time.perf_counter()
    try:
        for outcome in run_pieces(
            work, Parcel(ruleset, settings, CoverPages()), recordings, title="coverage"
        ):
            found = [outcome] if isinstance(outcome, Problem) else outcome.result.problems
            for problem in found:
                print(printable(str(problem)), file=sys.stderr)
            problems += found
            if not isinstance(outcome, Problem):
                counts.add(outcome.result)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    judged = verdicts(counts, ruleset, settings.off_categories)
    account = Account(counts, judged, tuple(problems), time.perf_counter() - began)
    if csv_file is not None:
        write_csv(csv_file, account)
    if as_json:
        account.print_json()
    else:
        print_table(account, sort, everything=everything)
    sys.exit(_code(account, fail_under))


def _code(account: Account, fail_under: float | None) -> int:
    if fail_under is not None and account.percent < fail_under:
        print(f"coverage {account.percent:.1f} % is under {fail_under:g} %", file=sys.stderr)
        return 1
    return 1 if account.problems else 0
