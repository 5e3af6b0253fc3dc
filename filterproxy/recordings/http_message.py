"""HTTP/1.1 messages as archives keep them: a head and a body in one block of bytes (RFC 9112)."""

import re
from dataclasses import dataclass

from filterproxy.classify.fields import HeaderFields, elements

_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/[0-9](?:\.[0-9])?[ \t]+([0-9]{3})(?:[ \t].*)?", re.DOTALL)
_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]+\S+(?:[ \t]+HTTP/[0-9.]+)?[ \t]*")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken apart.

    Attributes:
        start: the start line.
        fields: header fields; lines that are none are left out.
        body: what follows the head, transfer codings undone.
        left_out: how many lines of the head are no header fields.
    """

    start: bytes
    fields: HeaderFields
    body: bytes
    left_out: int


def parse_response(block: bytes) -> tuple[int, Message]:
    """An answer's status and the message.

    Raises:
        ValueError: it does not begin with a status line, or its chunks are cut short.
    """
    message = _parse(block)
    match = _STATUS_LINE.fullmatch(message.start)
    if match is None:
        raise ValueError("no HTTP answer: it does not begin with a status line")
    return int(match[1]), message


def parse_request(block: bytes) -> tuple[str, Message]:
    """A request's method and the message.

    Raises:
        ValueError: it does not begin with a request line, or its chunks are cut short.
    """
    message = _parse(block)
    match = _REQUEST_LINE.fullmatch(message.start)
    if match is None:
        raise ValueError("no HTTP request: it does not begin with a request line")
    return match[1].decode("ascii"), message


def _parse(block: bytes) -> Message:
    end = _END.search(block)
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    start, *lines = _LINE_END.split(head)
    fields: list[tuple[bytes, bytes]] = []
    left_out = 0
    for line in lines:
        name, colon, value = line.partition(b":")
        if line[:1] in {b" ", b"\t"} and fields:  # a value folded over lines, as old servers do (5.2)
            fields[-1] = (fields[-1][0], fields[-1][1] + b" " + line.strip(b" \t"))
        elif colon and _NAME.fullmatch(name.rstrip(b" \t")):
            fields.append((name.rstrip(b" \t"), value.strip(b" \t")))
        elif line:
            left_out += 1
    coded = [coding.lower() for coding in elements(fields, b"transfer-encoding")]
    if coded[-1:] == ["chunked"]:
        body = dechunked(body)
    fields = [field for field in fields if field[0].lower() != b"transfer-encoding"]
    return Message(start, fields, body, left_out)


def dechunked(body: bytes) -> bytes:
    """The body without its chunks (RFC 9112, 7.1); one that is in no chunks as it is.

    Many archives keep the field and the body without chunks.

    Raises:
        ValueError: it is cut short.
    """
    parts: list[bytes] = []
    at = 0
    while match := _CHUNK.match(body, at):
        size = int(match[1], 16)
        at = match.end() + size
        if not size:
            return b"".join(parts)
        if at > len(body):
            raise ValueError("its chunks are cut short")
        parts.append(body[match.end() : at])
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    if not parts:
        return body
    raise ValueError("its chunks are cut short" if at >= len(body) else "its chunks are damaged")
