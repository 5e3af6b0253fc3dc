"""Which elements of a page `explain` is asked about, and what stands of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from filterproxy.cli.explain_url import AtUrl
from filterproxy.rewrite.article import Article
from filterproxy.rewrite.document import Document, Node, children
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.match import Target
from filterproxy.rewrite.names import Names
from filterproxy.rewrite.result import Page
from filterproxy.rewrite.seeds import Seeds
from filterproxy.rewrite.shapes import related_on
from filterproxy.rewrite.standing import ElementStanding, Standings
from filterproxy.ruleset.css_tokens import SelectorTextError
from filterproxy.ruleset.model import Selection
from filterproxy.ruleset.selectors import parse_selectors
from filterproxy.settings import Settings

MOST = 5  # elements that are told of; the others are counted


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: elements that a selector means, or the smallest that hold a text."""

    css: str | None = None
    text: str | None = None

    def __bool__(self) -> bool:
        return self.css is not None or self.text is not None

    def __str__(self) -> str:
        named = [f"is {self.css}"] * (self.css is not None) + [f"holds “{self.text}”"] * (
            self.text is not None
        )
        return " and ".join(named)


@dataclass(frozen=True, slots=True)
class Elements:
    """Those that were found: what stands of the first few, and how many there are."""

    told: tuple[ElementStanding, ...] = ()
    count: int = 0


def as_selector(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A click callback: the value as a selector list; a wrong one is a usage error."""
    try:
        return value if value is None or parse_selectors(value, structure=True) else None
    except SelectorTextError as error:
        raise click.BadParameter(f"{value!r}: {error}") from error


def look_at_elements(
    document: Document,
    page: Page,
    article: Article | None,
    selection: Selection,
    at: AtUrl,
    settings: Settings,
    asked: Asked,
) -> Elements:
    """What stands of the elements that are asked about, in document order."""
    target = Target(document, Seeds(document), Names(document), selection.texts, url=at.url)
    found = list(_found(document, target.seeds, asked))
    rules = [(standing.rule, standing.why) for standing in at.standings if standing.rule.in_pages]
    kept = related_on(target, selection, article).nodes
    standings = Standings(target, page, article, rules, settings.guard, Located(document), kept)
    return Elements(tuple(map(standings.of, found[:MOST])), len(found))


def _found(document: Document, seeds: Seeds, asked: Asked) -> Iterable[Node]:
    if asked.text is None:
        return document.find(asked.css or "")
    holders = _innermost(document, seeds, asked.text)
    if asked.css is None:
        return holders
    ids = document.ids(asked.css)
    return [node for node in holders if node.mem_id in ids] or [
        node
        for node in document.find(asked.css)
        if any(one.mem_id in {inner.mem_id for inner in node.css("*")} for one in holders)
    ]


def _innermost(document: Document, seeds: Seeds, text: str) -> list[Node]:
    """The elements whose text holds this, white space and case aside, where no child's does."""
    wanted = "".join(text.lower().split())
    ids = {node.mem_id for node in _holding(document, seeds, wanted)}
    return [
        node
        for node in document.find("*")
        if node.mem_id in ids and not any(child.mem_id in ids for child in children(node))
    ]


def _holding(document: Document, seeds: Seeds, wanted: str) -> Iterator[Node]:
    maybe = seeds.holders(frozenset({wanted}))
    for node in document.find("*"):
        if node.mem_id in maybe and wanted in "".join(node.text().lower().split()):
            yield node
