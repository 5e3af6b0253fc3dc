"""What is answered in the place of a blocked request: what breaks the page least.

A script that waits for its tracker gets an empty one, a picture becomes a transparent pixel, a frame an empty
page that says what was blocked. All of it may be read by the page that asked (CORS), so that no error stands
on its console that was not there before.
"""

import html
from dataclasses import dataclass

from filterproxy.classify.fields import HeaderFields, joined
from filterproxy.decide.requests import Verdict

_GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
"""One transparent pixel (GIF89a)."""

_NO_CONTENT = 204
_OK = 200

_BY_TYPE = {
    "script": ("text/javascript; charset=utf-8", b"\n"),
    "stylesheet": ("text/css; charset=utf-8", b"\n"),
    "image": ("image/gif", _GIF),
}

_FRAME = """\
<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>blocked</title>
<style>body{{margin:0;font:12px system-ui,sans-serif;color:#888;background:transparent}}</style>
<p title="{rule}">blocked: {host}</p>
"""


@dataclass(frozen=True, slots=True)
class StandIn:
    """An answer of ours: status, header fields, body."""

    status: int
    headers: HeaderFields
    body: bytes


def stand_in(kind: str, method: str, host: str, request: HeaderFields, verdict: Verdict) -> StandIn:
    """The answer to a blocked request, but for a page's own (`ruleset.network_filters.TYPES`: `document`).

    Args:
        kind: what the request is for.
        method: of the request; OPTIONS is a preflight (Fetch, 3.2.2), which is granted.
        host: that was asked.
        request: its header fields.
        verdict: what blocked it.
    """
    fields = [(b"cache-control", b"no-store"), *_readable(request)]
    if method == "OPTIONS":
        return StandIn(_NO_CONTENT, [*fields, *_granted(request)], b"")
    if kind == "subdocument":
        page = _FRAME.format(host=html.escape(host), rule=html.escape(verdict.rule)).encode()
        return _with_body(fields, "text/html; charset=utf-8", page, method)
    if kind in _BY_TYPE:
        return _with_body(fields, *_BY_TYPE[kind], method)
    return StandIn(_NO_CONTENT, fields, b"")


def _with_body(fields: list[tuple[bytes, bytes]], kind: str, body: bytes, method: str) -> StandIn:
    head = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    return StandIn(_OK, [*head, *fields], b"" if method == "HEAD" else body)


def _readable(request: HeaderFields) -> list[tuple[bytes, bytes]]:
    """The page that asks may read the answer: there is nothing in it."""
    origin = joined(request, b"origin")
    allowed = [(b"cross-origin-resource-policy", b"cross-origin"), (b"timing-allow-origin", b"*")]
    if origin is None or not _is_plain(origin):
        return allowed
    return [
        *allowed,
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"origin"),
    ]


def _granted(request: HeaderFields) -> list[tuple[bytes, bytes]]:
    """What a preflight asks for."""
    granted = []
    for asked, name in (
        (b"access-control-request-method", b"access-control-allow-methods"),
        (b"access-control-request-headers", b"access-control-allow-headers"),
    ):
        value = joined(request, asked)
        if value and _is_plain(value):
            granted.append((name, value.encode()))
    return granted


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable()
