"""Content codings: the whole body or the original, and never more memory than the limit allows."""

import gzip
import json
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from filterproxy.classify.response import admit
from filterproxy.errors import SkipReason
from filterproxy.rewrite.content_coding import decode, is_supported
from filterproxy.settings import MIB, Limits

LIMITS = Limits()
TEXT = ("<p>第一段的文字，猜你喜欢</p>\r\n" * 500).encode("gb18030")


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def zstd_streamed(data: bytes) -> bytes:
    """A frame that does not tell its content's size, as servers send it."""
    stream = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd),
    "zstd, streamed": ("zstd", zstd_streamed),
}
each_encoder = pytest.mark.parametrize(("coding", "encode"), ENCODERS.values(), ids=ENCODERS.keys())


def skipped(body: bytes, coding: str, limits: Limits = LIMITS) -> SkipReason | None:
    result = decode(body, coding, limits)
    assert (result.body is None) == (result.skipped is not None)
    assert bool(result.detail) == (result.skipped is not None)
    return result.skipped


@each_encoder
@given(data=st.binary(max_size=5000))
def test_what_was_encoded_comes_back(coding: str, encode: Callable[[bytes], bytes], data: bytes) -> None:
    assert decode(encode(data), coding, LIMITS).body == data


@each_encoder
def test_a_body_cut_off_anywhere_is_refused(coding: str, encode: Callable[[bytes], bytes]) -> None:
    whole = encode(TEXT)
    assert len(whole) > 30
    for end in range(1, len(whole)):
        assert skipped(whole[:end], coding) is SkipReason.BROKEN_CODING, end


