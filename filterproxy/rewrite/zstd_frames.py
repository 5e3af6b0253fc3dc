"""Where zstd frames begin and end (RFC 8878, section 3.1).

The decoder itself does not tell a body that was cut off from one that is complete, nor how much of
its input it used. Walking over the block headers does both, without decoding anything.
"""

import zstandard

MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # after a first byte of 0x50 to 0x5F
_MAX_BLOCKS = 200_000  # an honest 10 MiB page has under a hundred; this bounds the walk at some 50 ms
_MAX_FRAMES = 4096  # pzstd makes one for every few MiB
_RLE = 1
_RESERVED = 3


def frame_spans(body: memoryview) -> list[tuple[int, int]]:
    """The (start, end) of every data frame, skippable frames left out.

    Raises:
        ValueError: the body is cut off, is no zstd, or has more blocks than any page; says which.
    """
    spans = []
    at = 0
    blocks = 0
    while at < len(body):
        if body[at] & 0xF0 == 0x50 and body[at + 1 : at + 4] == _SKIPPABLE:  # noqa: PLR2004 - the magic's low nibble is free
            end = at + 8 + int.from_bytes(body[at + 4 : at + 8], "little")
        else:
            end, seen = _frame_end(body, at, _MAX_BLOCKS - blocks)
            blocks += seen
            spans.append((at, end))
        if len(spans) > _MAX_FRAMES:
            raise ValueError(f"zstd: more than {_MAX_FRAMES} frames")
        if end > len(body):
            raise ValueError("zstd: ends within a frame")
        at = end
    return spans


def _frame_end(body: memoryview, start: int, most: int) -> tuple[int, int]:
    """The end of the data frame at `start` and its number of blocks; the end may lie past the body's."""
    if body[start : start + 4] != MAGIC:
        raise ValueError(f"zstd: no frame at byte {start}")
    try:
        at = start + zstandard.frame_header_size(body[start : start + 18])
        checksum = zstandard.get_frame_parameters(body[start : start + 18]).has_checksum
    except zstandard.ZstdError as error:
        raise ValueError(f"zstd: {error}") from None
    for seen in range(1, most + 1):
        header = int.from_bytes(body[at : at + 3], "little")
        kind = header >> 1 & 3
        if at + 3 > len(body) or kind == _RESERVED:
            raise ValueError(f"zstd: no whole block at byte {at}")
        at += 3 + (1 if kind == _RLE else header >> 3)
        if header & 1:
            return at + 4 * checksum, seen
    raise ValueError(f"zstd: more than {_MAX_BLOCKS} blocks")
