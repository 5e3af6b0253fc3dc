"""The mitmproxy addon: hooks that guard, ask, apply once and report. What they ask lives elsewhere."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from mitmproxy import http, tls
from mitmproxy.proxy import server_hooks

from filterproxy.classify.request import wants_page
from filterproxy.classify.response import admit
from filterproxy.engine import Rewritten
from filterproxy.errors import SkipReason
from filterproxy.proxy.recorder import Recorder
from filterproxy.proxy.scope import Scope
from filterproxy.report.events import EventSink, HostEvent, Kind, PageEvent, TroubleEvent
from filterproxy.rewrite.headers import conditional_headers, not_modified_headers
from filterproxy.rewriter import Rewriter

_ASKED = "filterproxy.asked"  # metadata: the request's headers were prepared for a rewritten page
_REWRITE = "filterproxy.rewrite"  # metadata: the answer is kept back to be rewritten
_NOT_MODIFIED = 304


class FilterAddon:
    """Rewrites pages of hosts in scope, records their answers, hands the rest through.

    Args:
        rewriter: the rules in force, and the workers.
        scope: which hosts are read.
        sink: where events go.
        recorder: keeps original answers, if any.
        upstreams: addresses to connect to in place of some hosts' own; for the demonstration and tests.
    """

    def __init__(
        self,
        rewriter: Rewriter,
        scope: Scope,
        sink: EventSink,
        recorder: Recorder | None = None,
        upstreams: Mapping[str, tuple[str, int]] | None = None,
    ) -> None:
        self._rewriter = rewriter
        self._scope = scope
        self._sink = sink
        self._recorder = recorder
        self._upstreams = dict(upstreams or {})

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Connect where a test or the demonstration wants it."""
        if data.server.address and (there := self._upstreams.get(data.server.address[0])):
            data.server.address = there

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Hand connections through whose host has no rules, by its name (SNI) or else its address."""
        host = data.client_hello.sni or (data.context.server.address or ("",))[0]
        passed = self._scope.passes_through(host)
        if passed or not self._scope.reads(host):
            data.ignore_connection = True
            why = "clients refuse the proxy's certificate there" if passed else ""
            self._sink.emit(HostEvent(Kind.HOST_TUNNELLED, host, why))

    def tls_established_client(self, data: tls.TlsData) -> None:
        """Learn that our certificate is taken."""
        self._scope.accepted(data.conn.sni or "")

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """Learn that it is not, and say so."""
        host, why = data.conn.sni or "", data.conn.error or ""
        if self._scope.refused(host):
            self._sink.emit(HostEvent(Kind.HOST_PASSED_THROUGH, host, f"for ten minutes: {why}"))
        else:
            kind = Kind.CERTIFICATE_REFUSED if self._scope.trusted else Kind.CA_NOT_TRUSTED
            self._sink.emit(HostEvent(kind, host, why))

    def tls_failed_server(self, data: tls.TlsData) -> None:
        """Report an upstream whose certificate did not hold; mitmproxy has refused it already."""
        host = data.conn.sni or str((data.context.server.address or ("",))[0])
        self._sink.emit(HostEvent(Kind.UPSTREAM_REFUSED, host, data.conn.error or ""))

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Ask for a page in a form that can be rewritten."""
        if flow.error or not self._scope.reads(flow.request.pretty_host):
            return
        if wants_page(flow.request.method, flow.request.headers.fields):
            if not self._rewriter.applies(flow.request.pretty_url):
                return
            digest = self._rewriter.ruleset.digest
            fields = conditional_headers(flow.request.headers.fields, digest)
            flow.request.headers = http.Headers(fields)
            flow.metadata[_ASKED] = digest

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Keep a page back to be rewritten; let everything else stream."""
        response = flow.response
        if response is None or flow.error:
            return
        reason = self._reason(flow, response)
        if reason is None:
            flow.metadata[_REWRITE] = True
        elif self._recorder is None or not self._scope.reads(flow.request.pretty_host):
            response.stream = True
        if reason is not None:
            self._sink.emit(PageEvent(Kind.PAGE_SKIPPED, flow.request.pretty_url, None, reason))
        if response.status_code == _NOT_MODIFIED and _ASKED in flow.metadata:
            fields = not_modified_headers(response.headers.fields, flow.metadata[_ASKED])
            response.headers = http.Headers(fields)

    async def response(self, flow: http.HTTPFlow) -> None:
        """Rewrite a page that was kept back: everything is computed, then applied once."""
        response = flow.response
        if response is None or flow.error:
            return
        if self._recorder is not None and self._scope.reads(flow.request.pretty_host):
            self._recorder.keep(flow)
        if _REWRITE not in flow.metadata:
            return
        url, body = flow.request.pretty_url, response.raw_content
        if body is None:  # it grew past the limit while it came, and was streamed on
            self._sink.emit(PageEvent(Kind.PAGE_SKIPPED, url, None, SkipReason.BODY_TOO_LARGE))
            return
        rewritten = await self._rewritten(flow, response, body)
        if rewritten is None:
            return
        if rewritten.body is not body:
            response.headers, response.raw_content = http.Headers(tuple(rewritten.headers)), rewritten.body
        self._sink.emit(PageEvent.of(url, rewritten.page))

    async def _rewritten(self, flow: http.HTTPFlow, response: http.Response, body: bytes) -> Rewritten | None:
        """The rewritten answer; None (and an event) where asking for it failed."""
        try:
            future = self._rewriter.submit_response(
                body,
                response.headers.fields,
                url=flow.request.pretty_url,
                method=flow.request.method,
                status=response.status_code,
            )
            return await asyncio.wrap_future(future)
        except Exception as error:  # noqa: BLE001 - a fault of ours costs the page its filtering, no more
            self._sink.emit(TroubleEvent(Kind.INTERNAL, flow.request.pretty_url, repr(error)))
            return None

    def _reason(self, flow: http.HTTPFlow, response: http.Response) -> SkipReason | None:
        """Why this answer is not to be rewritten, decided by its head."""
        url = flow.request.pretty_url
        host = urlsplit(url).hostname or ""
        if not self._scope.reads(host) or not self._rewriter.applies(url):
            return SkipReason.NO_RULES
        return admit(flow.request.method, response.status_code, response.headers.fields)
