"""What a saved page says its own address is."""

from urllib.parse import urlsplit

from filterproxy.classify.address import page_url
from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.document import Document

_SAYS = (
    ("link[rel='canonical' i][href]", "href"),
    ("meta[property='og:url' i][content]", "content"),
    ("meta[name='og:url' i][content]", "content"),
)


def own_address(body: bytes, content_type: str | None = None) -> str | None:
    """The address in the page's canonical link or its og:url; None: there is none that is whole."""
    charset = sniff(body, content_type).charset
    if charset is None:
        return None
    document = Document(charset.decode(body))
    for css, name in _SAYS:
        for node in document.find(css):
            written = (node.attrs.get(name) or "").strip()
            try:
                if urlsplit(written).scheme in {"http", "https"}:
                    return page_url(written)
            except ValueError:
                continue
    return None
