"""The single values of the rule language: each from its text, or a `ValueFault` that says why not."""

import datetime as dt
import re

import re2
from jsonpath import JSONPathError

from filterproxy.ruleset.css_tokens import SelectorTextError
from filterproxy.ruleset.hosts import normalise_site
from filterproxy.ruleset.json_paths import compiled_path
from filterproxy.ruleset.model import TextPattern
from filterproxy.ruleset.names import in_words
from filterproxy.ruleset.network_filters import FilterTextError, network_filter
from filterproxy.ruleset.selectors import ParsedSelector, parse_selectors
from filterproxy.ruleset.text import normalise_heading

IDENTIFIER = re.compile(r"[^\W_][\w.-]{0,63}")
ATTRIBUTE_NAME = re.compile(r"[^\s\"'<>/=*\x00-\x1f]+\*?")
CLASS_NAME = re.compile(r"[^\s*]+\*?")
REGEX = re.compile(r"/(.+)/([A-Za-z]{0,2})", re.DOTALL)
GLOB_BAD = re.compile(r"[\s\x00-\x1f#]")
LONGEST_TEXT = 1000
LONGEST_HEADING = 40  # characters; what is longer is a sentence
SHORTEST_HEADING = 2
MOST_STARS = 8
KEPT_HEADERS = {
    "host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|proxy-.*|via|expect": (
        "the exchange itself hangs on it"
    ),
    "content-type|content-encoding|content-range|accept-ranges|range|vary|location": (
        "what is sent would be read as something else"
    ),
    "content-security-policy.*|strict-transport-security|x-frame-options|x-content-type-options"
    "|cross-origin-.*|access-control-.*|permissions-policy|sec-.*|origin|public-key-pins.*|expect-ct": (
        "it protects the reader"
    ),
    "cookie|set-cookie|authorization|www-authenticate": "use strip-cookies, which names what goes",
}
"""Fields that strip-headers may not name, as patterns, and why."""

SAYS_NOTHING = frozenset({"", "true", "yes", "on", "1", "false", "no", "off", "0", "y", "n"})


