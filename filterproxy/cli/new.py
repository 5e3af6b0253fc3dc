"""`filterproxy new`: a starter rule file for one site."""

from pathlib import Path

import click

from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.hosts import normalise_site
from filterproxy.ruleset.sources import user_rules_path
from filterproxy.ruleset.starter import starter_file


@click.command()
@click.argument("site")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help='Where to write it; "-" is standard output. Default: your own rules directory.',
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
def new(site: str, output: Path | None, force: bool) -> None:
    """Write a commented starter rule file for SITE.

    It goes into your own rules directory, where `filterproxy run` finds it. It changes nothing yet
    but for one rule, which takes the sections under the usual headings of recommendation lists.

    \b
    filterproxy new example-news.com
    filterproxy new example-news.com -o my-rules/example-news.com.yaml
    filterproxy new example-news.com -o -
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    try:
        host = normalise_site(site)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="SITE") from error
    text = starter_file(host, site)
    if str(output) == "-":
        click.echo(text, nl=False)
        return
    path = output or user_rules_path() / "sites" / _file_name(host)
    _write(path, text, force=force)
    compiled = compile_file(text.encode(), path=str(path), name=path.stem)
    rules = len(compiled.file.rules) if compiled.file else 0
    click.echo(f"wrote {path} ({rules} rule for {site})")
    click.echo("next:")
    click.echo(f"  edit it, then       filterproxy check {_quoted(path)}")
    click.echo("  see what applies    filterproxy explain " + f"https://{_for_url(host)}/")
    if output is None:
        click.echo("  a running proxy takes it over by itself when you save")
    else:
        click.echo(f"  use it with         filterproxy run --rules {_quoted(path.parent)}")
    if host == "*":
        click.echo("  it works on sites that have rules of their own; with --scope all, on every site")


def _file_name(host: str) -> str:
    name = "every-site" if host == "*" else host.strip("[]").replace(":", "-")
    return f"{name}.yaml"


def _for_url(host: str) -> str:
    return "www.example.com" if host == "*" else host


def _quoted(path: Path) -> str:
    text = str(path)
    return f'"{text}"' if " " in text else text


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write the file, whole or not at all, over another only where asked to."""
    if path.exists() and not force:
        raise click.ClickException(f"{path} is there already; --force overwrites it")
    draft = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
