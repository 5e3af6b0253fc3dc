"""Is this request likely for a page? Only then are its headers prepared for a rewritten answer."""

from filterproxy.classify.fields import HeaderFields, elements, joined

_PAGE_DESTINATIONS = frozenset({"document", "iframe", "frame", "embed", "object"})
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


def wants_page(method: str, headers: HeaderFields) -> bool:
    """Whether the answer will likely be shown as a page.

    Sec-Fetch-Dest says so where a browser sends it (Fetch Metadata, 2.1; not over plain HTTP);
    else Accept, which names HTML for pages alone; a client that sends neither is taken to want one.
    A wrong guess costs a download that need not have been, or leaves a page unfiltered that came in
    a coding we do not know: the answer itself is judged by `classify.response.admit`.
    """
    if method.upper() not in ("GET", "POST"):
        return False
    destination = joined(headers, b"sec-fetch-dest")
    if destination is not None:
        return destination.lower() in _PAGE_DESTINATIONS
    accepted = [element.partition(";")[0].strip().lower() for element in elements(headers, b"accept")]
    return not accepted or any(kind in _PAGE_TYPES for kind in accepted)
