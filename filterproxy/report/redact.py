"""What of a URL or a page's text may be shown or written down, and how it is made harmless."""

import os
import re
import stat
from urllib.parse import urlsplit

_MOST = 300  # characters of a URL that are shown; longer ones are tracking, not addresses

# C0 and C1 controls, DEL, line and paragraph separators, bidirectional marks, embeddings, overrides
# and isolates (Unicode UAX 9), zero-width characters, noncharacters, lone surrogates: each can lie about
# or take over a terminal.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """The text with every character that could move a cursor or turn a line around written as an escape."""
    return _UNSAFE.sub(lambda match: _escape(ord(match[0])), text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - a byte's end


def redact_url(url: str, *, query: bool = False) -> str:
    """A URL fit for a log: no user info, no fragment, `?…` for the query unless `query`.

    At most 300 characters. Never raises: what is no URL is shown as printable text up to its `?` or `#`.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        shown = f"{parts.scheme}://{host}{parts.path}" if parts.scheme and host else parts.path
        asked = parts.query
    except ValueError:
        shown, _, asked = url.partition("#")[0].partition("?")
    if asked:
        shown += f"?{asked}" if query else "?…"
    shown = printable(shown)
    return shown if len(shown) <= _MOST else shown[: _MOST - 1] + "…"


def own_only(descriptor: int) -> None:
    """Take a regular file that is open from everyone but its owner, as far as the system knows owners."""
    status = os.fstat(descriptor)
    if hasattr(os, "fchmod") and stat.S_ISREG(status.st_mode) and status.st_mode & 0o077:
        os.fchmod(descriptor, 0o600)
