"""Reading header fields: names in any case, values as latin-1, lists joined (RFC 9110, section 5)."""

from collections.abc import Iterator, Sequence

HeaderFields = Sequence[tuple[bytes, bytes]]
"""Header fields in their order on the wire, names in any case."""


def values(headers: HeaderFields, name: bytes) -> list[str]:
    """The values of every field with this lower-case name, in order, outer white space off."""
    return [value.decode("latin-1").strip(" \t") for key, value in headers if key.lower() == name]


def joined(headers: HeaderFields, name: bytes) -> str | None:
    """All fields of this lower-case name as one comma-separated value, or None where there is none."""
    found = values(headers, name)
    return ", ".join(found) if found else None


def elements(headers: HeaderFields, name: bytes) -> Iterator[str]:
    """The elements of a comma-separated field, white space off, empty ones left out.

    For fields whose elements hold no quoted comma: codings, directives, methods.
    """
    for value in values(headers, name):
        yield from (element for part in value.split(",") if (element := part.strip(" \t")))
