"""A draft that does what it says: written, run on its page, and less what came to nothing there."""

from dataclasses import dataclass, replace

from filterproxy.draft.file import Draft, PageTestDraft, draft_text, rule_id
from filterproxy.draft.finding import Certainty, find_candidates
from filterproxy.draft.story import story_of
from filterproxy.engine import rewrite_page
from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.result import Page
from filterproxy.ruleset.compiler import compile_file
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


@dataclass(frozen=True, slots=True)
class SourcePage:
    """What a draft is made from. `recording`: as a rule file is to name it, or None."""

    body: bytes
    url: str
    content_type: str | None = None
    recording: str | None = None


class UnreadableError(ValueError):
    """Why a page can't be drafted from, in words."""


def make_draft(
    page: SourcePage, site: str, shown: str, ruleset: Ruleset, settings: Settings
) -> tuple[str, Draft]:
    """A rule file for the page's site that passes `check`, and whose rules all take something of the page.

    Args:
        page: the page.
        site: the host name, normalised.
        shown: the site as the user wrote it.
        ruleset: the rules in force without the draft.
        settings: limits, guard, categories that are off.

    Raises:
        UnreadableError: the page is skipped, or can't be decoded.
    """
    before = _rewritten(page, ruleset, settings)
    charset = sniff(page.body, page.content_type).charset
    if before.skipped is not None or charset is None:
        reason = before.skipped or "unknown-charset"
        raise UnreadableError(f"{reason}{f': {before.detail}' if before.detail else ''}")
    document = Document(charset.decode(page.body))
    article = find_article(document, None, settings.guard)
    rules = {rule.name: rule for file in ruleset.files for rule in file.rules}
    everywhere = frozenset(rule.name for file in ruleset.files if file.sites == ("*",) for rule in file.rules)
    found = find_candidates(document, article, before.removals, rules, everywhere)
    test = None if page.recording is None else PageTestDraft(page.recording, page.url)
    draft = Draft(site, shown, page.url, story_of(document, article, settings.guard), found, test)
    return _proven(draft, page, ruleset, settings)


def _proven(draft: Draft, page: SourcePage, ruleset: Ruleset, settings: Settings) -> tuple[str, Draft]:
    """The draft less rules that the guard refuses or that take nothing; with the counts of its test."""
    while True:  # fewer candidates each time
        after = _rewritten(page, _with(draft, ruleset), settings)
        counts: dict[str, int] = {}
        for removal in after.removals:
            file, _, name = removal.rule.rpartition("/")
            if file == _NAME:
                counts[name] = counts.get(name, 0) + 1
        refused = {veto.path for veto in after.vetoes if veto.rule.startswith(f"{_NAME}/")}
        kept = tuple(
            one
            for one in draft.found.candidates
            if one.certainty is Certainty.NAME or (rule_id(one) in counts and refused.isdisjoint(one.paths))
        )
        if len(kept) == len(draft.found.candidates):
            draft = replace(draft, test=draft.test and replace(draft.test, count=tuple(counts.items())))
            return draft_text(draft), draft
        draft = replace(draft, found=replace(draft.found, candidates=kept))


_NAME = "draft of a rule file"  # no file that is read has such a name


def _with(draft: Draft, ruleset: Ruleset) -> Ruleset:
    compiled = compile_file(draft_text(draft).encode(), path=_NAME, name=_NAME)
    assert compiled.file is not None, compiled.problems  # noqa: S101 - what is drafted passes check
    return Ruleset((*ruleset.files, compiled.file), ruleset.exemptions, f"{ruleset.digest}+")


def _rewritten(page: SourcePage, ruleset: Ruleset, settings: Settings) -> Page:
    return rewrite_page(
        page.body, url=page.url, content_type=page.content_type, ruleset=ruleset, settings=settings
    )
