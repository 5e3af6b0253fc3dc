"""How deep a page nests, told before it is parsed."""

import pytest

from filterproxy.rewrite.nesting import nests_deeper

LIMIT = 512
FILL = b"<p>x</p>" * 5_000


@pytest.mark.parametrize(
    ("body", "deep"),
    [
        (b"<div>" * 200_000, True),
        (FILL + b"<b>" * 600, True),
        (FILL + b"<b>" * 500, False),
        (FILL + b"<div>" * 600 + b"</div>" * 600, True),
        (b"<div>x</div>" * 20_000, False),
        (b"<br>" * 20_000, False),
        (b"<li>x" * 20_000, False),
        (b"<tr><td>x" * 20_000, False),
        (b"<DIV>" * 20_000, True),
        (b"<div>" * 600, False),  # few tags cost little, however they nest
        (b"a < b " * 20_000, False),
        (b"", False),
    ],
)
def test_depth(body: bytes, deep: bool) -> None:  # noqa: FBT001 - a table's column
    assert nests_deeper(body, LIMIT) is deep
