"""The real pages beside the checkout, where they are there."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
PAGES = 673

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the real pages are not beside this checkout")


@dataclass(frozen=True, slots=True)
class CorpusPage:
    """One page: its bytes, the address rules see, the Content-Type it would come with."""

    path: str
    url: str
    content_type: str
    charset: str
    body: bytes


def corpus_pages() -> Iterator[CorpusPage]:
    """All pages, in the table's order."""
    with (CORPUS / "pages.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            known = row["url"].startswith("http")
            domain = row["domain"] if row["domain"] != "?" else "unknown.test"
            charset = row["charset"].split()[0]
            yield CorpusPage(
                row["path"],
                row["url"] if known else f"http://www.{domain}/a.html",
                f"text/html; charset={charset}",
                charset,
                (CORPUS / "pages" / row["path"]).read_bytes(),
            )
