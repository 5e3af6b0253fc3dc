"""What of a real page is its article, as who collected the page wrote it down, and how much of it is gone.

Texts are compared by shingles of twelve characters, white space out: a line that a box was cut out of, or a
text that is broken otherwise than in the page, is still compared for what it holds.
"""

import csv
import functools
import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from tests.support.corpus import CORPUS, CorpusPage, corpus_pages
from tests.support.exactness import charset_of, parse

SHINGLE = 12
FOREIGN = Path(__file__).parents[1] / "corpus" / "foreign.tsv"
"""Elements whose text a ground truth counts to the article though it is none of it, each with the reason."""

_UNSEEN = "script,style,noscript,template,textarea,title"


@dataclass(frozen=True, slots=True)
class Foreign:
    """An element that a ground truth counts to the article, looked at and found to be none of it.

    Attributes:
        selector: of it, alone in its page.
        length: characters of its text, white space out.
        digest: the first sixteen digits of that text's SHA-256: it is still what was looked at.
        reason: what it is.
    """

    selector: str
    length: int
    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class Truth:
    """A page with its article's text.

    Attributes:
        page: the page.
        form: how far its bytes are from what a server sent.
        lang: its language.
        texts: the article's texts; of some collections a few sentences of it.
        unwanted: sentences that are no part of the article.
        foreign: elements that are none either, though the texts hold what they say.
        whole: whether the texts are all of the article.
    """

    page: CorpusPage
    form: str
    lang: str
    texts: tuple[str, ...]
    unwanted: tuple[str, ...] = ()
    foreign: tuple[Foreign, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Loss:
    """Of an article, the shingles that stand in the page, and those of them that stand there no more."""

    there: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def share(self) -> float:
        return len(self.lost) / len(self.there) if self.there else 0.0


@functools.cache
def table() -> Mapping[str, Mapping[str, str]]:
    """The rows of the corpus's table, by path."""
    with (CORPUS / "pages.tsv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file, delimiter="\t")}


def truths() -> Iterator[Truth]:
    """Every page whose ground truth says what its article is, in the table's order."""
    excepted = _foreign()
    for page in corpus_pages():
        row = table()[page.path]
        if row["ground_truth"]:
            texts, unwanted = _read(CORPUS / "pages" / row["ground_truth"])
            if texts:
                foreign = tuple(excepted.get(page.path, ()))
                whole = not row["ground_truth"].endswith("json")  # these hold sentences, or a beginning
                yield Truth(page, row["form"], row["lang"], texts, unwanted, foreign, whole)


def _foreign() -> Mapping[str, Sequence[Foreign]]:
    found: dict[str, list[Foreign]] = defaultdict(list)
    with FOREIGN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            one = Foreign(row["selector"], int(row["length"]), row["digest"], row["reason"])
            found[row["path"]].append(one)
    return found


def _read(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A ground truth: what is article, what is not."""
    written = path.read_bytes()
    try:
        raw = written.decode("utf-8")
    except UnicodeDecodeError:
        raw = written.decode("gb18030", "replace")
    if path.suffix == ".html":
        body = LexborHTMLParser(raw).body
        return ("" if body is None else body.text(separator="\n"),), ()
    if path.suffix != ".json":
        return (raw,), ()
    data = json.loads(raw)
    if "with" in data:
        return tuple(data["with"]), tuple(data["without"])
    text = data.get("expected", {}).get("cleaned_text", "")
    return ((text,) if text else ()), ()


def squeezed(text: str) -> str:
    """NFKC, and without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def shown(page: CorpusPage, body: bytes, less: Iterable[str] = ()) -> str:
    """The text of a page's body without code, squeezed. `less`: selectors of what is left out, too."""
    tree = parse(body, charset_of(body, page.content_type))
    for css in (_UNSEEN, *less):
        for node in tree.css(css):
            node.remove()
    return "" if tree.body is None else squeezed(tree.body.text())


def shingles(text: str) -> list[str]:
    """Of a squeezed text: every twelve characters in a row; a shorter one whole."""
    return [text[at : at + SHINGLE] for at in range(max(1, len(text) - SHINGLE + 1))] if text else []


def loss(truth: Truth, filtered: bytes) -> Loss:
    """What of a page's article is gone from the filtered page."""
    page = truth.page
    there = standing(truth, shown(page, page.body, (one.selector for one in truth.foreign)))
    after = shown(page, filtered)
    has = set(shingles(after))
    return Loss(there, tuple(one for one in there if one not in has and one not in after))


def standing(truth: Truth, before: str) -> tuple[str, ...]:
    """The article's shingles that stand in the page, as `before` has its text without foreign elements."""
    had, other = set(shingles(before)), _said(truth)
    wanted = (one for text in truth.texts for one in shingles(squeezed(text)) if one not in other)
    return tuple(one for one in wanted if one in had or one in before)


def _said(truth: Truth) -> set[str]:
    """The shingles of what the foreign elements say."""
    page, said = truth.page, set[str]()
    if truth.foreign:
        tree = parse(page.body, charset_of(page.body, page.content_type))
        for one in truth.foreign:
            (node,) = tree.css(one.selector)
            text = squeezed(node.text())
            judged = (len(text), hashlib.sha256(text.encode()).hexdigest()[:16])
            assert judged == (one.length, one.digest), f"{page.path}: {one.selector} is not what it was"
            said.update(shingles(text))
    return said
