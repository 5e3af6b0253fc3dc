"""Character references in attribute values, and where each character of the value stands in its source."""

import html
import re
from dataclasses import dataclass
from html.entities import html5

_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9A-Fa-f]+;?|[A-Za-z][A-Za-z0-9]*;?)")


@dataclass(frozen=True, slots=True)
class Spelled:
    """An attribute's value as it is read.

    Attributes:
        text: the value, its references resolved.
        starts: of each of its characters, and of its end, the offset in what is written.
    """

    text: str
    starts: tuple[int, ...] | range


def spelled(written: str) -> Spelled:
    """Read an attribute's value as an HTML parser does (WHATWG HTML, 13.2.5.72 to 13.2.5.80).

    A named reference without its semicolon counts for nothing before `=`, a letter or a digit: the `&copy=1`
    of a query is no sign of copyright.
    """
    if "&" not in written:
        return Spelled(written, range(len(written) + 1))
    text: list[str] = []
    starts: list[int] = []
    done = 0
    for found in _REFERENCE.finditer(written):
        meant = _meant(found[0], written[found.end() : found.end() + 1])
        if meant is None:
            continue
        text += [written[done : found.start()], meant]
        starts += [*range(done, found.start()), *[found.start()] * len(meant)]
        done = found.end()
    text.append(written[done:])
    starts += range(done, len(written) + 1)
    return Spelled("".join(text), tuple(starts))


def _meant(reference: str, following: str) -> str | None:
    """What a reference stands for; None where it stands for itself."""
    if reference[1] == "#":
        return html.unescape(reference)
    if reference[1:] not in html5 or (not reference.endswith(";") and following == "="):
        return None
    return html5[reference[1:]]


def as_attribute(value: str) -> str:
    """A value without white space as it may stand in an attribute, quoted in either way or not at all."""
    return value.replace("&", "&amp;").replace("'", "&#39;").replace('"', "&#34;").replace(">", "&gt;")
