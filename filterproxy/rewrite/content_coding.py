"""Content codings (RFC 9110, section 8.4), decoded whole or not at all.

A decoder here never returns part of a body and never allocates much more than the limit, however
small the bomb. What it can't vouch for to the last byte it refuses, and the reader gets the original.

- gzip (RFC 1952): all members, each with its checksum. Zero bytes after the last member are padding
  and dropped, as gzip(1) does; any other trailing byte is refused.
- deflate: the zlib format that RFC 9110 asks for, or the raw one that some servers send.
- br (RFC 7932): windows up to 16 MiB; the "large window" extension is not a content coding.
- zstd (RFC 8878): all frames, skippable ones left out; windows up to 8 MiB (RFC 9659), no dictionary.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli
import zstandard

from filterproxy.errors import SkipReason
from filterproxy.rewrite.zstd_frames import frame_spans
from filterproxy.settings import Limits

_MAX_CHAIN = 3  # no server sends more than two; each one multiplies what a bomb can do
_MAX_MEMBERS = 4096  # pigz and bgzip make some 160 of a 10 MiB page
_PIECE = 1 << 16  # input handed over at once; zlib copies what a member leaves of it
_STEP = 1 << 18  # output taken at once; the decoders join their own blocks, so a step costs twice its size
_ZSTD_WINDOW = 8 << 20  # RFC 9659, section 3
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's window bits for each format


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body without its content codings, or why it is left alone.

    Attributes:
        body: the decoded bytes, the very object that came in if there was no coding; None where skipped.
        skipped: None, or UNKNOWN_CODING, BROKEN_CODING, COMPRESSED_TOO_LARGE or BODY_TOO_LARGE.
        detail: what exactly, in words.
    """

    body: bytes | None
    skipped: SkipReason | None = None
    detail: str = ""


class _TooLargeError(Exception):
    """More came out than the limit allows."""


def decode(body: bytes, codings: str | None, limits: Limits) -> Decoded:
    """Undo the content codings of a body.

    Args:
        body: as received.
        codings: the Content-Encoding value, several fields joined by commas; None where there is none.
        limits: `compressed` bounds what comes in, `decoded` what comes out of every step.

    Returns:
        Every byte, or a skip. An empty body needs no decoding: it comes back as it is.
    """
    chain = _chain(codings)
    if not is_supported(codings):
        return Decoded(None, SkipReason.UNKNOWN_CODING, f"content coding {codings!r}")
    if chain and len(body) > limits.compressed:
        return Decoded(
            None, SkipReason.COMPRESSED_TOO_LARGE, f"{len(body)} bytes, the limit is {limits.compressed}"
        )
    try:
        for coding in reversed(chain if body else ()):
            body = _DECODERS[coding](body, limits.decoded)
    except ValueError as error:
        return Decoded(None, SkipReason.BROKEN_CODING, str(error))
    except _TooLargeError:
        return _too_large(limits)
    return Decoded(body) if len(body) <= limits.decoded else _too_large(limits)


def _too_large(limits: Limits) -> Decoded:
    return Decoded(None, SkipReason.BODY_TOO_LARGE, f"more than {limits.decoded} bytes when decoded")


def is_supported(codings: str | None) -> bool:
    """Whether `decode` knows every coding of this Content-Encoding value, and not too many of them."""
    chain = _chain(codings)
    return len(chain) <= _MAX_CHAIN and all(coding in _DECODERS for coding in chain)


def _chain(codings: str | None) -> tuple[str, ...]:
    """The codings in the order they were applied; empty list elements mean nothing (RFC 9110, 5.6.1)."""
    names = (name.strip(" \t").lower() for name in (codings or "").split(","))
    return tuple(name for name in names if name not in ("", "identity"))


def _gzip(body: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    left = limit
    view = memoryview(body)
    for _ in range(_MAX_MEMBERS):
        used = _inflate("gzip", view, _GZIP, left, pieces)
        left = limit - sum(map(len, pieces))
        view = view[used:]
        if not any(view):
            return b"".join(pieces)
    raise ValueError(f"gzip: more than {_MAX_MEMBERS} members")


def _deflate(body: bytes, limit: int) -> bytes:
    error: ValueError | None = None
    for bits in (_ZLIB, _RAW):
        pieces: list[bytes] = []
        try:
            used = _inflate("deflate", memoryview(body), bits, limit, pieces)
        except ValueError as reason:
            error = error or reason
            continue
        if used < len(body):
            raise ValueError(f"deflate: {len(body) - used} bytes after the end")
        return b"".join(pieces)
    raise error or ValueError("deflate: empty")


def _inflate(name: str, view: memoryview, bits: int, limit: int, pieces: list[bytes]) -> int:
    """Decode one stream at the start of `view` onto `pieces`; how many bytes of `view` it took."""
    stream = zlib.decompressobj(bits)
    for at in range(0, len(view), _PIECE):
        rest: bytes | memoryview = view[at : at + _PIECE]
        while rest and not stream.eof:
            try:
                piece = stream.decompress(rest, min(limit + 1, _STEP))
            except zlib.error as error:
                raise ValueError(f"{name}: {error}") from None
            pieces.append(piece)
            limit -= len(piece)
            if limit < 0:
                raise _TooLargeError
            rest = stream.unconsumed_tail
        if stream.eof:
            return at + len(view[at : at + _PIECE]) - len(stream.unused_data)
    raise ValueError(f"{name}: cut off, or data after the end")


def _brotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    pieces: list[bytes] = []
    rest = body
    while not stream.is_finished():
        try:
            piece = stream.process(rest, output_buffer_limit=min(limit + 1, _STEP))
        except brotli.error:
            raise ValueError("br: corrupt, or data after the end") from None
        if not piece and not stream.is_finished():
            raise ValueError("br: ends before its end")
        pieces.append(piece)
        limit -= len(piece)
        if limit < 0:
            raise _TooLargeError
        rest = b""
    return b"".join(pieces)


def _zstd(body: bytes, limit: int) -> bytes:
    view = memoryview(body)
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    pieces: list[bytes] = []
    for start, end in frame_spans(view):
        try:
            with decoder.stream_reader(view[start:end]) as reader:
                piece = reader.read(limit + 1)
        except zstandard.ZstdError as error:
            raise ValueError(f"zstd: {error}") from None
        pieces.append(piece)
        limit -= len(piece)
        if limit < 0:
            raise _TooLargeError
    return b"".join(pieces)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
