"""google/brotli's own test data through our decoder, when the corpus is there."""

from pathlib import Path

import brotli
import pytest

from filterproxy.errors import SkipReason
from filterproxy.rewrite.content_coding import decode
from filterproxy.settings import Limits

DATA = Path(__file__).parents[2].parent / "shared/corpus/suites/brotli/tests/testdata"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not DATA.is_dir(), reason="the corpus is not beside the project"),
]


def test_every_compressed_file_comes_out_as_its_original() -> None:
    checked = 0
    for compressed in sorted(DATA.glob("*.compressed*")):
        original = DATA / compressed.name.partition(".compressed")[0]
        result = decode(compressed.read_bytes(), "br", Limits())
        if original.exists():
            assert result.body == original.read_bytes(), compressed.name
        else:
            assert result.body == brotli.decompress(compressed.read_bytes()), compressed.name
        checked += 1
    assert checked == 45


def test_every_file_cut_off_is_refused() -> None:
    checked = 0
    for compressed in sorted(DATA.glob("*.compressed*")):
        whole = compressed.read_bytes()
        for end in {len(whole) // 2, len(whole) - 1} - {0}:
            assert decode(whole[:end], "br", Limits()).skipped is SkipReason.BROKEN_CODING, compressed.name
            checked += 1
    assert checked > 60
