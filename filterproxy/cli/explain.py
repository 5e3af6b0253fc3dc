"""`filterproxy explain`: which rules apply to a URL and why, and what they do on a page."""

import json
import sys
from pathlib import Path

import click

from filterproxy.classify.address import page_url
from filterproxy.cli.explain_at import Asked, as_selector
from filterproxy.cli.explain_elements import print_elements
from filterproxy.cli.explain_json import explanation
from filterproxy.cli.explain_page import OnPage, examine
from filterproxy.cli.explain_text import print_article, print_others, print_page, print_rules, print_url
from filterproxy.cli.explain_url import AtUrl, look_at
from filterproxy.cli.files import read_page
from filterproxy.cli.layout import console
from filterproxy.cli.options import RuleChoice, as_page_url, refuse_rules, rule_options
from filterproxy.cli.own_address import own_address
from filterproxy.errors import RulesetError
from filterproxy.report.redact import printable
from filterproxy.ruleset.sources import read_sources
from filterproxy.ruleset.store import build_ruleset


@click.command()
@click.argument("address", metavar="URL|PAGE")
@click.option(
    "--page",
    type=click.Path(path_type=Path, allow_dash=True),
    help='A page from there: a file, or "-" for standard input.',
)
@click.option("--url", callback=as_page_url, help="With PAGE: where it came from, if it does not say so.")
@click.option(
    "--at",
    metavar="CSS",
    callback=as_selector,
    help="With a page: say of the elements that this selector means why they stay or go.",
)
@click.option("--text", metavar="TEXT", help="The same of the smallest elements that hold this text.")
@click.option("--content-type", metavar="VALUE", help="The page's Content-Type header, if you know it.")
@click.option("--all", "everything", is_flag=True, help="Name the rule files of other sites too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@rule_options
def explain(
    *,
    address: str,
    page: Path | None,
    url: str | None,
    at: str | None,
    text: str | None,
    content_type: str | None,
    everything: bool,
    as_json: bool,
    choice: RuleChoice,
) -> None:
    """Say which rule files and rules apply to URL and why, and which don't and why not.

    A URL without a scheme is taken as https. With a page, it is also said what each rule matched and
    removed there, what the article guard kept and why, where the article was found, and of a rule that did
    nothing the reason: a word it needs is not in the page, its selectors match nothing, a condition is not
    met. Nothing is fetched. PAGE alone will do where it says its address (a canonical link), or --url does.

    With --at or --text, the answer is about elements: whether each stays or goes, by which rule, with what;
    which rules came near it and what they miss; where it stands to the story, and what the article guard
    would say of its removal; why the search for lists of other stories took it or passed it over.

    \b
    filterproxy explain example-news.com/article/1.html
    filterproxy explain example-news.com --page saved.html
    filterproxy explain example-news.com --page saved.html --rules my-rules/ --json
    filterproxy explain saved.html --at .sidebar
    filterproxy explain saved.html --url example-news.com --text 猜你喜欢

    Exit code: 0; 1 when a rule is wrong, the page cannot be read, or no element of it is what is asked about;
    2 when the command itself is wrong.
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    asked = Asked(at, text or None)
    page, body, where = _page(address, page, url, content_type)
    if page is None and (content_type is not None or asked):
        raise click.UsageError("--content-type, --at and --text are for a page")
    sources, unread = read_sources(choice.places())
    try:
        ruleset = build_ruleset(sources, unread)
    except RulesetError as error:
        refuse_rules(error)
    settings = choice.settings()
    known = look_at(where, ruleset, settings, sources, choice.categories)
    on = None if body is None else examine(body, content_type, known, ruleset, settings, asked)
    if as_json:
        print(json.dumps(explanation(known, on, asked=bool(asked)), indent=2))
    else:
        _print(known, on, page, asked, everything=everything)
    if asked and on is not None and not on.elements.count:
        looked = on.page.skipped is None and on.traces
        why = f"no element of the page {asked}" if looked else "the page was not looked into"
        print(printable(why), file=sys.stderr)
        sys.exit(1)


def _page(
    address: str, page: Path | None, url: str | None, content_type: str | None
) -> tuple[Path | None, bytes | None, str]:
    """The page's path and bytes, where there is one, and the URL; `address` may be either."""
    if page is None and "://" not in address and Path(address).is_file():
        page = Path(address)
        body = read_page(page)
        where = url or own_address(body, content_type)
        if where is None:
            raise click.UsageError(f"{address} does not say its address: say --url")
        return page, body, where
    if url is not None:
        raise click.UsageError("--url is for a page that is named alone; URL says where one is from")
    try:
        where = page_url(address)
    except ValueError as error:
        raise click.BadParameter(f"{address!r}: {error}", param_hint="URL") from error
    return page, None if page is None else read_page(page), where


def _print(known: AtUrl, on: OnPage | None, page: Path | None, asked: Asked, *, everything: bool) -> None:
    out = console()
    print_url(out, known, elsewhere=everything, files=not asked)
    if known.files:
        print_article(out, known, on)
    if on is None or page is None:
        print_rules(out, known)
    elif asked and on.page.skipped is None:
        print_elements(out, on.elements, asked)
        return
    else:
        print_page(out, known, on, page)
    print_others(out, known)
