"""Between mitmproxy's flows and the engine's bytes and header fields."""

from mitmproxy.http import Headers, HTTPFlow, Response

from filterproxy.classify.fields import HeaderFields
from filterproxy.engine import Rewritten

_FORBIDDEN = frozenset(b"\r\n\x00")  # RFC 9110, 5.5: what would end or split a field


def host(flow: HTTPFlow) -> str:
    """The host the browser means: the Host field's, else the connection's."""
    return flow.request.pretty_host


def url(flow: HTTPFlow) -> str:
    """The URL as the browser has it, by the Host field."""
    return flow.request.pretty_url


def fields(flow: HTTPFlow) -> HeaderFields:
    """The response's header fields as received; none while there is no response."""
    return flow.response.headers.fields if flow.response else ()


def ends_in_trailers(response: Response) -> bool:
    """Whether an HTTP/1 answer announces trailers (RFC 9110, 6.6.2).

    mitmproxy 12.2 gives up on it at its very end: what was streamed has arrived by then, what was held
    back is lost.
    """
    return "trailer" in response.headers and response.http_version.startswith("HTTP/1")


def checked(headers: HeaderFields) -> HeaderFields:
    """The same fields.

    Raises:
        ValueError: a name or value holds CR, LF or NUL.
    """
    for name, value in headers:
        if _FORBIDDEN & {*name, *value} or not name:
            raise ValueError(f"a header field {name!r} that would not stay one field")
    return headers


def apply(flow: HTTPFlow, response: Response, rewritten: Rewritten) -> None:
    """Put a rewritten page into its response: everything is computed first, then assigned.

    Nothing is touched where headers and body are those that came in. HTTP/2 takes names in lower
    case only (RFC 9113, 8.2.1). Trailers go: they speak of the original body.

    Raises:
        ValueError: a header field that must not be sent; nothing was assigned.
    """
    if rewritten.body is response.raw_content and rewritten.headers is response.headers.fields:
        return
    lower = flow.request.is_http2
    headers = Headers([(n.lower() if lower else n, v) for n, v in checked(rewritten.headers)])
    if response.trailers is not None and rewritten.body is not response.raw_content:
        headers.pop("trailer", None)
        response.trailers = None
    response.headers = headers
    response.raw_content = rewritten.body
