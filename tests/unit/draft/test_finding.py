"""What a page's names alone say: an advert, a promotion, or neither."""

import pytest

from filterproxy.draft.finding import Certainty, find_candidates
from filterproxy.rewrite.document import Document
from filterproxy.ruleset.model import Category


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("app-download", Category.PROMO),
        ("erweima2", Category.PROMO),
        ("gg-left", Category.AD),
        ("ad-wrapper", Category.AD),  # whose wrapper is no app
        ("sponsorQrcode", Category.PROMO),
        ("wrapper", None),
        ("header-shadow", None),
    ],
)
def test_names_are_read_in_words(name: str, category: Category | None) -> None:
    document = Document(f"<!DOCTYPE html><body><p>渡口的第一班船。</p><div class='{name}'>扫一扫</div>")
    found = find_candidates(document, None, [], {}, frozenset())
    assert [(one.category, one.certainty) for one in found.candidates] == (
        [(category, Certainty.NAME)] if category else []
    )
