"""`filterproxy explain`: which rules apply to a URL and why, and what they do on a page."""

import json
from pathlib import Path

import click

from filterproxy.cli.explain_json import explanation
from filterproxy.cli.explain_page import examine
from filterproxy.cli.explain_text import print_article, print_others, print_page, print_rules, print_url
from filterproxy.cli.explain_url import look_at
from filterproxy.cli.files import read_page
from filterproxy.cli.layout import console
from filterproxy.cli.options import RuleChoice, as_page_url, refuse_rules, rule_options
from filterproxy.errors import RulesetError
from filterproxy.ruleset.sources import read_sources
from filterproxy.ruleset.store import build_ruleset


@click.command()
@click.argument("url", callback=as_page_url)
@click.option(
    "--page",
    type=click.Path(path_type=Path, allow_dash=True),
    help='A page from there: a file, or "-" for standard input.',
)
@click.option("--content-type", metavar="VALUE", help="The page's Content-Type header, if you know it.")
@click.option("--all", "everything", is_flag=True, help="Name the rule files of other sites too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@rule_options
def explain(
    *,
    url: str,
    page: Path | None,
    content_type: str | None,
    everything: bool,
    as_json: bool,
    choice: RuleChoice,
) -> None:
    """Say which rule files and rules apply to URL and why, and which don't and why not.

    A URL without a scheme is taken as https. With a page, it is also said what each rule matched and
    removed there, what the article guard kept and why, where the article was found, and of a rule that did
    nothing the reason: a word it needs is not in the page, its selectors match nothing, a condition is not
    met. Nothing is fetched.

    \b
    filterproxy explain example-news.com/article/1.html
    filterproxy explain example-news.com --page saved.html
    filterproxy explain example-news.com --page saved.html --rules my-rules/ --json

    Exit code: 0; 1 when a rule is wrong or the page cannot be read; 2 when the command itself is wrong.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    if content_type is not None and page is None:
        raise click.UsageError("--content-type is for --page")
    sources, unread = read_sources(choice.places())
    try:
        ruleset = build_ruleset(sources, unread)
    except RulesetError as error:
        refuse_rules(error)
    settings = choice.settings()
    at = look_at(url, ruleset, settings, sources, choice.categories)
    on = None
    if page is not None:
        on = examine(read_page(page), content_type, at, ruleset, settings)
    if as_json:
        print(json.dumps(explanation(at, on), indent=2))
        return
    out = console()
    print_url(out, at, elsewhere=everything)
    if at.files:
        print_article(out, at, on)
    if on is None or page is None:
        print_rules(out, at)
    else:
        print_page(out, at, on, page)
    print_others(out, at)
