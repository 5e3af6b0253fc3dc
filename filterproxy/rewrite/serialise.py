"""The fallback: the edited tree written out, in the page's own charset, its own doctype put back."""

import re

from filterproxy.rewrite.charset import Charset
from filterproxy.rewrite.document import Document

_DOCTYPE = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)


def serialise(document: Document, charset: Charset) -> bytes:
    """The document's tree as bytes that a browser reads as that tree.

    Three things lexbor's serialiser loses are kept: the doctype's public and system identifiers (without
    them a quirks page is laid out by the standard), the first newline of `pre`, `textarea` and `listing`
    (WHATWG HTML, 13.3), and the byte order mark. What the charset can't hold becomes numeric references.
    """
    for node in document.parser.css("pre,textarea,listing"):
        first = node.first_child
        if first is not None and first.is_text_node and (first.text_content or "").startswith("\n"):
            first.insert_before("\n")
    html = document.parser.html or ""
    written = _DOCTYPE.search(document.text[:4096])
    if written is not None:
        html = _DOCTYPE.sub(lambda _: written[0], html, count=1)
    return charset.encode(html)
