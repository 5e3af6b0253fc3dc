"""`filterproxy compare --json`: what was found as JSON lines."""

import json
import sys
from typing import Any

from filterproxy.recordings.bisect import Bisection
from filterproxy.recordings.compare import PageChange
from filterproxy.recordings.compare_page import Difference
from filterproxy.recordings.compare_rules import RuleChange
from filterproxy.recordings.compare_tally import Tally, Touched
from filterproxy.recordings.entry import Problem
from filterproxy.rewrite.result import Page, Removal, Veto


def write_line(fields: dict[str, Any]) -> None:
    """One object, one line."""
    sys.stdout.write(json.dumps(fields) + "\n")


def page_fields(change: PageChange) -> dict[str, Any]:
    """A changed page."""
    original, before, after = change.sizes
    return {
        "kind": "page",
        "place": change.place,
        "url": change.url,
        "note": change.note,
        "size": original,
        "before": {"size": before, **_page(change.before)},
        "after": {"size": after, **_page(change.after)},
        "differences": [_difference(difference) for difference in change.differences],
        "outline": list(change.outline),
    }


def problem_fields(problem: Problem) -> dict[str, Any]:
    """A part of a recording that could not be read."""
    return {"kind": "problem", "place": problem.place, "what": problem.what}


def rule_fields(touched: Touched) -> dict[str, Any]:
    """A rule and how many pages it changes."""
    change = {"change": None} if touched.change is None else _rule_change(touched.change)
    return {"kind": "rule", "rule": touched.name, **change, "pages": touched.pages}


def sum_fields(tally: Tally) -> dict[str, Any]:
    """Everything in numbers."""
    return {
        "kind": "sum",
        "pages": tally.pages,
        "changed": tally.changed,
        "seen": tally.seen,
        "differences": dict(tally.kinds),
        "bytes_gone": tally.gone,
        "bytes_back": tally.back,
        "others": tally.others,
        "left_out": tally.left_out,
        "unfiltered": dict(tally.unfiltered),
        "noted": tally.noted,
        "problems": len(tally.problems),
    }


def bisection_fields(expected: str, source: str, place: str, found: Bisection) -> dict[str, Any]:
    """What came of the search for what breaks an expectation."""
    return {
        "kind": "expectation",
        "expected": expected,
        "source": source,
        "place": place,
        "outcome": found.outcome,
        "culprit": None if found.culprit is None else _named(found.culprit),
        "others": [_named(change) for change in found.others],
        "changes": found.changes,
        "tries": found.tries,
    }


def _named(change: RuleChange) -> dict[str, Any]:
    return {"rule": change.name, **_rule_change(change)}


def _rule_change(change: RuleChange) -> dict[str, Any]:
    return {
        "change": change.step,
        "before": change.before or None,
        "after": change.after or None,
        "keys": list(change.keys),
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "skipped": page.skipped,
        "detail": page.detail,
        "exact": page.exact,
        "removals": len(page.removals),
        "vetoes": len(page.vetoes),
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "difference": difference.kind,
        "before": _told(difference.before),
        "after": _told(difference.after),
    }


def _told(told: Removal | Veto | None) -> dict[str, Any] | None:
    if told is None:
        return None
    fields = {
        "rule": told.rule,
        "category": told.category,
        "source": told.source,
        "path": told.path,
        "excerpt": told.excerpt,
    }
    if isinstance(told, Removal):
        return {**fields, "action": told.action, "through": told.through, "size": told.size}
    return {**fields, "reason": told.reason, "share": round(told.share, 4)}
