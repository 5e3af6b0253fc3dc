"""Site names as they stand in rules, to host names as they stand in requests."""

import ipaddress
import re

import idna

LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
LONGEST = 253  # RFC 1035, 2.3.4, without the last dot
DOTS = re.compile("[\u3002\uff0e\uff61]")


def normalise_site(text: str) -> str:
    """The host name as requests are looked up by it (`classify.hostname`); `*` stays `*`.

    Lower case, IDNA-encoded (UTS 46, not transitional), no dot at the end. IP addresses in their
    canonical form, IPv6 in brackets.

    Raises:
        ValueError: what is wrong, in words for the rule's author.
    """
    site = DOTS.sub(".", text.strip()).lower()
    if site == "*":
        return site
    if address := _address(site):
        return address
    site = site.removesuffix(".")
    _refuse_other_things(site)
    host = _to_ascii(site)
    if not host or len(host) > LONGEST or not all(LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError(f'"{text[:80]}" is not a host name')
    if host.rsplit(".", 1)[-1].isdigit():
        raise ValueError(f'"{text}" is neither a host name nor an IP address')
    return host


def _address(site: str) -> str:
    inner = site[1:-1] if site.startswith("[") and site.endswith("]") else site
    try:
        address = ipaddress.ip_address(inner)
    except ValueError:
        return ""
    return f"[{address.compressed}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6


def _refuse_other_things(site: str) -> None:
    """The usual mistakes, each with what to write."""
    if not site:
        raise ValueError("the site is empty")
    if "://" in site:
        host = site.split("://", 1)[1].split("/", 1)[0]
        raise ValueError(f'a site is a host name, not a URL; write "{host}"')
    if "/" in site:
        raise ValueError(f'a site has no path; write "{site.split("/", 1)[0]}" and the path under "pages"')
    if site.startswith(("*.", ".")):
        raise ValueError(f'subdomains are covered already; write "{site.lstrip("*.")}"')
    if "*" in site:
        raise ValueError('"*" stands alone, for every site')
    if ":" in site:
        raise ValueError(f'a site has no port; write "{site.rsplit(":", 1)[0]}"')


def _to_ascii(site: str) -> str:
    if len(site) > LONGEST:  # idna's work grows with the square of it
        return ""
    try:
        return site if site.isascii() else idna.encode(site, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        return ""
