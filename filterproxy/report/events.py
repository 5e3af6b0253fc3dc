"""What happened, as frozen values: everything the proxy does or leaves undone has a kind here."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from filterproxy.errors import SkipReason
from filterproxy.rewrite.result import Page


class Kind(StrEnum):
    """The kinds of events. The same words stand in the JSON output and in the statistics."""

    PAGE_REWRITTEN = "page-rewritten"
    PAGE_UNCHANGED = "page-unchanged"  # read and matched, nothing to take
    PAGE_SKIPPED = "page-skipped"  # passed as it came, for a `SkipReason`
    HOST_TUNNELLED = "host-tunnelled"  # a TLS connection handed through unread
    CERTIFICATE_REFUSED = "certificate-refused"  # a client did not take our certificate
    CA_NOT_TRUSTED = "ca-not-trusted"  # and none ever has: the CA isn't installed yet
    HOST_PASSED_THROUGH = "host-passed-through"  # so often that the host is handed through for a while
    UPSTREAM_REFUSED = "upstream-refused"  # a server whose TLS we did not take
    RULES_LOADED = "rules-loaded"
    RULES_RELOADED = "rules-reloaded"
    RULES_BROKEN = "rules-broken"  # on reload: the last good ones stay
    WRITE_FAILED = "write-failed"  # a ledger or recording that can't be written
    LISTENING = "listening"  # the proxy's own address; the detail is the path of its CA's certificate
    NO_ANSWER = "no-answer"  # an exchange that ended before its answer did, by whoever's fault
    RECORDING_BROKEN = "recording-broken"  # a part of a recording to be replayed that can't be read
    INTERNAL = "internal"  # an error of ours; traffic went on unfiltered


@dataclass(frozen=True, slots=True)
class PageEvent:
    """One response that was, or might have been, a page.

    Attributes:
        url: as the browser asked for it, query included; redact it before it is shown.
        page: the account, or None where the body was never read.
        skipped: why it passed as it came; `page.skipped` where there is a page.
        size: bytes of the page as it came, decoded where it was decoded; 0 where unread.
        detail: particulars in words.
    """

    kind: Kind
    url: str
    page: Page | None = None
    skipped: SkipReason | None = None
    size: int = 0
    detail: str = ""

    @classmethod
    def of(cls, url: str, page: Page) -> "PageEvent":
        """The event a finished page makes."""
        if page.skipped is not None:
            kind = Kind.PAGE_SKIPPED
        else:
            kind = Kind.PAGE_REWRITTEN if page.removals else Kind.PAGE_UNCHANGED
        return cls(kind, url, page, page.skipped, len(page.body), page.detail)


@dataclass(frozen=True, slots=True)
class HostEvent:
    """Something about a host as a whole. `host` is as the client named it, without port."""

    kind: Kind
    host: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RulesEvent:
    """Rules that were loaded, or could not be. Counts are 0 for rules that could not."""

    kind: Kind
    files: int = 0
    sites: int = 0
    rules: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TroubleEvent:
    """Something that went wrong beside the traffic. `what` names the thing, `detail` the fault."""

    kind: Kind
    what: str
    detail: str = ""


Event = PageEvent | HostEvent | RulesEvent | TroubleEvent


class EventSink(Protocol):
    """Where events go. `emit` may be called from any thread, must not block and should not raise."""

    def emit(self, event: Event) -> None:
        """Take one event."""


class Fanout:
    """Hands each event to every sink; a sink that raises loses that event, the others don't.

    Attributes:
        lost: events that a sink raised on.
    """

    def __init__(self, sinks: Iterable[EventSink]) -> None:
        self._sinks = tuple(sinks)
        self.lost = 0

    def emit(self, event: Event) -> None:
        """Hand it on."""
        for sink in self._sinks:
            try:
                sink.emit(event)
            except Exception:  # noqa: BLE001 - reporting must never hurt browsing
                self.lost += 1
