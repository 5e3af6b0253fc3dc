"""What stands for a URL before any page is seen: files, rules, and why some of them don't apply."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from filterproxy.decide.decider import Address, Ruling, Why
from filterproxy.decide.paths import path_matches
from filterproxy.decide.site_index import SiteIndex, covers
from filterproxy.engine import engine_for
from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.model import Exemption, Rule, RuleFile, Ruleset
from filterproxy.ruleset.sources import RuleSource
from filterproxy.settings import Settings
from filterproxy.settings_file import Categories

REPLACED = "replaced"  # by a later file's rule of the same site and id; the other words are `Why`'s
OTHER_ANSWERS = "other-answers"  # a prune rule that is for JSON from other addresses


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule's standing at the URL: a word of `Why` or of those above, and the particulars."""

    file: RuleFile
    rule: Rule
    standing: str
    why: str = ""
    exemption: Exemption | None = None

    @property
    def applies(self) -> bool:
        """Whether nothing stands against it there."""
        return self.standing == Why.APPLIES

    @property
    def on_pages(self) -> bool:
        """Whether it would be tried on a page from there; others act on requests and answers alone."""
        return self.applies and self.rule.in_pages


@dataclass(frozen=True, slots=True)
class AtUrl:
    """Everything that is known about a URL.

    Attributes:
        url: with its scheme.
        address: its parts that rules look at.
        files: those that cover the host, the nearest domain's first, those for every site last.
        elsewhere: the others.
        standings: every rule of `files`, in their order.
        article: the selector of what must survive, and the file it stands in; None: found by the page.
    """

    url: str
    address: Address
    files: tuple[RuleFile, ...]
    elsewhere: tuple[RuleFile, ...]
    standings: tuple[Standing, ...]
    article: tuple[str, RuleFile] | None


def look_at(
    url: str,
    ruleset: Ruleset,
    settings: Settings,
    sources: Iterable[RuleSource],
    categories: Categories | None = None,
) -> AtUrl:
    """Tell what applies at a URL.

    Args:
        url: with its scheme.
        ruleset: the rules in force.
        settings: with the categories that are off.
        sources: what the ruleset was made of, for rules that were replaced.
        categories: who switched categories off, where that is known.
    """
    address = Address.of(url)
    engine = engine_for(ruleset, settings)
    decider = engine.decider
    files = SiteIndex(ruleset.files).files(address.host)
    pruning = frozenset(rule.name for rule in engine.pruners.rules(url))
    standings = [
        _of_data(_standing(ruling, address, categories or Categories()), pruning)
        for ruling in decider.rulings(url)
    ]
    standings += _replaced(standings, sources, address)
    selector = decider.article(url)
    article = next(((selector, file) for file in files if selector and file.article == selector), None)
    elsewhere = tuple(file for file in ruleset.files if file not in files)
    return AtUrl(url, address, files, elsewhere, tuple(standings), article)


def _of_data(standing: Standing, pruning: frozenset[str]) -> Standing:
    """A prune rule's standing by the answers it is for: for these `pages` don't matter."""
    rule = standing.rule
    if rule.name in pruning:
        return replace(standing, standing=Why.APPLIES, why="")
    if rule.prune is None or rule.in_pages or standing.standing not in {Why.APPLIES, Why.OTHER_PAGES}:
        return standing
    return replace(
        standing, standing=OTHER_ANSWERS, why=f"it is for answers from {', '.join(rule.prune.urls)}"
    )


def _standing(ruling: Ruling, address: Address, categories: Categories) -> Standing:
    file, rule = ruling.file, ruling.rule
    why = ""
    if ruling.why is Why.OTHER_PAGES:
        whole = file.pages and not path_matches(file.pages, address.path, address.query)
        globs = file.pages if whole else rule.pages
        why = f"{'the file' if whole else 'it'} is for the pages {', '.join(globs)}"
    elif ruling.why is Why.CATEGORY_OFF:
        off = f"the category {rule.category} is off{categories.why_off(rule.category)}"
        why = f"{off}; --also {rule.category} switches it on"
    elif ruling.why is Why.MODE_OFF:
        why = "its mode is off"
    elif ruling.exemption is not None:
        why = f"exempted by {ruling.exemption.source}: {ruling.exemption.reason}"
        if ruling.exemption.until:
            why += f" (until {ruling.exemption.until})"
    return Standing(file, rule, ruling.why, why, ruling.exemption)


def _replaced(
    standings: list[Standing], sources: Iterable[RuleSource], address: Address
) -> Iterator[Standing]:
    kept = {standing.rule.source for standing in standings}
    by_id = {standing.rule.id: standing.rule for standing in reversed(standings)}
    for source in sources:
        file = compile_file(source.data, path=source.path, name=source.name).file
        if file is None or not any(covers(site, address.host) for site in file.sites):
            continue
        for rule in file.rules:
            if rule.source not in kept and rule.id in by_id:
                yield Standing(file, rule, REPLACED, f"replaced by {by_id[rule.id].source}")
