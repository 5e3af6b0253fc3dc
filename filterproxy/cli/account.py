"""The account of a page as JSON: what `rewrite --report`, `rewrite --json` and `explain --json` write."""

from dataclasses import asdict
from enum import StrEnum
from typing import Any

from filterproxy.rewrite.result import Page


class Outcome(StrEnum):
    """What became of a page."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"  # read and matched, nothing to take
    SKIPPED = "skipped"  # passed as it came, for a SkipReason
    BROKEN = "broken"  # of a batch: the row or its file cannot be used


def outcome_of(page: Page, original: bytes) -> Outcome:
    """What became of a page that came in as `original`."""
    if page.skipped is not None:
        return Outcome.SKIPPED
    return Outcome.UNCHANGED if page.body is original else Outcome.CHANGED


def account(page: Page, original: bytes) -> dict[str, Any]:
    """The whole account of one page, for `json.dumps`.

    Returns:
        `outcome` (an `Outcome`), `skipped` (a `SkipReason` or null), `detail` (of a skip or of a page that
        is not exact, in words), `exact`, `charset` (WHATWG name or null), `size_before` and `size_after`
        (bytes), `seconds`, `tried` (rules whose tokens stood in the page), and lists: `removals` and
        `observed` (rule, category, source, path, excerpt, size, action, through, entry: see `Removal`),
        `vetoes` (rule, category, source, path, excerpt, reason, share: see `Veto`).
    """
    return {
        "outcome": outcome_of(page, original),
        "skipped": page.skipped,
        "detail": page.detail,
        "exact": page.exact,
        "charset": page.charset,
        "size_before": len(original),
        "size_after": len(page.body),
        "seconds": round(page.seconds, 6),
        "tried": page.tried,
        "removals": [asdict(removal) for removal in page.removals],
        "vetoes": [asdict(veto) for veto in page.vetoes],
        "observed": [asdict(removal) for removal in page.observed],
    }
