"""Filters of requests, in Adblock syntax: what of it a rule may say, and how a site's filter is bound to it.

The syntax is that of Adblock Plus and uBlock Origin as Brave's engine reads it (`adblock`); the engine takes
what it can't read for nothing, so everything is checked here first.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from urllib.parse import quote

import idna
import re2

TYPES = frozenset({
    *("script", "image", "stylesheet", "xmlhttprequest", "subdocument", "document"),
    *("font", "media", "object", "ping", "websocket", "other"),
})  # fmt: skip
"""Request types, in the engine's words (`sub_frame` and `fetch` are not among them)."""

_ALIASES = frozenset({"xhr", "css", "frame", "doc", "beacon"})
_PARTIES = frozenset({"third-party", "3p", "first-party", "1p"})
_OTHERS = frozenset({"domain", "important", "match-case"})
OPTIONS = TYPES | _ALIASES | _PARTIES | _OTHERS

_COSMETIC = re.compile(r"#[@?$%]*#|\$\$|#@?\^")
_SEPARATED = re.compile(r"\$(~?[A-Za-z0-9_-]+(?:=[^,]*)?(?:,~?[A-Za-z0-9_-]+(?:=[^,]*)?)*)$")
_HOST = re.compile(r"(\|\|)([^/^*:?$]+)")
_WHOLE_HOST = re.compile(r"\|\|([a-z0-9._-]+)\^(?:\$([a-z0-9,~-]+))?")
_LONGEST = 500
_SHORTEST = 3  # characters that tell something


class FilterTextError(ValueError):
    """What is wrong with a filter; `at` is the offset in it."""

    def __init__(self, problem: str, at: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.at = problem, at


def network_filter(text: str) -> str:
    """A filter as the engine takes it: international hosts in ASCII, other characters percent-encoded.

    Raises:
        FilterTextError: it is none, filters elements, or has an option that is not for us.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise FilterTextError(f"longer than {_LONGEST} characters")
    if text.startswith(("!", "[")) or not text:
        raise FilterTextError("not a filter: an empty line or a comment")
    if found := _COSMETIC.search(text):
        raise FilterTextError("filters elements, not requests; use remove or hide", found.start())
    if found := re.search(r"\s", text):
        raise FilterTextError("white space cannot stand in a filter", found.start())
    body, options, at = split_options(text)
    pattern = body.removeprefix("@@")
    _check_options(options, at)
    if pattern.startswith("/") and pattern.endswith("/") and len(pattern) > 1:
        _check_regex(pattern[1:-1], len(body) - len(pattern) + 1)
    elif len(re.sub(r"[|^*]", "", pattern)) < _SHORTEST and not _names_domain(options):
        raise FilterTextError("the filter would match almost every request; name a host or a path")
    else:
        body = _in_ascii(body)
    return body + (f"${','.join(options)}" if options else "")


def split_options(text: str) -> tuple[str, list[str], int]:
    """A filter without its options, the options, and where these begin in the text."""
    found = _SEPARATED.search(text)
    if found is None or (text.removeprefix("@@").startswith("/") and text.endswith("/")):
        return text, [], len(text)
    return text[: found.start()], found[1].split(","), found.start() + 1


def _check_options(options: Iterable[str], at: int) -> None:
    for option in options:
        name, equals, value = option.removeprefix("~").partition("=")
        if name not in OPTIONS:
            near = get_close_matches(name, sorted(OPTIONS), 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise FilterTextError(f'option "{name}" is not for blocking{hint}', at)
        if (name == "domain") != bool(equals and value):
            raise FilterTextError(f'option "{option}": only domain has a value, and it needs one', at)
        if option.startswith("~") and name in _OTHERS:
            raise FilterTextError(f'option "{option}" has no opposite', at)
        at += len(option) + 1


def _names_domain(options: Iterable[str]) -> bool:
    return any(option.startswith("domain=") and "~" not in option for option in options)


def _check_regex(pattern: str, at: int) -> None:
    options = re2.Options()
    options.log_errors = False
    try:
        matches_nothing = re2.compile(pattern, options).search("") is not None
    except re2.error as error:
        raise FilterTextError("not a pattern that can be matched in linear time (RE2)", at) from error
    if matches_nothing:
        raise FilterTextError("the pattern matches an empty text, so every request", at)


def _in_ascii(body: str) -> str:
    """Hosts as they are asked for (UTS 46), paths as they are percent-encoded (WHATWG URL)."""
    if body.isascii():
        return body
    found = _HOST.search(body)
    head, host, tail = (
        ("", "", body) if found is None else (body[: found.end(1)], found[2], body[found.end() :])
    )
    try:
        host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise FilterTextError(f'"{host}" is not a host name', len(head)) from error
    return head + host + quote(tail, safe="".join(map(chr, range(0x21, 0x7F))))


@lru_cache(maxsize=4096)
def whole_host(text: str) -> str | None:
    """The host that a filter blocks whatever is asked of it and by whom, or None.

    `||host^` alone or with `important`: what can be refused before a byte is sent.
    """
    found = _WHOLE_HOST.fullmatch(text)
    if found is None or (found[2] or "important") != "important":
        return None
    return found[1]


def bound_to(text: str, sites: Iterable[str], excepted: Iterable[str] = ()) -> str:
    """The filter, for requests of these sites' pages alone (`*`: of any), and not of the excepted ones'."""
    named = [site for site in sites if site != "*"]
    domains = [*named, *(f"~{site}" for site in excepted)]
    if not domains:
        return text
    body, options, _ = split_options(text)
    own = [option for option in options if option.startswith("domain=")]
    rest = [option for option in options if not option.startswith("domain=")]
    listed = "|".join([*(option.removeprefix("domain=") for option in own), *domains])
    return f"{body}${','.join([*rest, f'domain={listed}'])}"
