"""The WHATWG's labels and html5lib's sniffing tests, when the corpus is there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from filterproxy.errors import SkipReason
from filterproxy.rewrite.charset import sniff
from filterproxy.rewrite.prescan import encoding_of

SUITES = Path(__file__).parents[2].parent / "shared/corpus/suites"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not SUITES.is_dir(), reason="the corpus is not beside the project"),
]
NOT_TEXT = {"replacement", "x-user-defined"}


def labels() -> Iterator[tuple[str, str]]:
    for group in json.loads((SUITES / "whatwg-encoding/encodings.json").read_text()):
        for encoding in group["encodings"]:
            yield from ((label, encoding["name"]) for label in encoding["labels"])


def test_every_label_means_its_encoding_in_a_header() -> None:
    checked = 0
    for label, name in labels():
        for written in (label, label.upper(), f'"{label}"'):
            sniffed = sniff(b"<p>x", f"text/html; charset={written}")
            if name in NOT_TEXT:
                assert sniffed.skipped is SkipReason.UNKNOWN_CHARSET, label
            else:
                assert sniffed.charset is not None, label
                assert sniffed.charset.name == name, label
        checked += 1
    assert checked == 228


def test_every_label_means_its_encoding_in_a_meta() -> None:
    checked = 0
    as_read = {"UTF-16LE": "UTF-8", "UTF-16BE": "UTF-8", "x-user-defined": "windows-1252"}
    for label, name in labels():
        for meta in (
            f"<meta charset='{label}'>",
            f"<meta http-equiv=Content-Type content='a;charset={label}'>",
        ):
            sniffed = sniff(f"<!doctype html>{meta}".encode(), "text/html")
            if name == "replacement":
                assert sniffed.skipped is SkipReason.UNKNOWN_CHARSET, label
            else:
                assert sniffed.charset is not None, label
                assert (sniffed.charset.name, sniffed.charset.origin) == (as_read.get(name, name), "declared")
        checked += 1
    assert checked == 228


def test_html5lib_sniffing_cases() -> None:
    """All but the one that writes its meta by a script."""
    checked = 0
    for file in sorted(SUITES.glob("html5lib/encoding/*.dat")):
        for case in re.split(rb"(?:^|\n)#data\n", file.read_bytes())[1:]:
            data, _, rest = case.partition(b"\n#encoding\n")
            expected = encoding_of(rest.partition(b"\n")[0].strip())
            charset = sniff(data, None).charset
            assert charset is not None
            found = "windows-1252" if charset.origin == "guess" else charset.name.lower()
            assert found == expected, data[:200]
            checked += 1
    assert checked == 82
