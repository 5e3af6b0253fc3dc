"""What to look for in a page's bytes before a generic filter is tried: stricter than for rules.

A page of 130 kB holds the tokens of 150 filters of EasyList somewhere (`ad` in `loaded`), each of which would
cost a search through its tree. So a class's or an id's name has to stand whole, an attribute's name too, and
of a value all that is plain. What a page writes as character references in these places is missed; lists
can afford that, a rule's own tokens (`ruleset.selector_tokens`) can't.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.ruleset.css_parser import parse
from filterproxy.ruleset.css_tree import Attribute
from filterproxy.ruleset.model import Tokens

CHARSETS = {"utf-8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "big5": "big5"}
"""Encodings in which characters that are not ASCII are looked for, by Python's names."""

_RUN = re.compile(r"[!#-%(-;=?-~ ]+|[\u3040-\u30ff\u3400-\u9fff]+")  # all but quotes, & < >
_SHORTEST = 2
_EVERYWHERE = frozenset("alt class content height href id name rel src style target title type width".split())
_SAYS_NOTHING = frozenset({"http", "https", "http:", "https:", "http://", "https://", "_blank", "/", "//"})


class Place(StrEnum):
    """Where a text has to stand: anywhere, as one of an attribute's values, as an attribute's name."""

    TEXT = "text"
    VALUE = "value"
    NAME = "name"


_EDGES = {
    # A character reference may stand for the white space beside a value. Bytes that are not ASCII are let in
    # as Hyperscan writes small classes out: without them the database is four times the size.
    Place.TEXT: (b"", b""),
    Place.VALUE: (rb"[\s\"'=;\x80-\xff]", rb"[\s\"'>&\x80-\xff]"),
    Place.NAME: (rb"[\s\"'/\x80-\xff]", rb"[\s=>/\x80-\xff]"),
}


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Text to look for, in lower case, and where."""

    token: str
    place: Place = Place.TEXT

    def expressions(self) -> Iterator[bytes]:
        """As regular expressions of bytes, in every encoding that is looked in."""
        for encoding in ("ascii",) if self.token.isascii() else sorted(set(CHARSETS.values())):
            try:
                plain = b"".join(b"\\x%02x" % byte for byte in self.token.encode(encoding))
            except UnicodeEncodeError:
                continue
            before, behind = _EDGES[self.place]
            yield before + plain + behind


Keys = tuple[frozenset[Key], ...]
"""Of every group one has to stand in the page; the first tells most."""


def keys_of(css: str, tokens: Tokens, text_tokens: Tokens = ()) -> Keys:
    """What has to stand for a selector to match; empty where nothing can be said."""
    names: set[str] = set()
    attributes: list[Attribute] = []
    for complex_ in parse(css):
        for compound in complex_.compounds:
            names.update(_lower(name) for name in (*compound.ids, *compound.classes))
            attributes += compound.attributes
    groups = {frozenset(_key(token, names) for token in group) for group in tokens}
    groups |= {frozenset(map(Key, group)) for group in text_tokens}
    for attribute in attributes:
        groups.update(_of_attribute(attribute))
    kept = [group for group in groups if not any(_nothing(key) for key in group)]
    return tuple(sorted(kept, key=_telling, reverse=True))


def _key(token: str, names: set[str]) -> Key:
    return Key(token, Place.VALUE if token in names else Place.TEXT)


def _of_attribute(attribute: Attribute) -> Iterator[frozenset[Key]]:
    if attribute.name not in _EVERYWHERE and attribute.name.isascii():
        yield frozenset({Key(attribute.name, Place.NAME)})
    run = max((run.strip() for run in _RUN.findall(_lower(attribute.value))), key=len, default="")
    if len(run) >= _SHORTEST:
        yield frozenset({Key(run)})


def _nothing(key: Key) -> bool:
    return key.token in _SAYS_NOTHING or len(key.token) < _SHORTEST


def _telling(group: frozenset[Key]) -> tuple[int, int, list[Key]]:
    """Long texts tell most, a whole name as much as a text that is longer by some characters."""
    shortest = min(len(key.token.encode()) + 4 * (key.place is not Place.TEXT) for key in group)
    return shortest, -len(group), sorted(group)


def _lower(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)
