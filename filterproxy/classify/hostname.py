"""Host names in one spelling, so that rules, certificates and lists mean the same host."""

import ipaddress
import re
from functools import lru_cache

import idna

_MAX_LENGTH = 253  # RFC 1035, 2.3.4
_MAX_LABEL = 63
_LABEL = re.compile(r"[a-z0-9_-]+")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PORT = re.compile(r":[0-9]*")


@lru_cache(maxsize=4096)
def normalise(host: str) -> str | None:
    """A host as the URL standard writes it (section 3.5, "host parsing"), without port and trailing dot.

    Lower case; IDNA names in their `xn--` form (UTS 46, not transitional); IPv4 in four decimal parts,
    however it was written (`127.1`, `0x7f.1`, `2130706433`); IPv6 compressed and in brackets, one that
    maps an IPv4 address as it is.

    Returns:
        None for what is no host: empty, too long, or with characters no host has.
    """
    host = host.strip(" \t")
    if host.startswith("["):
        inside, bracket, port = host[1:].partition("]")
        return _ipv6(inside) if bracket and (not port or _PORT.fullmatch(port)) else None
    name, colon, port = host.partition(":")
    if colon and ":" in port:
        return _ipv6(host)
    if colon and not _PORT.fullmatch(colon + port):
        return None
    return _name(name)


def _ipv6(text: str) -> str | None:
    if "%" in text:  # a zone is no part of a URL's host
        return None
    try:
        return f"[{ipaddress.IPv6Address(text).compressed}]"
    except ValueError:
        return None


def _name(name: str) -> str | None:
    if not name.isascii():
        if len(name) > _MAX_LENGTH:  # idna's work grows with the square of it
            return None
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii")
        except idna.IDNAError:
            return None
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > _MAX_LENGTH or not all(_LABEL.fullmatch(x) and len(x) <= _MAX_LABEL for x in labels):
        return None
    return _ipv4(labels) if _NUMBER.fullmatch(labels[-1]) else name


def _ipv4(labels: list[str]) -> str | None:
    """An address in one to four numbers, each decimal, octal (0…) or hexadecimal (0x…)."""
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):  # noqa: PLR2004 - an address has four parts
        return None
    try:
        *parts, last = [_number(label) for label in labels]
    except ValueError:
        return None
    if any(part > 0xFF for part in parts) or last >= 1 << 8 * (4 - len(parts)):  # noqa: PLR2004 - the last number fills what is left
        return None
    value = last + sum(part << 8 * (3 - place) for place, part in enumerate(parts))
    return str(ipaddress.IPv4Address(value))


def _number(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if len(text) > 1 and text.startswith("0") else 10)
