"""`explain` for programs."""

from dataclasses import asdict
from typing import Any

from filterproxy.cli.account import account
from filterproxy.cli.explain_page import OnPage
from filterproxy.cli.explain_url import AtUrl, Standing
from filterproxy.rewrite.diagnosis import Trace
from filterproxy.rewrite.diagnosis_words import no_effect
from filterproxy.rewrite.standing import ElementStanding, Near
from filterproxy.ruleset.model import RuleFile


def explanation(at: AtUrl, on: OnPage | None, *, asked: bool = False) -> dict[str, Any]:
    """All that `explain` found, for `json.dumps`.

    Returns:
        `url`, `host`, `path`; `files` and `other_files` (name, path, sites, pages, article); `article`
        (selector, file) or null; `rules`: rule, category, action, mode, source, standing (applies,
        other-pages, other-answers, category-off, mode-off, exempted, replaced), why, exception (place,
        reason, until) or null. With a page, a rule that applies and is tried on pages has `on_page`:
        no_effect (a `NoEffect`) or null, words, the counts matched (by selector; of a section rule, headings)
        and met (by condition), missing, covered_by, removals, observed, vetoes; and there is `page`: its
        account as of `rewrite --report` with `article_found` (origin, size, blocks, heading, headline) or
        null. Where elements were asked about, there is `elements` (count, told): of each path, excerpt, size,
        fate (a `Fate`), by and vetoes (relation, what was done or refused), near and headings (rule, why),
        story, guard, lists.
    """
    made: dict[str, Any] = {
        "url": at.url,
        "host": at.address.host,
        "path": at.address.path,
        "files": [_file(file) for file in at.files],
        "other_files": [_file(file) for file in at.elsewhere],
        "article": at.article and {"selector": at.article[0], "file": at.article[1].path},
        "rules": [_rule(standing, on) for standing in at.standings],
    }
    if on is not None:
        found = None if on.article is None else asdict(on.article)
        made["page"] = {**account(on.page, on.original), "article_found": found}
        if asked:
            told = [_element(element) for element in on.elements.told]
            made["elements"] = {"count": on.elements.count, "told": told}
    return made


def _element(element: ElementStanding) -> dict[str, Any]:
    return {
        **{name: getattr(element, name) for name in ("path", "excerpt", "size", "fate")},
        "by": [{"relation": relation, **asdict(removal)} for relation, removal in element.by],
        "vetoes": [{"relation": relation, **asdict(veto)} for relation, veto in element.vetoes],
        "near": [_near(near) for near in element.near],
        "headings": [_near(near) for near in element.headings],
        **{name: getattr(element, name) for name in ("story", "guard", "lists")},
    }


def _near(near: Near) -> dict[str, Any]:
    return {"rule": near.rule.name, "source": str(near.rule.source), "why": near.why}


def _file(file: RuleFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "path": file.path,
        "sites": file.sites,
        "pages": file.pages,
        "article": file.article,
    }


def _rule(standing: Standing, on: OnPage | None) -> dict[str, Any]:
    rule, exemption = standing.rule, standing.exemption
    made: dict[str, Any] = {
        "rule": rule.name,
        "category": rule.category,
        "action": rule.action,
        "mode": rule.mode,
        "source": str(rule.source),
        "standing": standing.standing,
        "why": standing.why,
        "exception": exemption
        and {"source": str(exemption.source), "reason": exemption.reason, "until": exemption.until},
    }
    if on is not None and rule.name in on.traces and standing.applies:
        made["on_page"] = _trace(on.traces[rule.name])
    return made


def _trace(trace: Trace) -> dict[str, Any]:
    rule = trace.rule
    selectors = rule.selectors or tuple(strip.selector for strip in rule.strips)
    names = [selector.css for selector in selectors] or ["headings"]
    return {
        "no_effect": trace.no_effect,
        "words": no_effect(trace),
        "matched": dict(zip(names, trace.matched, strict=False)),
        "met": dict(trace.met),
        "missing": trace.missing,
        "covered_by": trace.covered_by,
        "removals": [asdict(removal) for removal in trace.removals],
        "observed": [asdict(removal) for removal in trace.observed],
        "vetoes": [asdict(veto) for veto in trace.vetoes],
    }
