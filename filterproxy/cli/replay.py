"""`filterproxy replay`: recorded pages through the engine, and the rule files' tests."""

import sys
from pathlib import Path

import click

from filterproxy.cli.jobs import JobChoice, job_options
from filterproxy.cli.options import RuleChoice, rule_options


@click.command()
@click.argument("recordings", metavar="[RECORDING]...", nargs=-1, type=click.Path(path_type=Path))
@rule_options
@job_options
@click.option("--only", metavar="URL-GLOB", help='Only pages with such an address; "*" is anything.')
@click.option("--proxy", is_flag=True, help="Send the pages through a real proxy too, and compare.")
@click.option(
    "--snapshot",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Hold each page's account against the reviewed one in this folder.",
)
@click.option("--update", is_flag=True, help="Write the snapshots anew instead of telling what differs.")
@click.option("--all", "everything", is_flag=True, help="List every page, not the first 40.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@click.option(
    "--junit",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the results of the tests for a CI system.",
)
@click.option("--quiet", is_flag=True, help="Tell nothing but what is wrong.")
def replay(
    *,
    recordings: tuple[Path, ...],
    only: str | None,
    proxy: bool,
    snapshot: Path | None,
    update: bool,
    everything: bool,
    as_json: bool,
    junit: Path | None,
    quiet: bool,
    choice: RuleChoice,
    work: JobChoice,
) -> None:
    """Replay recorded pages through the engine the proxy uses, and run the tests of the rule files.

    Without RECORDING, every test of the rules in force is run on the recording it names. With RECORDING
    (mitmproxy flows, HAR, WARC, or a folder of pages with its table), every page of it is replayed, and the
    tests that name it are run. Of each failure it is told which rule did it and where that is written, the
    node, and what the rules changed of the page's text. What is wrong with a recording is told; the rest of
    it is done.

    \b
    filterproxy replay
    filterproxy replay visit.mitm --only '*/article/*'
    filterproxy replay --rules my-rules/ --only-rules --junit results.xml
    filterproxy replay visit.mitm --snapshot snapshots/ --update
    filterproxy replay visit.mitm --proxy

    --snapshot and --proxy without RECORDING: the recordings that tests name. A snapshot is a text file a
    page with what which rule removed; a change is shown as a diff and is a failure, until --update accepts
    it. --proxy fetches each page over a real socket, with TLS, through a proxy that answers from the
    recording: bytes and account must be those of the engine.

    --json prints one object a line. "kind" is "page" (place, url, outcome, skipped, size, taken, exact,
    removals, sizes, vetoes and observed by rule, seconds, note), "test" (source, recording, url, passed,
    place, note, seconds, failures: key, wanted, what, source, path, rule; diff), "problem" (place, what),
    "snapshot" (name, state, diff), "proxy" (place, url, what), and last "sum" (pages, changed, unchanged,
    skipped by reason, removals by rule, taken, tests, failed, elsewhere, problems, seconds, interrupted).

    Exit code: 0; 1 when a test fails, a snapshot or the proxy differs, a rule is wrong, or a recording can't
    be used; 2 when the command itself is wrong; 130 when Ctrl-C ended it, with the sum so far.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    from filterproxy.cli.replay_report import Telling  # noqa: PLC0415 - --help is quick without
    from filterproxy.cli.replay_run import Replaying  # noqa: PLC0415 - the same

    if update and snapshot is None:
        raise click.UsageError("--update is for --snapshot")
    if as_json and quiet:
        raise click.UsageError("--json and --quiet do not go together")
    telling = Telling(as_json=as_json, quiet=quiet, everything=everything, junit=junit, update=update)
    replaying = Replaying(choice.load(), choice.settings(), work, telling, only)
    tests = replaying.choose(recordings)
    if not recordings and (snapshot is not None or proxy):
        recordings = replaying.named(tests)
    sys.exit(replaying.run(recordings, tests, snapshot=snapshot, proxy=proxy))
