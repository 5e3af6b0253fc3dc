"""The mitmproxy addon: hooks that guard, ask, apply once and report. What they ask lives elsewhere."""

import asyncio

from mitmproxy import http, tls

from filterproxy.classify.request import wants_page
from filterproxy.classify.request_type import purpose_of
from filterproxy.decide.answers import FETCHED
from filterproxy.engine import Rewritten
from filterproxy.errors import SkipReason
from filterproxy.proxy import exchange
from filterproxy.proxy.alerts import refused_certificate
from filterproxy.proxy.guarded import guarded
from filterproxy.proxy.recorded import NOT_RECORDED
from filterproxy.proxy.recorder import Recorder
from filterproxy.proxy.requests import RequestSide
from filterproxy.proxy.scope import Reach, Scope
from filterproxy.report.events import Event, EventSink, HostEvent, Kind, PageEvent
from filterproxy.rewrite.headers import conditional_headers, decodable_headers, not_modified_headers
from filterproxy.rewriter import Rewriter

_NOT_MODIFIED = 304
_CLOSED = "connection closed"  # what mitmproxy says of a connection that ended within the handshake
_MARGIN = 0.4  # seconds beyond the deadline, for a queue that is full of pages that hang


class FilterAddon:
    """Rewrites pages of hosts in scope, records their answers, hands the rest through.

    Args:
        rewriter: the rules in force, and the workers.
        scope: which hosts are read.
        sink: where events go.
        requests: what becomes of requests.
        recorder: keeps original answers, if any.
        deadline: seconds a page may take; a little more, and it goes on as it came.
    """

    def __init__(  # noqa: PLR0913 - it asks that many
        self,
        rewriter: Rewriter,
        scope: Scope,
        sink: EventSink,
        requests: RequestSide,
        *,
        recorder: Recorder | None = None,
        deadline: float = 2.0,
    ) -> None:
        self._rewriter = rewriter
        self._scope = scope
        self._sink = sink
        self._requests = requests
        self._recorder = recorder
        self._patience = deadline + _MARGIN
        self._asked: dict[str, str] = {}  # by flow: the rules' digest its request was prepared for
        self._kept_back: dict[str, str] = {}  # flows whose answers are to be rewritten: what they are for
        self._received: dict[str, http.Headers] = {}  # by flow, while recording: its answer's as they came
        self._first: dict[str, str] = {}  # by flow: the URL as it was first asked for

    @property
    def requests(self) -> RequestSide:
        """What becomes of requests."""
        return self._requests

    def emit(self, event: Event) -> None:
        """Report something."""
        self._sink.emit(event)

    @guarded
    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse a host that is blocked as a whole; wait with one that some requests may never reach."""
        host = flow.request.host
        if self._scope.excludes(host):
            return
        has_pages = self._scope.reach is Reach.ALL or self._rewriter.has_rules(host)
        if not has_pages and self._requests.refuses(host):
            flow.response = http.Response.make(403, b"blocked by filterproxy")
        elif self._requests.names(host):
            flow.response = http.Response.make(200)  # not connected to before something is asked of it

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
        excluded = self._scope.excludes(host) or self._scope.excludes(address)
        if not excluded and (self._scope.decrypts(host) or self._scope.decrypts(address)):
            data.ignore_connection = False
            data.establish_server_tls_first &= not self._requests.names(host)
        else:
            self.emit(HostEvent(Kind.HOST_TUNNELLED, host))

    @guarded
    def tls_failed_client(self, data: tls.TlsData) -> None:
        """A client did not take our certificate, or went away before it was asked."""
        host = data.conn.sni or _named(data)
        kind = self._scope.refused(host) if refused_certificate(data) else Kind.HANDSHAKE_DROPPED
        self.emit(HostEvent(kind, host, data.conn.error or ""))

    @guarded
    def tls_failed_server(self, data: tls.TlsData) -> None:
        """Report an upstream whose certificate did not hold; mitmproxy has refused it already."""
        address, error = _named(data), data.conn.error or ""
        host = data.conn.sni or address
        if error == _CLOSED:  # a network that is bad, or a client that went away: nothing is known of it
            self.emit(HostEvent(Kind.NO_ANSWER, host, f"the server ended the TLS handshake: {error}"))
            return
        for name in {host, address}:  # they differ where the hello names a front
            self._scope.mistrusted(name)
        self.emit(HostEvent(Kind.UPSTREAM_REFUSED, host, error))

    @guarded
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Ask for a page in a form that can be rewritten, and while recording for whole answers."""
        host = exchange.host(flow)
        if flow.client_conn.tls_established:
            self._scope.accepted(flow.client_conn.sni or host)
        if flow.error or not self._scope.covers(host):
            return
        self._first[flow.id] = exchange.url(flow)
        self._requests.strip(flow)
        if flow.request.method == "GET":  # not gRPC, which needs it
            flow.request.headers.pop("te", None)  # who does not ask for trailers gets none (RFC 9110, 6.5.1)
        self._prepare(flow)

    def _prepare(self, flow: http.HTTPFlow) -> None:
        """Have it answered in a form that can be rewritten.

        What a rule names is asked for whole and anew; of what a script fetches besides, the most is no
        part of a page, so that only codings that nobody here can read are left out.
        """
        url, fields = exchange.url(flow), flow.request.headers.fields
        applies = self._rewriter.applies(url)
        page = applies and wants_page(flow.request.method, fields)
        if self._recorder is not None:
            prepared = conditional_headers(fields, "")
            self._asked[flow.id] = ""
        elif page or self._rewriter.names_answer(url):
            digest = self._rewriter.ruleset.digest
            prepared = conditional_headers(fields, digest)
            self._asked[flow.id] = digest
        elif applies and self._kind(flow) == FETCHED:
            prepared = decodable_headers(fields)
        else:
            return
        flow.request.headers = http.Headers(prepared)

    @guarded
    def request(self, flow: http.HTTPFlow) -> None:
        """Answer what is blocked."""
        if flow.response is None and not flow.error and self._scope.covers(exchange.host(flow)):
            self._requests.block(flow)

    @guarded
    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Keep a page back to be rewritten; let everything else stream."""
        response = flow.response
        if response is None or flow.error:
            return
        covered = self._scope.covers(exchange.host(flow))
        kind = self._kind(flow)
        if covered:
            self._strip_answer(flow, response)
        reason = self._reason(flow, response, kind) if covered else SkipReason.NO_RULES
        detail = NOT_RECORDED if NOT_RECORDED in flow.metadata else ""
        if reason is None and exchange.ends_in_trailers(response):
            reason, detail = SkipReason.INTERNAL, "HTTP/1 trailers, which mitmproxy can't read"
        if reason is None:
            self._kept_back[flow.id] = kind
            return
        response.stream = self._recorder.listener() if self._recorder is not None and covered else True
        self.emit(PageEvent(Kind.PAGE_SKIPPED, exchange.url(flow), None, reason, detail=detail))
        if response.status_code == _NOT_MODIFIED and (digest := self._asked.get(flow.id)):
            response.headers = http.Headers(not_modified_headers(response.headers.fields, digest))

    @guarded
    async def response(self, flow: http.HTTPFlow) -> None:
        """Rewrite a page that was kept back: everything is computed, then applied once."""
        kind, received = self._kept_back.get(flow.id), self._received.get(flow.id)
        self._forget(flow)
        response = flow.response
        if response is None or flow.error:
            return
        if self._recorder is not None and self._scope.covers(exchange.host(flow)):
            self._recorder.keep(flow, received)
        if kind is not None:
            await self._rewrite(flow, response, kind)

    async def _rewrite(self, flow: http.HTTPFlow, response: http.Response, kind: str) -> None:
        body = response.raw_content
        if body is None or response.stream:  # it grew past the limit while it came, and was streamed on
            self.emit(_skipped(flow, SkipReason.BODY_TOO_LARGE))
            return
        rewritten = await self._rewritten(flow, response, body, kind)
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

    async def _rewritten(
        self, flow: http.HTTPFlow, response: http.Response, body: bytes, kind: str
    ) -> Rewritten | None:
        """The rewritten answer, or None where it did not come in time."""
        url, request = exchange.url(flow), flow.request
        future = asyncio.wrap_future(
            self._rewriter.submit_response(
                body,
                response.headers.fields,
                url=url,
                method=request.method,
                status=response.status_code,
                kind=kind,
            )
        )
        done, _ = await asyncio.wait([future], timeout=self._patience)
        return future.result() if done else None

    def _reason(self, flow: http.HTTPFlow, response: http.Response, kind: str) -> SkipReason | None:
        """Why this answer is not to be rewritten, decided by its head."""
        return self._rewriter.wanted(
            exchange.url(flow),
            response.headers.fields,
            method=flow.request.method,
            status=response.status_code,
            kind=kind,
        ).skipped

    def _strip_answer(self, flow: http.HTTPFlow, response: http.Response) -> None:
        """Take from an answer's head what rules take; a recording keeps it as it was received."""
        if self._recorder is not None:
            self._received[flow.id] = response.headers  # which are replaced, not changed
        self._requests.strip_answer(self._first.get(flow.id, exchange.url(flow)), response)

    def _kind(self, flow: http.HTTPFlow) -> str:
        """What a request is for."""
        request = flow.request
        return purpose_of(request.method, exchange.url(flow), request.headers.fields).kind

    def _forget(self, flow: http.HTTPFlow) -> None:
        self._kept_back.pop(flow.id, None)
        self._first.pop(flow.id, None)
        self._received.pop(flow.id, None)
        self._asked.pop(flow.id, None)


def _named(data: tls.TlsData) -> str:
    """The host that the client asked to be connected to; empty where there is none."""
    return str((data.context.server.address or ("",))[0])


def _skipped(flow: http.HTTPFlow, reason: SkipReason) -> PageEvent:
    return PageEvent(Kind.PAGE_SKIPPED, exchange.url(flow), None, reason)
