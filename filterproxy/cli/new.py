"""`filterproxy new`: a starter rule file for one site, or one drafted from a page of it."""

from pathlib import Path

import click

from filterproxy.cli.new_file import file_name, quoted, write_rules
from filterproxy.cli.options import as_page_url
from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.hosts import normalise_site
from filterproxy.ruleset.sources import user_rules_path
from filterproxy.ruleset.starter import starter_file


@click.command()
@click.argument("site", required=False)
@click.option(
    "--from",
    "origin",
    metavar="PAGE",
    help="Draft it from a page of the site: a saved page, a recording (mitmproxy flows, HAR, WARC, a "
    "folder), or a URL, which is fetched.",
)
@click.option(
    "--url",
    callback=as_page_url,
    help="With --from FILE: where the page came from, or which page of a recording.",
)
@click.option(
    "--record",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --from a URL or a saved page: keep it as a recording, which the file's test then names.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help='Where to write it; "-" is standard output. Default: your own rules directory.',
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def new(
    site: str | None,
    origin: str | None,
    url: str | None,
    record: Path | None,
    output: Path | None,
    force: bool,
) -> None:
    """Write a commented starter rule file for SITE, or draft one from a page.

    It goes into your own rules directory, where `filterproxy run` finds it. Without --from it changes
    nothing yet but for one rule, which takes the sections under the usual headings of recommendation lists.

    With --from, the page is filtered by the rules there are. What rules for every site found there by its
    shape or by words gets a rule of its own, with names that last: ids and classes that no build makes anew,
    as short as they can be. Each is commented with what it takes on that page. What is only called like an
    advert stands there as a comment. `article:` names the story, and where the page is in a recording,
    `tests:` holds all that to it. Every rule has been tried on the page: the file
    passes `check` and `replay`.

    \b
    filterproxy new example-news.com
    filterproxy new example-news.com -o my-rules/example-news.com.yaml
    filterproxy new example-news.com --from saved.html --url https://example-news.com/a/1.html
    filterproxy new example-news.com --from visit.mitm -o my-rules/sites/example-news.com.yaml
    filterproxy new --from https://example-news.com/a/1.html --record my-rules/flows/example-news.mitm \\
        -o my-rules/sites/example-news.com.yaml

    Exit code: 0; 1 when the page can't be had or the file not be written; 2 when the command itself is wrong.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    if origin is None:
        if url is not None or record is not None:
            raise click.UsageError("--url and --record are for --from")
        if site is None:
            raise click.UsageError("SITE is wanted, or --from PAGE")
        host = _host(site)
        _start(host, site, output, force=force)
        return
    from filterproxy.cli.new_draft import draft_from  # noqa: PLC0415 - --help is quick without
    from filterproxy.cli.new_page import Wish  # noqa: PLC0415 - the same

    named = None if site is None else _host(site)
    if named == "*":
        raise click.BadParameter("a draft is of one site", param_hint="SITE")
    draft_from(Wish(origin, named, url, record), site, output, force=force)


def _host(site: str) -> str:
    try:
        return normalise_site(site)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SITE") from error


def _start(host: str, site: str, output: Path | None, *, force: bool) -> None:
    text = starter_file(host, site)
    if str(output) == "-":
        click.echo(text, nl=False)
        return
    path = output or user_rules_path() / "sites" / file_name(host)
    write_rules(path, text, force=force)
    compiled = compile_file(text.encode(), path=str(path), name=path.stem)
    rules = len(compiled.file.rules) if compiled.file else 0
    click.echo(f"wrote {path} ({rules} rule for {site})")
    click.echo("next:")
    click.echo(f"  edit it, then       filterproxy check {quoted(path)}")
    click.echo("  see what applies    filterproxy explain " + f"https://{_for_url(host)}/")
    if output is None:
        click.echo("  a running proxy takes it over by itself when you save")
    else:
        click.echo(f"  use it with         filterproxy run --rules {quoted(path.parent)}")
    if host == "*":
        click.echo("  it works on sites that have rules of their own; with --scope all, on every site")


def _for_url(host: str) -> str:
    return "www.example.com" if host == "*" else host
