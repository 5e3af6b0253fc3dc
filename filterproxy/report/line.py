"""The line a person reads for an event."""

from collections import Counter

from filterproxy.errors import SkipReason
from filterproxy.report.events import Event, HostEvent, Kind, PageEvent, RulesEvent, TroubleEvent
from filterproxy.report.redact import printable, redact_url
from filterproxy.rewrite.result import Page

ROUTINE = frozenset(
    {
        SkipReason.NO_RULES,
        SkipReason.METHOD,
        SkipReason.STATUS,
        SkipReason.NOT_HTML,
        SkipReason.ATTACHMENT,
        SkipReason.RANGE,
        SkipReason.EVENT_STREAM,
        SkipReason.UPGRADE,
        SkipReason.EMPTY,
        SkipReason.OFF,
    }
)
"""Skips that are no news: what passed was no page to be filtered. Counted, not shown."""

_DETAIL = 200  # characters of a detail that are shown


def line(event: Event, *, query: bool = False) -> str | None:
    """The line for an event, without a line end, or None where nothing is to be said.

    `removed 3 recommended, 1 ad · 41 kB · 6 ms · https://…`: the bytes that went and the time it took.
    Query strings are left out unless `query`. Control and bidirectional characters are escaped.
    """
    match event:
        case PageEvent():
            return _page_line(event, query=query)
        case HostEvent():
            return _host_line(event)
        case RulesEvent():
            return _rules_line(event)
        case TroubleEvent():
            return f"{_TROUBLE.get(event.kind, event.kind)}: {printable(event.what)}{_detail(event.detail)}"


def size(count: int) -> str:
    """A number of bytes for people, in decimal units: `980 B`, `41 kB`, `1.2 MB`."""
    kilo = 1000
    if count < kilo:
        return f"{count} B"
    if count < kilo * kilo:
        return f"{count / kilo:.0f} kB"
    return f"{count / kilo / kilo:.1f} MB"


def counted(page: Page) -> str:
    """What went, by category, most first: `3 recommended, 1 ad`."""
    counts = Counter(removal.category.value for removal in page.removals)
    return ", ".join(f"{count} {category}" for category, count in counts.most_common())


def _page_line(event: PageEvent, *, query: bool) -> str | None:
    url = redact_url(event.url, query=query)
    if event.kind is Kind.PAGE_SKIPPED:
        if event.skipped in ROUTINE:
            return None
        return f"not filtered ({event.skipped}{_detail(event.detail)}) · {url}"
    page = event.page
    if page is None:
        return f"{event.kind} · {url}"
    taken = sum(removal.size for removal in page.removals)
    parts = [f"removed {counted(page)} · {size(taken)}" if page.removals else "nothing to remove"]
    parts.append(f"{page.seconds * 1000:.0f} ms")
    if not page.exact:
        parts.append(f"not exact{_detail(page.detail)}")
    if page.vetoes:
        parts.append(f"{len(page.vetoes)} kept by the article guard")
    if page.observed:
        parts.append(f"{len(page.observed)} observed")
    return " · ".join([*parts, url])


def _host_line(event: HostEvent) -> str | None:
    host = printable(event.host)
    match event.kind:
        case Kind.HOST_TUNNELLED | Kind.LISTENING | Kind.NO_ANSWER:
            return None  # the many: they are counted (the last is a page left while it loaded); the greeting
        case Kind.CA_NOT_TRUSTED:
            return (
                f"{host}: the browser refused the proxy's certificate, and none has accepted it yet: "
                f"trust the CA first{_detail(event.detail)}"
            )
        case Kind.CERTIFICATE_REFUSED:
            return f"{host}: a client refused the proxy's certificate{_detail(event.detail)}"
        case Kind.HOST_PASSED_THROUGH:
            return f"{host}: handed through unfiltered{_detail(event.detail)}"
        case Kind.UPSTREAM_REFUSED:
            return f"{host}: the server's TLS was refused{_detail(event.detail)}"
        case _:
            return f"{host}: {event.kind}{_detail(event.detail)}"


def _rules_line(event: RulesEvent) -> str:
    if event.kind is Kind.RULES_BROKEN:
        return "\n".join(
            ["rules not reloaded, the last good ones stay:", *(f"  {printable(p)}" for p in event.problems)]
        )
    word = "reloaded" if event.kind is Kind.RULES_RELOADED else "loaded"
    rules, sites, files = (_many(*pair) for pair in (
        (event.rules, "rule"), (event.sites, "site"), (event.files, "file")))  # fmt: skip
    return f"rules {word}: {rules} for {sites} from {files}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


_TROUBLE = {
    Kind.WRITE_FAILED: "not written",
    Kind.RECORDING_BROKEN: "recording",
    Kind.INTERNAL: "an error of filterproxy's own",
}


def _detail(text: str) -> str:
    shown = printable(text)
    if len(shown) > _DETAIL:
        shown = shown[: _DETAIL - 1] + "…"
    return f": {shown}" if shown else ""
