"""What a saved page says its own address is."""

from urllib.parse import urldefrag, urlsplit

from filterproxy.classify.address import page_url
from filterproxy.report.redact import printable
from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.document import Document
from filterproxy.rewrite.nesting import nests_deeper
from filterproxy.settings import Limits

_SAYS = (
    ("link[rel='canonical' i][href]", "href"),
    ("meta[property='og:url' i][content]", "content"),
    ("meta[name='og:url' i][content]", "content"),
)


def own_address(body: bytes, content_type: str | None = None) -> str | None:
    """The address in the page's canonical link or its og:url; None: there is none that is whole.

    Nor is any looked for in a page that nests so deep that it is not filtered: parsing it takes a minute.
    """
    charset = sniff(body, content_type).charset
    if charset is None or nests_deeper(body, Limits().nesting):
        return None
    document = Document(charset.decode(body))
    for css, name in _SAYS:
        for node in document.find(css):
            written = (node.attrs.get(name) or "").strip()
            try:
                if urlsplit(written).scheme in {"http", "https"} and is_plain(written):
                    return page_url(urldefrag(written).url)
            except ValueError:
                continue
    return None


def is_plain(url: str) -> bool:
    """Whether a URL can be shown, and written in a rule file, as it is."""
    return printable(url) == url and not any(map(str.isspace, url))
