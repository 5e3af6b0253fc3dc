"""Whether a page's policy lets an inline style work (CSP 3)."""

import pytest

from filterproxy.rewrite.policy import allows_inline_style


@pytest.mark.parametrize(
    ("policies", "allowed"),
    [
        ([], True),
        (["script-src 'self'"], True),
        (["default-src 'self'"], False),
        (["default-src 'self'; style-src 'unsafe-inline'"], True),
        (["style-src 'unsafe-inline'; style-src-attr 'none'"], False),
        (["style-src 'none'; style-src-attr 'unsafe-inline'"], True),
        (["STYLE-SRC 'Unsafe-Inline'"], True),
        (["style-src 'unsafe-inline' 'nonce-abc'"], False),
        (["style-src 'unsafe-inline' 'sha256-abc='"], False),
        (["style-src 'none'; style-src 'unsafe-inline'"], False),  # the first of a name counts
        (["img-src *, style-src 'self'"], False),  # every policy counts
        (["img-src *", "style-src 'self'"], False),
        ([" ;; "], True),
    ],
)
def test_inline_style(policies: list[str], allowed: bool) -> None:  # noqa: FBT001 - a table's column
    assert allows_inline_style(policies) is allowed
