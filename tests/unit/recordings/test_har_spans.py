"""Any HAR is divided where its entries are, however its bytes fall into what is read at once."""

import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filterproxy.recordings import har_spans
from filterproxy.recordings.har_spans import CutShortError, Spans

_TEXT = st.text(st.sampled_from('"\\{}[]:, aé晚\n'), max_size=8)
_LEAVES = _TEXT | st.integers(-99, 99) | st.booleans() | st.none()
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3)
)
_OBJECTS = st.dictionaries(_TEXT, _VALUES, max_size=3)
_HARS = st.builds(
    lambda before, entries, after: {
        "x": before,
        "log": {"pages": [before], "entries": entries, "y": after},
        "z": after,
    },
    _OBJECTS,
    st.lists(_OBJECTS, max_size=4),
    _OBJECTS,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(har=_HARS, indent=st.sampled_from([None, 0, 2]), chunk=st.integers(1, 40), data=st.data())
def test_spans_are_the_entries(
    tmp_path_factory: pytest.TempPathFactory,
    har: dict[str, Any],
    indent: int | None,
    chunk: int,
    data: st.DataObject,
) -> None:
    whole = json.dumps(har, ensure_ascii=False, indent=indent).encode()
    path = tmp_path_factory.getbasetemp() / "spans.har"
    path.write_bytes(whole)
    with mock.patch.object(har_spans, "_CHUNK", chunk):
        found, short = spans_of(path)
        assert short is None
        assert [json.loads(text) for _, text in found] == har["log"]["entries"]
        assert [whole[at : at + len(text)] for at, text in found] == [text for _, text in found]
        for number, (at, _) in enumerate(found):
            assert spans_of(path, at) == (found[number:], None)
        end = data.draw(st.integers(0, len(whole) - 1))
        path.write_bytes(whole[:end])
        seen, short = spans_of(path)
    assert seen == [(at, text) for at, text in found if at + len(text) <= end]
    assert len(seen) == len(found) or short is not None
    assert short is None or short <= end


def spans_of(path: Path, start: int = 0) -> tuple[list[tuple[int, bytes]], int | None]:
    """The spans, and where the file is cut short."""
    seen: list[tuple[int, bytes]] = []
    with Spans(path, start) as spans:
        try:
            if start or spans.enter():
                seen.extend(spans)
        except CutShortError as error:
            return seen, error.at
    return seen, None
