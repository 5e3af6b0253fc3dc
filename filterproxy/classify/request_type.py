"""What a request is for, and on whose behalf: the words the filter engine takes, from what browsers send.

Fetch metadata (W3C, Fetch Metadata Request Headers) tells both where it is sent: over HTTPS by every current
browser. Elsewhere `Accept`, the path's suffix, `Referer` and `Origin` have to do.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from filterproxy.classify.fields import HeaderFields

_BY_DESTINATION = {
    "document": "document",
    **dict.fromkeys(("iframe", "frame", "fencedframe"), "subdocument"),
    **dict.fromkeys(
        ("script", "serviceworker", "worker", "sharedworker", "audioworklet", "paintworklet"), "script"
    ),
    **dict.fromkeys(("style", "xslt"), "stylesheet"),
    "image": "image",
    "font": "font",
    **dict.fromkeys(("audio", "video", "track"), "media"),
    **dict.fromkeys(("object", "embed"), "object"),
    "report": "ping",
    **dict.fromkeys(("manifest", "json", "webidentity"), "other"),
}
_BY_SUFFIX = {
    **dict.fromkeys(("js", "mjs"), "script"),
    "css": "stylesheet",
    **dict.fromkeys(("gif", "png", "jpg", "jpeg", "webp", "avif", "svg", "ico", "bmp"), "image"),
    **dict.fromkeys(("woff", "woff2", "ttf", "otf"), "font"),
    **dict.fromkeys(("mp4", "webm", "m3u8", "ts", "mp3", "ogg", "m4a", "flv"), "media"),
    "json": "xmlhttprequest",
}
_LONGEST_SUFFIX = 5
_WANTED = {
    name: name.decode()
    for name in (
        *(b"sec-fetch-dest", b"sec-fetch-mode", b"sec-fetch-site", b"upgrade", b"ping-to"),
        *(b"accept", b"x-requested-with", b"referer", b"origin"),
    )
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a request is for.

    Attributes:
        kind: one of `ruleset.network_filters.TYPES`.
        source: the address of the page it is made for: its own where it is a page's, or where nothing tells.
    """

    kind: str
    source: str


def purpose_of(method: str, url: str, headers: HeaderFields) -> Purpose:
    """Read it from the request's head; costs a microsecond or two, as every request is asked.

    What a reader typed or chose from a bookmark (`Sec-Fetch-Site: none`) is for nobody else. `Referer` tells
    most, `Origin` is sent where a page keeps its `Referer` to itself.
    """
    said: dict[str, str] = {}
    for name, value in headers:
        known = _WANTED.get(name) or _WANTED.get(name.lower())
        if known is not None:
            said[known] = value.decode("latin-1")
    kind = _kind(method, url, said)
    if kind == "document" or said.get("sec-fetch-site") == "none":
        return Purpose(kind, url)
    for source in (said.get("referer"), said.get("origin")):
        if source is not None and source.startswith(("http://", "https://")):
            return Purpose(kind, source)
    return Purpose(kind, url)


def _kind(method: str, url: str, said: dict[str, str]) -> str:
    destination = said.get("sec-fetch-dest", "")
    if destination in _BY_DESTINATION:
        return _BY_DESTINATION[destination]
    if said.get("upgrade", "").lower() == "websocket":
        return "websocket"
    if destination == "empty":  # fetch(), XMLHttpRequest, EventSource, sendBeacon, <a ping>
        # sendBeacon and <a ping> post without asking what comes back (HTML, 4.6.6; Beacon, 3.1)
        posted = method == "POST" and said.get("sec-fetch-mode") == "no-cors"
        return "ping" if posted or "ping-to" in said else "xmlhttprequest"
    if "ping-to" in said:
        return "ping"
    return _by_accept(url, said)


def _by_accept(url: str, said: dict[str, str]) -> str:
    accept = said.get("accept", "").lower()
    if "x-requested-with" in said:
        return "xmlhttprequest"
    for start, kind in (("text/html", "document"), ("text/css", "stylesheet"), ("image/", "image")):
        if accept.startswith(start):
            return kind
    suffix = urlsplit(url).path.rpartition("/")[2].rpartition(".")[2].lower()
    if len(suffix) <= _LONGEST_SUFFIX and suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    return "xmlhttprequest" if "json" in accept else "other"
