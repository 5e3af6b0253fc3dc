"""`filterproxy lists`: subscribe to Adblock lists, keep them up to date, see what is used of them."""

import json
import sys
from pathlib import Path

import click

from filterproxy.report.redact import printable
from filterproxy.ruleset.model import Category


@click.group()
def lists() -> None:
    """Adblock lists beside the rules: what they block and hide, `run` takes away too.

    \b
    filterproxy lists add easylist easyprivacy easylist-china
    filterproxy lists update            what is due; `run` does that by itself
    filterproxy lists show              which lists there are
    filterproxy lists show easylist     what of a list can't be used, and why
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap


@lists.command()
@click.argument("addresses", metavar="LIST...", nargs=-1, required=True)
@click.option("--name", help="What to call it; made from the address where not given.")
@click.option(
    "--category",
    type=click.Choice([category.value for category in Category]),
    help="What its filters of elements count as.  [default: ad, of easyprivacy tracking]",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def add(addresses: tuple[str, ...], name: str | None, category: str | None, as_json: bool) -> None:
    """Subscribe to lists: by a short name, an https address, or a file.

    Short names are easylist, easyprivacy and easylist-china. The list is fetched at once; one that
    can't be had is not subscribed to, and the exit code is 1.

    \b
    filterproxy lists add easylist easylist-china
    filterproxy lists add https://example.com/filters.txt --name example
    filterproxy lists add my-filters.txt --category promo
    """  # noqa: D301 - \b is click's mark for a block it must not re-wrap
    from filterproxy.cli.lists_change import subscribe  # noqa: PLC0415 - a network's and an engine's worth of imports

    if name is not None and len(addresses) > 1:
        raise click.UsageError("--name wants one list")
    outcomes = [subscribe(address, name, category) for address in addresses]
    _told(outcomes, as_json=as_json)


@lists.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def remove(names: tuple[str, ...], as_json: bool) -> None:
    """Unsubscribe from lists, and delete their texts."""
    from filterproxy.cli.lists_change import unsubscribe  # noqa: PLC0415 - as above

    _told([unsubscribe(name) for name in names], as_json=as_json)


@lists.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--force", is_flag=True, help="Fetch it whole, and take it however much it shrank.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def update(names: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Ask for newer texts of all lists, or of those named, and compile them.

    A text that is no list, or shrank to less than half, is not taken: the last good one stays, and the
    exit code is 1.
    """
    from filterproxy.cli.lists_change import renew  # noqa: PLC0415 - as above

    _told(renew(names, force=force), as_json=as_json)


@lists.command()
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(name: str | None, as_json: bool) -> None:
    """Which lists there are; of one, what is used, and what can't be: how many lines, why, and examples.

    Those that are known by a short name are shown too, whether subscribed to or not.
    """
    from filterproxy.cli.lists_show import show_all, show_one  # noqa: PLC0415 - as above

    if name is None:
        show_all(as_json=as_json)
    else:
        show_one(name, as_json=as_json)


def _told(outcomes: list[dict[str, str]], *, as_json: bool) -> None:
    """Print what came of each list, compile them, and end with 1 where one came to nothing."""
    from filterproxy.cli.lists_change import compiled  # noqa: PLC0415 - as above

    problem = compiled()
    wrong = [outcome for outcome in outcomes if outcome["what"] in {"failed", "kept", "unknown"}]
    if as_json:
        ok = not wrong and not problem
        print(json.dumps({"ok": ok, "lists": outcomes, "problem": problem}, ensure_ascii=False))
    else:
        for outcome in outcomes:
            detail = f": {outcome['detail']}" if outcome["detail"] else ""
            place = sys.stderr if outcome in wrong else sys.stdout
            print(printable(f"{outcome['name']}: {outcome['what']}{detail}"), file=place)
        if problem:
            print(printable(problem), file=sys.stderr)
    if wrong or problem:
        sys.exit(1)


def as_address(text: str) -> str:
    """A URL as it is, a file by its whole path: the proxy may run elsewhere."""
    return text if "://" in text or text.startswith("file:") else str(Path(text).absolute())
