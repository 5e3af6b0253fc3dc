"""Events as JSON: one object an event, for `run --json` and the ledger."""

import json
from collections.abc import Sequence
from typing import Any

from filterproxy.report.events import (
    Event,
    HostEvent,
    PageEvent,
    RequestEvent,
    RulesEvent,
    TroubleEvent,
)
from filterproxy.report.redact import redact_url
from filterproxy.rewrite.result import Page, Removal, Veto


def as_json(event: Event, *, time: float, query: bool = False) -> str:
    """One line of JSON (RFC 8259), ASCII only, without a line end.

    Args:
        event: what happened.
        time: seconds since the epoch, UTC.
        query: keep the query strings of URLs.
    """
    return json.dumps({"time": round(time, 3), **_fields(event, query=query)}, separators=(",", ":"))


def _fields(event: Event, *, query: bool) -> dict[str, Any]:
    match event:
        case PageEvent():
            return _page_fields(event, query=query)
        case HostEvent():
            return {"kind": event.kind, "host": event.host, "detail": event.detail}
        case RequestEvent():
            return _request_fields(event, query=query)
        case RulesEvent():
            counts = {"files": event.files, "sites": event.sites, "rules": event.rules}
            return {"kind": event.kind, **counts, "problems": list(event.problems)}
        case TroubleEvent():
            return {"kind": event.kind, "what": event.what, "detail": event.detail}


def _request_fields(event: RequestEvent, *, query: bool) -> dict[str, Any]:
    fields = {"kind": event.kind, "url": redact_url(event.url, query=query), "what": event.what}
    by = {"rule": event.rule, "source": event.source, "category": event.category}
    more = {"filter": event.filter} if event.filter else {}
    return {**fields, **by, **more, **({"observed": True} if event.observed else {})}


def _page_fields(event: PageEvent, *, query: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": event.kind, "url": redact_url(event.url, query=query)}
    if event.skipped is not None:
        fields["skipped"] = event.skipped
    if event.detail:
        fields["detail"] = event.detail
    page = event.page
    if page is not None and page.skipped is None:
        fields |= _account(page)
    return fields


def _account(page: Page) -> dict[str, Any]:
    return {
        "size": len(page.body),
        "seconds": round(page.seconds, 6),
        "charset": page.charset,
        "exact": page.exact,
        "tried": page.tried,
        "removals": _removals(page.removals),
        "vetoes": [_veto(veto) for veto in page.vetoes],
        "observed": _removals(page.observed),
    }


def _removals(removals: Sequence[Removal]) -> list[dict[str, Any]]:
    return [
        {
            "rule": removal.rule,
            "category": removal.category,
            "source": removal.source,
            "action": removal.action,
            "path": removal.path,
            "excerpt": removal.excerpt,
            "size": removal.size,
            **({} if removal.through is None else {"through": removal.through}),
            **({"why": removal.why} if removal.why else {}),
        }
        for removal in removals
    ]


def _veto(veto: Veto) -> dict[str, Any]:
    return {
        "rule": veto.rule,
        "category": veto.category,
        "source": veto.source,
        "path": veto.path,
        "excerpt": veto.excerpt,
        "reason": veto.reason,
        "share": round(veto.share, 4),
    }
