"""`filterproxy rewrite`: saved pages through the proxy's own engine."""

import json
import os
import sys
from pathlib import Path

import click

from filterproxy.cli.account import account
from filterproxy.cli.account_table import print_account
from filterproxy.cli.batch import Folders
from filterproxy.cli.batch_run import Telling, run_batch
from filterproxy.cli.files import STREAM, read_page, write_page
from filterproxy.cli.layout import console
from filterproxy.cli.options import RuleChoice, as_page_url, rule_options
from filterproxy.cli.patience import Pending
from filterproxy.rewriter import Rewriter
from filterproxy.settings import Settings

_MOST_JOBS = Settings().limits.queued // 2  # so that two pages a worker can wait


@click.command()
@click.argument("page", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--url", callback=as_page_url, help="Where the page came from: rules are chosen by it.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help='Where to write the page; "-", which is the default, is standard output.',
)
@click.option("--content-type", metavar="VALUE", help="The page's Content-Type header, if you know it.")
@click.option(
    "--batch", type=click.Path(path_type=Path), metavar="TABLE", help="Filter the pages of a table instead."
)
@click.option("--root", type=click.Path(path_type=Path), help="With --batch: the table's paths start here.")
@click.option("--out", type=click.Path(path_type=Path), help="With --batch: filtered pages go below here.")
@click.option(
    "--jobs",
    type=click.IntRange(1, _MOST_JOBS),
    help="With --batch: pages filtered at once. Default: as many as there are processors.",
)
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="The whole account, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Tell what was done as JSON instead of as a table.")
@click.option("-q", "--quiet", is_flag=True, help="Tell nothing but what went wrong.")
@rule_options
def rewrite(
    *,
    page: Path | None,
    url: str | None,
    output: Path | None,
    content_type: str | None,
    batch: Path | None,
    root: Path | None,
    out: Path | None,
    jobs: int | None,
    report: Path | None,
    as_json: bool,
    quiet: bool,
    choice: RuleChoice,
) -> None:
    """Filter saved pages as the proxy would.

    PAGE is a file, or "-" for standard input; its bytes are those of the answer, decoded of gzip and the
    like. The filtered page goes to standard output or to -o. What was removed by which rule, and what the
    article guard kept, is told on standard error. A page that cannot be filtered comes out as it is, with
    the reason.

    \b
    filterproxy rewrite page.html --url https://example-news.com/a.html -o filtered.html
    curl -s https://example-news.com/ | filterproxy rewrite - --url example-news.com > filtered.html
    filterproxy rewrite page.html --url example-news.com --rules my-rules/ --only-rules --report r.json

    Many pages: TABLE is tab-separated, its first line names the columns. `path` (below --root) and `url`
    must be there, `content_type` may be; other columns are ignored. Where a url is empty or "?", the page
    counts as http://DOMAIN/ with the `domain` column's value, and without one only rules for every site
    apply. Pages keep their paths below --out, unchanged ones too. Broken rows are reported and the others
    go on. The sum is told on standard output.

    \b
    filterproxy rewrite --batch pages.tsv --root saved/ --out filtered/ --report account.jsonl

    --report is one JSON object: outcome (changed, unchanged, skipped), skipped, detail, exact, charset,
    size_before, size_after, seconds, tried, and the lists removals, vetoes and observed. With --batch it is
    one such object a line, in the table's order, with line, path, url and url_given.

    Exit code: 0; 1 when a rule is wrong, something cannot be read or written, or a row is broken; 2 when
    the command itself is wrong.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    telling = Telling(report, as_json, quiet)
    if batch is None:
        _refuse("needs --batch", root=root, out=out, jobs=jobs)
        if page is None or url is None:
            raise click.UsageError("PAGE and --url are wanted, or --batch TABLE")
        _one(page, url, content_type, output or Path(STREAM), choice, telling)
        return
    _refuse("does not go with --batch", PAGE=page, url=url, output=output, content_type=content_type)
    if root is None or out is None:
        raise click.UsageError("--batch wants --root and --out")
    broken = run_batch(batch, Folders(root, out), jobs or _usual_jobs(), choice, telling)
    if broken:
        sys.exit(1)


def _usual_jobs() -> int:
    return min(os.cpu_count() or 1, _MOST_JOBS)


def _refuse(why: str, **given: object) -> None:
    for name, value in given.items():
        if value is not None:
            option = name if name.isupper() else f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{option} {why}")


def _one(
    path: Path, url: str, content_type: str | None, output: Path, choice: RuleChoice, telling: Telling
) -> None:
    ruleset = choice.load()
    body = read_page(path)
    with Rewriter(ruleset, choice.settings()) as rewriter:
        page = Pending(rewriter, body, url, content_type).result()
    write_page(output, page.body)
    told = {"path": str(path), "url": url, **account(page, body)}
    if telling.report is not None:
        write_page(telling.report, (json.dumps(told, indent=2) + "\n").encode())
    if telling.as_json:
        print(json.dumps(told), file=sys.stderr)
    elif not telling.quiet:
        print_account(console(stderr=True), page, body)
