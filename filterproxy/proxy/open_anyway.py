"""A blocked page that says what blocked it, and a button that opens it all the same for a while.

The button posts a token that only the page itself could read, within minutes, from the host's own origin. No
address can be followed or loaded as a picture to the same effect.
"""

import hmac
import html
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from filterproxy.classify.fields import HeaderFields, joined
from filterproxy.decide.requests import Verdict
from filterproxy.decide.stand_ins import StandIn

PATH = "/.well-known/filterproxy/open-anyway"
_ASKED = 600.0  # seconds in which the button may be pressed
_OPEN = 1800.0  # seconds for which the host is then let through
_MOST = 200  # pages that wait, and hosts that are open; the oldest are forgotten
_LONGEST = 4096  # bytes of a form that is read

_PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Blocked: {host}</title>
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<style>
:root{{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}}
main{{max-width:40rem;margin:12vh auto;padding:0 1.5rem}}
code{{overflow-wrap:anywhere}} dt{{opacity:.7}} dd{{margin:0 0 .6rem}}
button{{font:inherit;padding:.4rem 1rem}}
</style></head><body><main>
<h1>filterproxy blocked this page</h1>
<dl><dt>address</dt><dd><code>{url}</code></dd>
<dt>rule</dt><dd><code>{rule}</code> ({category})</dd>
<dt>written in</dt><dd><code>{source}</code></dd>
<dt>filter</dt><dd><code>{filter}</code></dd></dl>
<form method="post" action="{path}">
<input type="hidden" name="token" value="{token}">
<button>Open anyway, for half an hour</button></form>
</main></body></html>
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    host: str
    url: str
    until: float


class OpenAnyway:
    """Remembers which pages ask, and which hosts are let through. `clock`: seconds that only go forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: OrderedDict[str, _Asked] = OrderedDict()
        self._open: OrderedDict[str, float] = OrderedDict()

    def lets(self, host: str) -> bool:
        """Whether a host is let through now."""
        until = self._open.get(host)
        return until is not None and self._clock() < until

    def page(self, host: str, url: str, verdict: Verdict) -> StandIn:
        """The page in the place of a blocked one: 403, never cached, never framed, no script in it."""
        token = secrets.token_urlsafe(24)
        self._remember(self._asked, token, _Asked(host, url, self._clock() + _ASKED))
        words = {
            "host": host,
            "url": url,
            "rule": verdict.rule,
            "category": verdict.category,
            "source": verdict.source,
            "filter": verdict.filter,
            "path": PATH,
            "token": token,
        }
        body = _PAGE.format_map({name: html.escape(text) for name, text in words.items()}).encode()
        return StandIn(403, [(b"content-type", b"text/html; charset=utf-8"), *_guards(body)], body)

    def answer(self, host: str, method: str, path: str, headers: HeaderFields, body: bytes) -> StandIn | None:
        """What is answered to a press of the button; None where the request is for something else.

        A wrong, old or used token, another origin or another method opens nothing: 403.
        """
        if urlsplit(path).path != PATH:
            return None
        asked = self._press(host, method, headers, body)
        if asked is None:
            refusal = b"This can only be asked for by the page itself, and only for a while.\n"
            return StandIn(403, [(b"content-type", b"text/plain; charset=utf-8"), *_guards(refusal)], refusal)
        self._remember(self._open, host, self._clock() + _OPEN)
        return StandIn(303, [(b"location", asked.url.encode("ascii", "ignore")), *_guards(b"")], b"")

    def _press(self, host: str, method: str, headers: HeaderFields, body: bytes) -> _Asked | None:
        origin = joined(headers, b"origin")
        site = joined(headers, b"sec-fetch-site")
        foreign = origin is None or urlsplit(origin).hostname != host or site not in (None, "same-origin")
        if method != "POST" or foreign or len(body) > _LONGEST:
            return None
        given = parse_qs(body.decode("latin-1")).get("token", [""])[0]
        token = next((known for known in self._asked if hmac.compare_digest(known, given)), None)
        asked = None if token is None else self._asked.pop(token)
        return asked if asked is not None and asked.host == host and self._clock() < asked.until else None

    def _remember[Value](self, table: OrderedDict[str, Value], key: str, value: Value) -> None:
        table[key] = value
        table.move_to_end(key)
        if len(table) > _MOST:
            table.popitem(last=False)


def _guards(body: bytes) -> list[tuple[bytes, bytes]]:
    policy = (
        b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        b"frame-ancestors 'none'; base-uri 'none'"
    )
    return [
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", policy),
        (b"referrer-policy", b"same-origin"),
        (b"x-frame-options", b"DENY"),
        (b"x-content-type-options", b"nosniff"),
    ]
