"""mitmproxy's flows without their secrets, before they are written."""

from collections import Counter

from mitmproxy.http import Headers, HTTPFlow, Message

from filterproxy.proxy import exchange
from filterproxy.recordings.scrub import Scrubbed, counted, scrub_fields
from filterproxy.recordings.scrub_url import Found, Secret, scrub_target

REQUEST_BODY = "filterproxy.request-body"
"""Key of a flow's metadata: `left out` where the request had one that isn't in the file."""


def scrub_flow(flow: HTTPFlow) -> Counter[Scrubbed]:
    """Scrub a flow in place: URL, header fields, trailers; the body of its request goes.

    Returns what was scrubbed.
    """
    host = exchange.host(flow)
    request = flow.request
    target, found = scrub_target(request.path)
    if found:
        request.path = target
    if "@" in request.authority:  # an absolute form with user info
        request.authority = request.authority.rpartition("@")[2]
        found.append(Found(Secret.USER_INFO))
    for message in (request, flow.response):
        if message is not None:
            found += _scrub_message(message)
    if request.raw_content:
        request.raw_content = b""
        flow.metadata[REQUEST_BODY] = "left out"
        found.append(Found(Secret.BODY))
    return counted(host, found)


def _scrub_message(message: Message) -> list[Found]:
    fields, found = scrub_fields(message.headers.fields)
    if found:
        message.headers = Headers(fields)
    if message.trailers is not None:
        trailers, more = scrub_fields(message.trailers.fields)
        message.trailers = Headers(trailers)
        found += more
    return found