class ValueFault(ValueError):  # noqa: N818 - what is wrong with a value, not an error of the program
    """What is wrong with a value; `at` is the offset in it, or 0."""

    def __init__(self, problem: str, at: int = 0, *, selector: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.at, self.selector = problem, at, selector


def site(text: str) -> str:
    """A host name as `normalise_site` gives it."""
    try:
        return normalise_site(text)
    except ValueError as error:
        raise ValueFault(str(error)) from error


def identifier(text: str) -> str:
    """A rule's id: letters of any script, digits, `-`, `_`, `.`; it starts with a letter or digit."""
    if not IDENTIFIER.fullmatch(text):
        raise ValueFault(f'"{text[:80]}" is not an id: letters, digits, "-", "_" and ".", at most 64')
    return text


def page_glob(text: str) -> str:
    """A path glob: `*` stands for anything, `/` among it; with a `?` the query is compared too."""
    if "://" in text:
        raise ValueFault('a page is a path such as "/article/*", not a URL')
    if not text.startswith(("/", "*")):
        raise ValueFault(f'a path starts with "/" or "*"; did you mean "/{text}"?')
    if found := GLOB_BAD.search(text):
        raise ValueFault("white space and # cannot stand in a path", found.start())
    if text.count("*") > MOST_STARS:
        raise ValueFault(f'more than {MOST_STARS} "*" in a path')
    if len(text) > LONGEST_TEXT:
        raise ValueFault(f"longer than {LONGEST_TEXT:,} characters")
    return text


def selectors(text: str) -> tuple[ParsedSelector, ...]:
    """A selector list whose elements may be taken away."""
    return _selectors(text, structure=False)


def any_selectors(text: str) -> tuple[ParsedSelector, ...]:
    """A selector list that may mean the page's frame too: conditions, stripping, the article."""
    return _selectors(text, structure=True)


def keyed_selectors(text: str) -> tuple[str, tuple[ParsedSelector, ...]]:
    """A selector list that is a key: with its text, by which the key is found again."""
    return text, any_selectors(text)


def _selectors(text: str, *, structure: bool) -> tuple[ParsedSelector, ...]:
    try:
        return parse_selectors(text, structure=structure)
    except SelectorTextError as error:
        raise ValueFault(error.problem, error.at, selector=True) from error


def heading(text: str) -> str:
    """A section's heading as written, once it is clear that one is left after normalising."""
    if REGEX.fullmatch(text):
        raise ValueFault("a section is found by its heading's text, not by a pattern")
    normal = normalise_heading(text)
    if len(normal) < SHORTEST_HEADING:
        raise ValueFault(f'"{text}" holds no text to compare: two letters at least')
    if len(normal) > LONGEST_HEADING:
        raise ValueFault(f"a heading has at most {LONGEST_HEADING} characters")
    return text


def text_pattern(text: str) -> TextPattern:
    """A plain text, its white space folded, or `/regex/` with an optional `i`."""
    if len(text) > LONGEST_TEXT:
        raise ValueFault(f"longer than {LONGEST_TEXT:,} characters")
    if found := REGEX.fullmatch(text):
        return _regex(found[1], found[2])
    folded = " ".join(text.split())
    if not folded:
        raise ValueFault("the text is empty, so every element would hold it")
    return TextPattern(folded)


def name_pattern(text: str) -> str:
    """Words of a name as an RE2 pattern, or the pattern that stands between slashes."""
    if REGEX.fullmatch(text):
        return text_pattern(text).pattern
    words = in_words(text)
    if not words:
        raise ValueFault(f'"{text[:80]}" holds no word of a name')
    return rf"(?:^|-){words}(?:-|$)"


def _regex(pattern: str, flags: str) -> TextPattern:
    if flags not in ("", "i"):
        raise ValueFault(f'flag "{flags}" is not known: "/…/i" ignores case, nothing else is needed')
    pattern = f"(?i){pattern}" if flags else pattern
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it is wrong"
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise ValueFault(f"RE2 does not take this pattern: {reason}") from error
    if compiled.search("") is not None:
        raise ValueFault("the pattern matches an empty text, so every element would hold it")
    return TextPattern(pattern, regex=True)


def attribute_name(text: str) -> str:
    """An attribute's name, lower case; a `*` at its end makes it a prefix."""
    if not ATTRIBUTE_NAME.fullmatch(text):
        raise ValueFault(f'"{text[:80]}" is not an attribute name; a "*" may stand at its end')
    return text.lower()


def class_name(text: str) -> str:
    """A class name; a `*` at its end makes it a prefix."""
    if text.startswith(".") or not CLASS_NAME.fullmatch(text):
        hint = f'; write "{text.lstrip(".")}"' if text.startswith(".") else ""
        raise ValueFault(f'"{text[:80]}" is not a class name{hint}')
    return text


def block_filter(text: str) -> str:
    """A filter of requests in Adblock syntax, as the engine takes it."""
    try:
        return network_filter(text)
    except FilterTextError as error:
        raise ValueFault(error.problem, error.at) from error


def param_name(text: str) -> str:
    """A parameter of a query; a `*` at its end makes it a prefix."""
    if not re.fullmatch(r"[^\s*=&#?]+\*?", text):
        raise ValueFault(f'"{text[:80]}" is not the name of a parameter; a "*" may stand at its end')
    return text


def cookie_name(text: str) -> str:
    """A cookie's name (RFC 6265, 4.1.1: a token); a `*` at its end makes it a prefix."""
    if not re.fullmatch(r"[!#$%&'+.^_`|~0-9A-Za-z-]+\*?", text):
        raise ValueFault(f'"{text[:80]}" is not the name of a cookie; a "*" may stand at its end')
    return text


def header_name(text: str) -> str:
    """A header field's name in lower case, one that may go without breaking or weakening anything."""
    name = text.lower()
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+", name) or "*" in name:
        raise ValueFault(f'"{text[:80]}" is not the name of a header field')
    for kept, why in KEPT_HEADERS.items():
        if re.fullmatch(kept, name):
            raise ValueFault(f'"{name}" may not be stripped: {why}')
    return name


def json_path(text: str) -> str:
    """A JSONPath query (RFC 9535) that leaves the whole document there."""
    if len(text) > LONGEST_TEXT:
        raise ValueFault(f"longer than {LONGEST_TEXT:,} characters")
    if not text.startswith("$"):
        raise ValueFault(f'a JSONPath query begins with "$"; did you mean "$.{text.lstrip(".")[:80]}"?')
    try:
        segments = compiled_path(text).segments
    except JSONPathError as error:
        raise ValueFault(f"not a JSONPath query (RFC 9535): {str(error).splitlines()[0]}") from error
    if not segments:
        raise ValueFault("$ is the whole document; name what is to go")
    return text


def redirect(text: str) -> str:
    """Host and path of links that lead on: `t.example.com/jump`, `t.example.com/*`."""
    host, slash, path = text.partition("/")
    if "://" in text or "?" in text or not slash or re.search(r"[\s*#]", path.removesuffix("*")):
        raise ValueFault(
            'a redirect is a host and a path, such as "t.example.com/jump"; a "*" may stand at its end'
        )
    return f"{site(host)}/{path}"


def date(text: str) -> str:
    """A day as YYYY-MM-DD."""
    try:
        day = dt.date.fromisoformat(text).isoformat()
    except ValueError:
        day = ""
    if day != text:
        raise ValueFault(f'"{text[:40]}" is not a day written as YYYY-MM-DD')
    return text


def reason(text: str) -> str:
    """A reason in words."""
    folded = " ".join(text.split())
    if folded.lower() in SAYS_NOTHING:
        raise ValueFault("say why, in words")
    return folded


def rule_glob(text: str) -> str:
    """A rule's full name, `file/id`, or a glob of it in which `*` alone is special."""
    if found := re.search(r"[\[\]?]", text):
        raise ValueFault(
            f'"{found[0]}" cannot stand in a rule\'s name; "*" stands for anything', found.start()
        )
    if not text or re.search(r"\s", text) or ("/" not in text and "*" not in text):
        raise ValueFault(
            'a rule is named "file/id", e.g. "sites/example-news.com/close-ad"; "*" stands for anything'
        )
    return text


def written(text: str) -> str:
    """Any text but an empty one."""
    if not text.strip():
        raise ValueFault("the text is empty")
    return text


def rule_reference(text: str) -> str:
    """A rule's id, or its full name."""
    for part in text.split("/"):
        identifier(part)
    return text


def page_url(text: str) -> str:
    """The address of a page: http or https, with a host."""
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s]*", text):
        raise ValueFault(f'"{text[:80]}" is not the address of a page: https://…')
    return text
