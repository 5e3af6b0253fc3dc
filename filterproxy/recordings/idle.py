"""Why a rule took nothing from a recorded page, in words."""

from filterproxy.decide.decider import Ruling, Why
from filterproxy.engine import engine_for
from filterproxy.recordings.replayer import Replayed
from filterproxy.recordings.seen import charset_of
from filterproxy.rewrite.article import find_article
from filterproxy.rewrite.diagnosis import Diagnosis
from filterproxy.rewrite.diagnosis_words import no_effect
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.nesting import nests_deeper
from filterproxy.ruleset.model import Mode, Rule, Ruleset
from filterproxy.settings import Settings


def why_idle(ruling: Ruling, replayed: Replayed, ruleset: Ruleset, settings: Settings) -> str:
    """Why a rule that stands so at the page's URL took nothing from it."""
    rule = ruling.rule
    if ruling.why is not Why.APPLIES:
        return _standing(ruling)
    if rule.mode is Mode.OBSERVE:
        count = sum(removal.rule == rule.name for removal in replayed.page.observed)
        return f"its mode is observe: it would have taken {_elements(count)}"
    return _on_page(rule, replayed, ruleset, settings)


def _standing(ruling: Ruling) -> str:
    rule, exemption = ruling.rule, ruling.exemption
    match ruling.why:
        case Why.OTHER_PAGES:
            globs = rule.pages or ruling.file.pages
            return f"it is for other pages: {', '.join(globs)}"
        case Why.CATEGORY_OFF:
            return f"the category {rule.category} is off"
        case Why.MODE_OFF:
            return "its mode is off"
        case _ if exemption is not None:
            return f"exempted by {exemption.source}: {exemption.reason}"
        case _:
            return ruling.why.value


def _on_page(rule: Rule, replayed: Replayed, ruleset: Ruleset, settings: Settings) -> str:
    """What `explain --page` says of it. The page was rewritten in time, so it can be looked into here."""
    body, url, charset = replayed.original, replayed.entry.url, charset_of(replayed)
    if charset is None or nests_deeper(body, settings.limits.nesting):
        return "the page can't be looked into"
    decider = engine_for(ruleset, settings).decider
    selection = decider.select(url, body, charset.python, ascii_compatible=charset.ascii_compatible)
    document = Document(charset.decode(body))
    try:
        article = find_article(document, decider.article(url), settings.guard)
        trace = Diagnosis(document, replayed.page, selection, article).trace(rule)
    except RecursionError:  # deeper than Python's stack
        return "the page can't be looked into"
    return no_effect(trace) or "what it did is not in the page's account"


def _elements(count: int) -> str:
    return f"{count} {'element' if count == 1 else 'elements'}"
