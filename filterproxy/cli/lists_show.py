"""What `filterproxy lists show` prints."""

import json
import sys
from typing import Any

from filterproxy.cli.layout import aligned, cell, console
from filterproxy.lists.cache import ListCache
from filterproxy.lists.faults import ListError
from filterproxy.lists.known import KNOWN
from filterproxy.lists.reasons import MEANINGS, Unused
from filterproxy.lists.report import ListReport
from filterproxy.lists.store import ListStore, Subscription
from filterproxy.lists.text import title
from filterproxy.report.redact import printable

_TITLE_IN = 8192  # bytes from a text's start


def show_all(*, as_json: bool) -> None:
    """Every list that is subscribed to, and those known by a short name that aren't."""
    cache = _cache()
    reports = cache.reports()
    rows = [_row(cache.store, item, reports.get(item.name)) for item in cache.store.subscriptions()]
    others = {name: known.about for name, known in KNOWN.items() if name not in {row["name"] for row in rows}}
    if as_json:
        print(json.dumps({"lists": rows, "known": others}, ensure_ascii=False))
        return
    out = console()
    if not rows:
        out.print("no lists")
    head = ("list", "requests", "elements", "not used", "asked for", "problem")
    keys = ("name", "requests", "elements", "unused", "checked", "problem")
    cells = [[cell(_shown(row[key])) for key in keys] for row in rows]
    for line in aligned([[cell(text, "bold") for text in head], *cells]) if rows else ():
        out.print(line)
    for name, about in others.items():
        out.print(cell(f"{name} ({about}): filterproxy lists add {name}"))


def show_one(name: str, *, as_json: bool) -> None:
    """One list's account: what is used, what isn't and why."""
    cache = _cache()
    item = cache.store.get(name)
    if item is None:
        print(printable(f"{name}: no list of this name"), file=sys.stderr)
        sys.exit(1)
    try:
        cache.build()
    except ListError as error:
        print(printable(str(error)), file=sys.stderr)
        sys.exit(1)
    report = cache.reports().get(name)
    row = _row(cache.store, item, report)
    if as_json:
        row["report"] = None if report is None else report.as_json()
        print(json.dumps(row, ensure_ascii=False))
        return
    _print_one(row, report)


def _print_one(row: dict[str, Any], report: ListReport | None) -> None:
    out = console()
    for key in ("name", "title", "address", "category", "checked", "expires", "problem"):
        if row[key]:
            out.print(cell(f"{key}: {_shown(row[key])}"))
    if report is None:
        out.print("nothing of it is compiled")
        return
    out.print(
        cell(
            f"{report.lines:,} lines: {report.requests:,} filters of requests, {report.elements:,} of "
            f"elements, {report.exceptions:,} exceptions, {report.pages:,} pages excepted, "
            f"{report.repeated:,} repeated, {report.comments:,} comments, {report.unused.total():,} not used"
        )
    )
    for reason, count in report.unused.most_common():
        out.print(cell(f"{count:,} {reason}: {MEANINGS[Unused(reason)]}", "bold"))
        for example in report.examples.get(reason, ()):
            detail = f"  ({example.detail})" if example.detail else ""
            out.print(cell(f"    {row['name']}:{example.line}: {example.text}{detail}"))


def _row(store: ListStore, item: Subscription, report: ListReport | None) -> dict[str, Any]:
    state = store.state(item.name)
    path = store.text_path(item.name)
    head = b""
    if state.sha256:
        with path.open("rb") as file:
            head = file.read(_TITLE_IN)
    return {
        "name": item.name,
        "title": title(head),
        "address": item.address,
        "category": str(item.category),
        "checked": state.checked and state.checked.isoformat(timespec="seconds"),
        "expires": f"{state.expires.total_seconds() / 86400:g} days" if state.checked else None,
        "problem": state.problem,
        "requests": None if report is None else report.requests,
        "elements": None if report is None else report.elements,
        "unused": None if report is None else report.unused.total(),
    }


def _shown(value: object) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _cache() -> ListCache:
    """The user's lists; ends the program with 1 where which there are can't be read."""
    store = ListStore()
    try:
        store.subscriptions()
    except ListError as error:
        print(printable(str(error)), file=sys.stderr)
        sys.exit(1)
    return ListCache(store)
