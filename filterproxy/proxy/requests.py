"""Requests: which are never sent and what stands in for them, and what goes of those that are."""

import datetime as dt
from dataclasses import dataclass

from mitmproxy.http import Headers, HTTPFlow, Response

from filterproxy.classify.request_type import Purpose, purpose_of
from filterproxy.decide.requests import Decision, FilterLayer, RequestFilter, Verdict
from filterproxy.decide.stand_ins import StandIn, stand_in
from filterproxy.proxy import exchange
from filterproxy.proxy.open_anyway import OpenAnyway
from filterproxy.report.events import EventSink, HostEvent, Kind, RequestEvent
from filterproxy.rewrite.exchange import Part, Strip
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset

_KINDS = {
    Decision.BLOCKED: Kind.REQUEST_BLOCKED,
    Decision.OBSERVED: Kind.REQUEST_OBSERVED,
    Decision.EXCEPTED: Kind.REQUEST_EXCEPTED,
}
_DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class _Made:
    """The filter, and what it was made of."""

    ruleset: Ruleset
    lists: FilterLayer | None
    day: dt.date
    filter: RequestFilter


class RequestSide:
    """What becomes of requests, by the rules and lists in force.

    Args:
        rewriter: has the rules.
        off_categories: categories that are switched off.
        sink: where events go.
        lists: the subscribed lists' layer; may be replaced while the proxy runs.
    """

    def __init__(
        self,
        rewriter: Rewriter,
        off_categories: frozenset[str],
        sink: EventSink,
        lists: FilterLayer | None = None,
    ) -> None:
        self.lists = lists
        self._rewriter = rewriter
        self._off = off_categories
        self._sink = sink
        self._opened = OpenAnyway()
        self._made: _Made | None = None

    @property
    def filter(self) -> RequestFilter:
        """Made anew, in milliseconds, where the rules, the lists or the day (exceptions end) are others."""
        ruleset, today = self._rewriter.ruleset, dt.datetime.now(tz=dt.UTC).date()
        made = self._made
        if made is None or made.ruleset is not ruleset or made.lists is not self.lists or made.day != today:
            found = RequestFilter(ruleset, self._off, self.lists)
            made = self._made = _Made(ruleset, self.lists, today, found)
        return made.filter

    def names(self, host: str) -> bool:
        """Whether a rule is for this host's requests, so that they have to be read."""
        return self.filter.names(host)

    def refuses(self, host: str) -> bool:
        """Whether a connection to this host is not even made; reports it."""
        verdict = None if self._opened.lets(host) else self.filter.refuses(host)
        if verdict is not None:
            self._report(Kind.REQUEST_BLOCKED, f"https://{host}/", "connection", verdict)
        return verdict is not None

    def strip(self, flow: HTTPFlow) -> None:
        """Take from a request what rules take; where its address leads on, answer with where to."""
        url, fields = exchange.url(flow), flow.request.headers.fields
        stripped = self._rewriter.strip_request(url, fields)
        self._told(url, stripped.strips)
        if stripped.target is not None:
            target = stripped.target.encode("ascii", "ignore").decode()
            flow.response = Response.make(302, b"", {"location": target, "cache-control": "no-store"})
            return
        if stripped.fields is not fields:
            flow.request.headers = Headers(exchange.checked(stripped.fields))
        if stripped.url != url:
            flow.request.path = _path_of(stripped.url)

    def strip_answer(self, url: str, response: Response) -> None:
        """Take from an answer's head what rules take. `url`: as it was first asked for."""
        fields = response.headers.fields
        stripped = self._rewriter.strip_answer(url, fields)
        if stripped.fields is not fields:
            response.headers = Headers(exchange.checked(stripped.fields))
        self._told(url, stripped.strips)

    def block(self, flow: HTTPFlow) -> None:
        """Answer a request that is blocked, or that presses a blocked page's button."""
        request, host, url = flow.request, exchange.host(flow), exchange.url(flow)
        fields = request.headers.fields
        pressed = self._opened.answer(host, request.method, request.path, fields, request.raw_content or b"")
        if pressed is not None:
            flow.response = _response(pressed)
            return
        purpose = purpose_of(request.method, url, fields)
        if any(name.lower() == b"service-worker" for name, _ in fields):
            self._sink.emit(HostEvent(Kind.SERVICE_WORKER, host))
        verdict = self.filter.verdict(url, purpose.source, purpose.kind)
        if verdict is None:
            return
        if verdict.decision is Decision.BLOCKED and self._opened.lets(host):
            self._report(Kind.REQUEST_OPENED, url, purpose.kind, verdict)
            return
        self._report(_KINDS[verdict.decision], url, purpose.kind, verdict)
        if verdict.decision is Decision.BLOCKED:
            flow.response = _response(self._stand_in(flow, purpose, verdict))

    def _stand_in(self, flow: HTTPFlow, purpose: Purpose, verdict: Verdict) -> StandIn:
        request, host = flow.request, exchange.host(flow)
        if purpose.kind == _DOCUMENT and request.method != "OPTIONS":
            return self._opened.page(host, exchange.url(flow), verdict)
        return stand_in(purpose.kind, request.method, host, request.headers.fields, verdict)

    def _report(self, kind: Kind, url: str, what: str, verdict: Verdict) -> None:
        by = (verdict.rule, verdict.source, verdict.category)
        self._sink.emit(RequestEvent(kind, url, what, *by, verdict.exception or verdict.filter))

    def _told(self, url: str, strips: tuple[Strip, ...]) -> None:
        for strip in strips:
            led_on = strip.part is Part.TARGET and not strip.observed
            kind = Kind.REQUEST_REDIRECTED if led_on else Kind.STRIPPED
            by = (strip.rule, strip.source, strip.category)
            self._sink.emit(RequestEvent(kind, url, strip.name, *by, observed=strip.observed))


def _path_of(url: str) -> str:
    """The path and query of a URL, to the letter."""
    return f"/{url.partition('://')[2].partition('/')[2].partition('#')[0]}"


def _response(answer: StandIn) -> Response:
    made = Response.make(answer.status, answer.body)
    made.headers = Headers(exchange.checked(answer.headers))
    return made