@each_encoder
@given(garbage=st.binary(min_size=1, max_size=40).filter(any))
def test_data_after_the_end_is_refused(coding: str, encode: Callable[[bytes], bytes], garbage: bytes) -> None:
    assert skipped(encode(TEXT) + garbage, coding) is SkipReason.BROKEN_CODING


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "zlib", "zstd", "zstd, streamed"])
@given(place=st.integers(min_value=0, max_value=10_000), bit=st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_is_found_where_there_is_a_checksum(name: str, place: int, bit: int) -> None:
    coding, encode = ENCODERS[name]
    damaged = bytearray(encode(TEXT))
    damaged[place % len(damaged)] ^= 1 << bit
    assert decode(bytes(damaged), coding, LIMITS).body in (None, TEXT)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_wrong_checksum_is_refused(coding: str) -> None:
    body = bytearray(ENCODERS[coding][1](TEXT))
    body[-5 if coding == "gzip" else -1] ^= 1
    assert skipped(bytes(body), coding) is SkipReason.BROKEN_CODING


def test_every_member_and_every_frame_is_decoded() -> None:
    assert decode(gzip.compress(TEXT) + gzip.compress(b"") + gzip.compress(b"end"), "gzip", LIMITS).body == (
        TEXT + b"end"
    )
    skippable = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"
    frames = zstd(TEXT) + skippable + zstd_streamed(b"") + zstd(b"") + zstd_streamed(b"end")
    assert decode(frames, "zstd", LIMITS).body == TEXT + b"end"


def test_a_member_cut_off_after_a_whole_one_is_refused() -> None:
    second = gzip.compress(TEXT)
    for end in range(1, len(second)):
        assert skipped(gzip.compress(b"first") + second[:end], "gzip") is SkipReason.BROKEN_CODING, end
    second = zstd(TEXT)
    for end in range(1, len(second)):
        assert skipped(zstd(b"first") + second[:end], "zstd") is SkipReason.BROKEN_CODING, end


def test_zero_bytes_after_a_gzip_member_are_padding() -> None:
    assert decode(gzip.compress(TEXT) + bytes(700), "gzip", LIMITS).body == TEXT
    assert skipped(gzip.compress(TEXT) + bytes(700) + b"x", "gzip") is SkipReason.BROKEN_CODING
    assert skipped(zlib.compress(TEXT) + bytes(1), "deflate") is SkipReason.BROKEN_CODING


def test_brotli_large_windows_and_wide_zstd_windows_are_refused() -> None:
    # the first byte 0x11 announces a large window, which is no content coding (RFC 7932, 9.1)
    assert skipped(b"\x11\x1e" + brotli.compress(TEXT), "br") is SkipReason.BROKEN_CODING
    wide = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    body = stream.compress(TEXT) + stream.flush()
    assert zstandard.get_frame_parameters(body).window_size == 128 * MIB
    assert skipped(body, "zstd") is SkipReason.BROKEN_CODING


def test_a_zstd_frame_that_needs_a_dictionary_is_refused() -> None:
    dictionary = zstandard.ZstdCompressionDict(TEXT[:4096], dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    body = zstandard.ZstdCompressor(dict_data=dictionary, write_checksum=True).compress(TEXT[100:3000])
    assert skipped(body, "zstd") is SkipReason.BROKEN_CODING


@pytest.mark.parametrize(
    "codings", ["GZIP", " gzip", "gzip\t", "gzip,", ", gzip", "identity, gzip", "gzip,identity"]
)
def test_case_space_and_empty_elements_do_not_matter(codings: str) -> None:
    assert decode(gzip.compress(TEXT), codings, LIMITS).body == TEXT


@pytest.mark.parametrize("codings", [None, "", " ", "identity", "Identity, identity"])
def test_without_a_coding_the_body_is_the_same_object(codings: str | None) -> None:
    assert decode(TEXT, codings, LIMITS).body is TEXT


def test_chains_are_undone_from_the_last_to_the_first() -> None:
    assert decode(brotli.compress(gzip.compress(TEXT)), "gzip, br", LIMITS).body == TEXT
    assert decode(zstd(zlib.compress(gzip.compress(TEXT))), "x-gzip,deflate, zstd", LIMITS).body == TEXT
    assert skipped(TEXT, "gzip, gzip, gzip, gzip") is SkipReason.UNKNOWN_CODING


UNKNOWN = ["hex", "utf-8", "gzip;q=1", "gzip gzip", "gzip/br", "compress", "dcb", "dcz", "bz2", "*", "x-br"]


@pytest.mark.parametrize("codings", [*UNKNOWN, "quopri", "base64", "rot13", "zlib", "none", "gzip, hex"])
def test_no_other_coding_is_known(codings: str) -> None:
    assert skipped(gzip.compress(TEXT), codings) is SkipReason.UNKNOWN_CODING
    assert not is_supported(codings)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd"])
def test_an_empty_body_stays_empty_and_junk_is_refused(coding: str) -> None:
    assert decode(b"", coding, LIMITS).body == b""
    for junk in (b"<", b"<!doctype html>", bytes(40), b"\xff" * 40):
        assert skipped(junk, coding) is SkipReason.BROKEN_CODING


@pytest.mark.parametrize("codings", [None, "identity", "GZIP , br", "x-gzip", "deflate", "zstd", *UNKNOWN])
def test_classify_admits_what_is_decoded_here(codings: str | None) -> None:
    headers = [(b"Content-Type", b"text/html")]
    if codings is not None:
        headers.append((b"content-encoding", codings.encode()))
    assert (admit("GET", 200, headers) is None) == is_supported(codings)


@each_encoder
def test_the_limits_are_kept_to_the_byte(coding: str, encode: Callable[[bytes], bytes]) -> None:
    data = TEXT[:9000]
    assert decode(encode(data), coding, Limits(decoded=9000)).body == data
    assert skipped(encode(data), coding, Limits(decoded=8999)) is SkipReason.BODY_TOO_LARGE
    size = len(encode(data))
    assert decode(encode(data), coding, Limits(compressed=size)).body == data
    assert skipped(encode(data), coding, Limits(compressed=size - 1)) is SkipReason.COMPRESSED_TOO_LARGE


def test_a_body_without_coding_is_bound_by_the_decoded_limit_alone() -> None:
    assert decode(TEXT, None, Limits(compressed=10)).body is TEXT
    assert skipped(TEXT, "identity", Limits(decoded=len(TEXT) - 1)) is SkipReason.BODY_TOO_LARGE


MEASURE = """
import json, sys, time
from pathlib import Path
from filterproxy.rewrite.content_coding import decode
from filterproxy.settings import Limits

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024

body, limits = Path(sys.argv[1]).read_bytes(), Limits()
before, start = peak(), time.perf_counter()
result = decode(body, sys.argv[2], limits)
seconds = time.perf_counter() - start
print(json.dumps({"skipped": result.skipped, "seconds": seconds, "rise": peak() - before}))
"""


def gigabyte(compress: Callable[[bytes], bytes], flush: Callable[[], bytes]) -> bytes:
    zeros = bytes(MIB)
    return b"".join([compress(zeros) for _ in range(1024)]) + flush()


def gzip_bomb() -> bytes:
    stream = zlib.compressobj(9, wbits=31)
    head = stream.compress(bytes(MIB)) + stream.flush(zlib.Z_FULL_FLUSH)
    again = stream.compress(bytes(MIB)) + stream.flush(zlib.Z_FULL_FLUSH)
    return head + again * 1022 + stream.compress(bytes(MIB)) + stream.flush()


def brotli_bomb() -> bytes:
    stream = brotli.Compressor(quality=5, lgwin=24)
    return gigabyte(stream.process, stream.finish)


def zstd_bomb() -> bytes:
    stream = zstandard.ZstdCompressor(level=1).compressobj()
    return gigabyte(stream.compress, stream.flush)


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "brotli": ("br", brotli_bomb),
    "gzip": ("gzip", gzip_bomb),
    "zstd": ("zstd", zstd_bomb),
    "gzip in gzip": ("gzip, gzip", lambda: gzip.compress(gzip_bomb())),
    "brotli in gzip in zstd": ("br, gzip, zstd", lambda: zstd(gzip.compress(brotli_bomb()))),
}


@pytest.mark.parametrize(("codings", "make"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_costs_neither_time_nor_memory(
    codings: str, make: Callable[[], bytes], tmp_path: Path
) -> None:
    bomb = tmp_path / "bomb"
    bomb.write_bytes(make())
    assert bomb.stat().st_size < 2 * MIB
    command = [sys.executable, "-c", MEASURE, str(bomb), codings]
    measured = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    assert measured["skipped"] == "body-too-large"
    assert measured["seconds"] < 0.5
    assert measured["rise"] < 3 * LIMITS.decoded


def many_members() -> bytes:
    return gzip.compress(b"") * (5 * MIB // 20)


def many_frames() -> bytes:
    return b"\x28\xb5\x2f\xfd\x00\x00\x01\x00\x00" * (5 * MIB // 9)


def many_blocks() -> bytes:
    return b"\x28\xb5\x2f\xfd\x00\x00" + bytes(5 * MIB - 20)


@pytest.mark.parametrize(
    ("coding", "make"),
    [
        ("gzip", many_members),
        ("zstd", many_frames),
        ("zstd", many_blocks),
        ("gzip", lambda: gzip.compress(b"x") + bytes(5 * MIB - 40) + b"x"),
    ],
)
def test_a_body_of_nothing_but_beginnings_is_soon_given_up(coding: str, make: Callable[[], bytes]) -> None:
    body = make()
    assert len(body) <= LIMITS.compressed
    start = time.perf_counter()
    assert skipped(body, coding) is SkipReason.BROKEN_CODING
    assert time.perf_counter() - start < 1
