"""Takes what opens somebody's accounts out of recorded exchanges, and says what it took.

Cookies, authorization, tokens in URLs, bodies of requests: values become `scrubbed`; names, their order
and every other byte stay. A URL is scrubbed alike wherever it stands, so that a replay finds it. What
was scrubbed is the same when it is scrubbed again. The body of an answer is never touched: what a page
says of a reader who is signed in, and what an interface answers him, stays in the recording.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from filterproxy.classify.fields import HeaderFields
from filterproxy.recordings.entry import Entry
from filterproxy.recordings.scrub_url import Found, Secret, scrub_tokens, scrub_url
from filterproxy.recordings.secrets import SCHEMES, STAND_IN, field_is_secret


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """Something that was scrubbed of an exchange with `host`. `name`: as in `Found`."""

    kind: Secret
    host: str
    name: str


def scrub_entry(entry: Entry) -> tuple[Entry, Counter[Scrubbed]]:
    """An exchange without its secrets, and how often what was scrubbed. The same object where nothing was."""
    url, of_url = scrub_url(entry.url)
    request, of_request = scrub_fields(entry.request)
    response, of_response = scrub_fields(entry.response)
    found = [*of_url, *of_request, *of_response]
    if entry.request_body:
        found.append(Found(Secret.BODY))
    if not found:
        return entry, Counter()
    scrubbed = replace(entry, url=url, request=request, response=response, request_body=b"")
    return scrubbed, counted(_host(url), found)


def scrub_fields(fields: HeaderFields) -> tuple[HeaderFields, list[Found]]:
    """Header fields of a request or an answer without their secrets. The same object where there are none.

    Challenges (WWW-Authenticate, Proxy-Authenticate) stay as they are.
    """
    found: list[Found] = []
    scrubbed = tuple((name, _scrub_value(name, value, found)) for name, value in fields)
    return (scrubbed, found) if found else (fields, found)


def counted(host: str, found: Iterable[Found]) -> Counter[Scrubbed]:
    """What was found in an exchange with a host."""
    return Counter(Scrubbed(item.kind, host, item.name) for item in found)


_COOKIES = frozenset({"cookie", "cookie2"})
_SET_COOKIES = frozenset({"set-cookie", "set-cookie2"})
_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_CHALLENGES = frozenset({"www-authenticate", "proxy-authenticate"})
_URLS = frozenset(
    """
    referer location content-location sourcemap x-sourcemap x-pingback x-original-url x-rewrite-url
    x-forwarded-uri ping-from ping-to
    """.split()
)
_ATTRIBUTES = frozenset(  # of cookies: RFC 6265, RFC 2965 and later drafts
    """
    comment commenturl discard domain expires httponly max-age partitioned path port priority samesite
    secure version
    """.split()
)
_REFRESH = re.compile(r"\A[\s\d.]*[;,]?\s*(?:url\s*=\s*)?[\"']?", re.IGNORECASE)  # up to its URL
_LINK = re.compile(r"(?<=<)[^>]*")


def _scrub_value(name: bytes, value: bytes, found: list[Found]) -> bytes:
    field, text = name.decode("latin-1").lower(), value.decode("latin-1")
    if field in _CHALLENGES:
        return value
    if field in _COOKIES:
        text = ";".join(_pair(part, found) for part in text.split(";"))
    elif field in _SET_COOKIES:
        text = _set_cookie(text, found, several=field == "set-cookie2")
    elif field in _CREDENTIALS:
        text = _credentials(field, text, found)
    elif field_is_secret(field):
        text = _whole(text, Found(Secret.HEADER, field), found)
    elif field in _URLS:
        text = _url(text, found)
    elif field == "refresh":
        text = _refresh(text, found)
    elif field == "link":
        text = _LINK.sub(lambda match: _url(match[0], found), text)
    return scrub_tokens(text, f"JWT in {field}", found).encode("latin-1")


def _url(text: str, found: list[Found]) -> str:
    scrubbed, more = scrub_url(text)
    found.extend(more)
    return scrubbed


def _whole(text: str, what: Found, found: list[Found]) -> str:
    """The stand-in for a text, white space around it kept; nothing stays nothing."""
    value = text.strip(_BLANK)
    if value in ("", STAND_IN):
        return text
    found.append(what)
    before = len(text) - len(text.lstrip(_BLANK))
    return text[:before] + STAND_IN + text[before + len(value) :]


def _refresh(text: str, found: list[Found]) -> str:
    """Seconds and a URL, which may be quoted (WHATWG HTML, 4.2.5.3)."""
    head = _REFRESH.match(text)
    start = head.end() if head else 0
    url = text[start:].rstrip(_BLANK)
    if head and head[0][-1:] in ("'", '"'):
        url = url.removesuffix(head[0][-1])
    return text[:start] + _url(url, found) + text[start + len(url) :]


_BLANK = " \t"


def _pair(text: str, found: list[Found]) -> str:
    """A cookie, `name=value`; one without a name is all value (RFC 6265bis, 5.6)."""
    name, equals, value = text.partition("=")
    if not equals:
        return _whole(text, Found(Secret.COOKIE), found)
    return name + equals + _whole(value, Found(Secret.COOKIE, name.strip()), found)


def _set_cookie(text: str, found: list[Found], *, several: bool) -> str:
    """A cookie and its attributes, or several (RFC 2965), with commas between them.

    What is no attribute may be the rest of a value that held a `;`.
    """
    first, *rest = re.split("([;,])" if several else "(;)", text)
    parts = [_pair(first, found)]
    for part in rest:
        known = part in (";", ",") or part.partition("=")[0].strip().lower() in _ATTRIBUTES
        parts.append(part if known else _pair(part, found))
    return "".join(parts)


def _credentials(field: str, text: str, found: list[Found]) -> str:
    scheme, space, rest = text.partition(" ")
    what = Found(Secret.AUTHORIZATION, field)
    if space and scheme.lower() in SCHEMES:
        return scheme + space + _whole(rest, what, found)
    return _whole(text, what, found)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
