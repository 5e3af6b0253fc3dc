"""The mitmproxy addon: hooks that guard, ask, apply once and report. What they ask lives elsewhere."""

import asyncio

from mitmproxy import http, tls

from filterproxy.classify.request import wants_page
from filterproxy.classify.response import admit
from filterproxy.engine import Rewritten
from filterproxy.errors import SkipReason
from filterproxy.proxy import exchange
from filterproxy.proxy.guarded import guarded
from filterproxy.proxy.recorded import NOT_RECORDED
from filterproxy.proxy.recorder import Recorder
from filterproxy.proxy.scope import Scope
from filterproxy.report.events import Event, EventSink, HostEvent, Kind, PageEvent
from filterproxy.rewrite.headers import conditional_headers, not_modified_headers
from filterproxy.rewriter import Rewriter

_NOT_MODIFIED = 304
_MARGIN = 0.4  # seconds beyond the deadline, for a queue that is full of pages that hang


class FilterAddon:
    """Rewrites pages of hosts in scope, records their answers, hands the rest through.

    Args:
        rewriter: the rules in force, and the workers.
        scope: which hosts are read.
        sink: where events go.
        recorder: keeps original answers, if any.
        deadline: seconds a page may take; a little more, and it goes on as it came.
    """

    def __init__(
        self,
        rewriter: Rewriter,
        scope: Scope,
        sink: EventSink,
        recorder: Recorder | None = None,
        deadline: float = 2.0,
    ) -> None:
        self._rewriter = rewriter
        self._scope = scope
        self._sink = sink
        self._recorder = recorder
        self._patience = deadline + _MARGIN
        self._asked: dict[str, str] = {}  # by flow: the rules' digest its request was prepared for
        self._kept_back: set[str] = set()  # flows whose answers are to be rewritten

    def emit(self, event: Event) -> None:
        """Report something."""
        self._sink.emit(event)

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Read only connections to hosts in scope, by the name asked for (SNI) or the address."""
        address = data.context.server.address
        if address is None:  # TLS to the proxy itself
            return
        data.ignore_connection = True  # unless all that follows holds
        self._read_if_in_scope(data, str(address[0]), data.client_hello.sni or "")

    @guarded
    def _read_if_in_scope(self, data: tls.ClientHelloData, address: str, name: str) -> None:
        # a browser that encrypts its hello (RFC 9849) gives a name that stands for many hosts; it asked
        # us to connect to the one it means, and tries again in the clear when it meets our certificate
        host = name or address
        if self._scope.decrypts(host) or self._scope.decrypts(address):
            data.ignore_connection = False
        else:
            self.emit(HostEvent(Kind.HOST_TUNNELLED, host))

    @guarded
    def tls_failed_client(self, data: tls.TlsData) -> None:
        """A client did not take our certificate."""
        host = data.conn.sni or ""
        self.emit(HostEvent(self._scope.refused(host), host, data.conn.error or ""))

    @guarded
    def tls_failed_server(self, data: tls.TlsData) -> None:
        """Report an upstream whose certificate did not hold; mitmproxy has refused it already."""
        host = data.conn.sni or str((data.context.server.address or ("",))[0])
        self.emit(HostEvent(Kind.UPSTREAM_REFUSED, host, data.conn.error or ""))

    @guarded
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Ask for a page in a form that can be rewritten, and while recording for whole answers."""
        host = exchange.host(flow)
        if flow.client_conn.tls_established:
            self._scope.accepted(flow.client_conn.sni or host)
        if flow.error or not self._scope.covers(host):
            return
        if flow.request.method == "GET":  # not gRPC, which needs it
            flow.request.headers.pop("te", None)  # who does not ask for trailers gets none (RFC 9110, 6.5.1)
        page = wants_page(flow.request.method, flow.request.headers.fields)
        if self._recorder is not None or (page and self._rewriter.applies(exchange.url(flow))):
            digest = self._rewriter.ruleset.digest if page and self._recorder is None else ""
            fields = conditional_headers(flow.request.headers.fields, digest)
            flow.request.headers = http.Headers(fields)
            self._asked[flow.id] = digest

    @guarded
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Keep a page back to be rewritten; let everything else stream."""
        response = flow.response
        if response is None or flow.error:
            return
        covered = self._scope.covers(exchange.host(flow))
        reason = self._reason(flow, response) if covered else SkipReason.NO_RULES
        detail = NOT_RECORDED if NOT_RECORDED in flow.metadata else ""
        if reason is None and exchange.ends_in_trailers(response):
            reason, detail = SkipReason.INTERNAL, "HTTP/1 trailers, which mitmproxy can't read"
        if reason is None:
            self._kept_back.add(flow.id)
            return
        response.stream = self._recorder.listener() if self._recorder is not None and covered else True
        self.emit(PageEvent(Kind.PAGE_SKIPPED, exchange.url(flow), None, reason, detail=detail))
        if response.status_code == _NOT_MODIFIED and (digest := self._asked.get(flow.id)):
            response.headers = http.Headers(not_modified_headers(response.headers.fields, digest))

    @guarded
    async def response(self, flow: http.HTTPFlow) -> None:
        """Rewrite a page that was kept back: everything is computed, then applied once."""
        kept_back = flow.id in self._kept_back
        self._forget(flow)
        response = flow.response
        if response is None or flow.error:
            return
        if self._recorder is not None and self._scope.covers(exchange.host(flow)):
            self._recorder.keep(flow)
        if not kept_back:
            return
        body = response.raw_content
        if body is None or response.stream:  # it grew past the limit while it came, and was streamed on
            self.emit(_skipped(flow, SkipReason.BODY_TOO_LARGE))
            return
        rewritten = await self._rewritten(flow, response, body)
        if rewritten is None:
            self.emit(_skipped(flow, SkipReason.DEADLINE))
            return
        exchange.apply(flow, response, rewritten)
        self.emit(PageEvent.of(exchange.url(flow), rewritten.page))

    @guarded
    def error(self, flow: http.HTTPFlow) -> None:
        """A flow that ended early."""
        self._forget(flow)
        self.emit(HostEvent(Kind.NO_ANSWER, exchange.host(flow), flow.error.msg if flow.error else ""))

    async def _rewritten(self, flow: http.HTTPFlow, response: http.Response, body: bytes) -> Rewritten | None:
        """The rewritten answer, or None where it did not come in time."""
        url, request = exchange.url(flow), flow.request
        future = asyncio.wrap_future(
            self._rewriter.submit_response(
                body, response.headers.fields, url=url, method=request.method, status=response.status_code
            )
        )
        done, _ = await asyncio.wait([future], timeout=self._patience)
        return future.result() if done else None

    def _reason(self, flow: http.HTTPFlow, response: http.Response) -> SkipReason | None:
        """Why this answer is not to be rewritten, decided by its head."""
        if not self._rewriter.applies(exchange.url(flow)):
            return SkipReason.NO_RULES
        return admit(flow.request.method, response.status_code, response.headers.fields)

    def _forget(self, flow: http.HTTPFlow) -> None:
        self._kept_back.discard(flow.id)
        self._asked.pop(flow.id, None)


def _skipped(flow: http.HTTPFlow, reason: SkipReason) -> PageEvent:
    return PageEvent(Kind.PAGE_SKIPPED, exchange.url(flow), None, reason)
