"""A list's text: its lines, what its head says of itself, and whether it is a list at all."""

import datetime as dt
import re

DEFAULT_EXPIRES = dt.timedelta(days=4)
SHORTEST_EXPIRES = dt.timedelta(hours=1)
LONGEST_EXPIRES = dt.timedelta(days=14)
_HEAD = 50  # lines in which a list says what it is
_EXPIRES = re.compile(r"[!#]\s*Expires:\s*(\d{1,6})\s*(d|h|m)?", re.IGNORECASE)
_TITLE = re.compile(r"[!#]\s*Title:\s*(.{1,120})", re.IGNORECASE)
_UNITS = {"d": dt.timedelta(days=1), "h": dt.timedelta(hours=1), "m": dt.timedelta(minutes=1)}
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)


def lines_of(data: bytes) -> list[str]:
    """The lines, read as UTF-8; bytes that are none stand as U+FFFD."""
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")


def expires(data: bytes) -> dt.timedelta:
    """After what time a list wants to be asked for again: `! Expires: 4 days`, within bounds."""
    found = next(filter(None, map(_EXPIRES.match, _head(data))), None)
    if found is None:
        return DEFAULT_EXPIRES
    wanted = int(found[1]) * _UNITS[(found[2] or "d").lower()]
    return min(max(wanted, SHORTEST_EXPIRES), LONGEST_EXPIRES)


def title(data: bytes) -> str:
    """What the list calls itself, or nothing."""
    found = next(filter(None, map(_TITLE.match, _head(data))), None)
    return "" if found is None else found[1].strip()


def fault(data: bytes) -> str:
    """Why some bytes are no list; empty: they may be one."""
    if not data.strip():
        return "it is empty"
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        return "it is a web page, not a list"
    if b"\0" in data:
        return "it is not text"
    return ""


def _head(data: bytes) -> list[str]:
    return [line.strip() for line in lines_of(data[:8192])[:_HEAD]]
