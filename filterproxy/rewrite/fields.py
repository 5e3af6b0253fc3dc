"""Header fields and cookies taken out of a message's head; order and every other byte as they were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from filterproxy.rewrite.params import is_named

Fields = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Stripped:
    """The fields that stay (the very object that came in where all do), and the names of what went, in order.

    Values are left out: a cookie's is a secret.
    """

    fields: Fields
    gone: tuple[str, ...] = ()


def strip_headers(fields: Fields, names: Collection[str]) -> Stripped:
    """Take whole fields away. `names`: in lower case."""
    wanted = {name.encode("latin-1", "replace") for name in names}
    gone = tuple(name.decode("latin-1") for name, _ in fields if name.lower() in wanted)
    if not gone:
        return Stripped(fields)
    return Stripped([field for field in fields if field[0].lower() not in wanted], gone)


def strip_cookies(fields: Fields, names: Collection[str]) -> Stripped:
    """Take cookies away: of a request the pairs of its Cookie fields, of an answer whole Set-Cookie fields.

    Args:
        fields: of a request or an answer.
        names: of cookies, in their case; a `*` at the end makes a prefix.

    Returns:
        The fields; a Cookie field of which no pair is left goes as well (RFC 6265, 4.2.1).
    """
    kept: list[tuple[bytes, bytes]] = []
    gone: list[str] = []
    for name, value in fields:
        lower = name.lower()
        left: bytes | None = value
        if lower == b"cookie":
            left = _without_pairs(value, names, gone)
        elif lower == b"set-cookie" and is_named(cookie := _cookie_name(value), names):
            gone.append(cookie)
            left = None
        if left is not None:
            kept.append((name, left))
    return Stripped(kept, tuple(gone)) if gone else Stripped(fields)


def _cookie_name(pair: bytes) -> str:
    """The name of a cookie-pair (RFC 6265, 5.2 and 5.4); empty where there is none."""
    name, equals, _ = pair.partition(b";")[0].partition(b"=")
    return name.strip(b" \t").decode("latin-1") if equals else ""


def _without_pairs(value: bytes, names: Collection[str], gone: list[str]) -> bytes | None:
    """A Cookie field's value without some pairs and a separator each; None where no pair is left."""
    pairs = value.split(b";")
    kept = []
    for pair in pairs:
        if is_named(name := _cookie_name(pair), names) and name:
            gone.append(name)
        else:
            kept.append(pair)
    if len(kept) == len(pairs):
        return value
    if not any(pair.strip(b" \t") for pair in kept):
        return None
    if kept[0] is not pairs[0]:
        kept[0] = kept[0].lstrip(b" \t")  # it stood behind a separator
    return b";".join(kept)
