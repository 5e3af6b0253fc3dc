"""Real pages whose article is known, from hand-made labels or from a ground truth, text node by text node."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from filterproxy.rewrite.document import Document, Node, ancestors, texts_in
from tests.support.corpus import CORPUS, CorpusPage, corpus_pages
from tests.support.exactness import charset_of
from tests.support.truth import SHINGLE, Truth, shingles, squeezed, standing, table, truths

_UNSEEN = frozenset({"noscript", "template", "textarea", "title", "select", "iframe"})
_OF_ARTICLE = 0.8  # of a text's shingles, what stands in the ground truth


@dataclass(frozen=True, slots=True)
class Known:
    """One page, parsed.

    Attributes:
        page: the page.
        form: how far its bytes are from what a server sent; `labelled` where the article is known by labels.
        lang: its language.
        document: the page's tree.
        texts: of each text node, its `mem_id` and how many characters it has, white space out; none of what
            a ground truth wrongly counts to the article.
        article: the `mem_id`s of those that are the article's.
        shingles: of the article's text.
        whole: whether all of the article is known, not a few sentences.
    """

    page: CorpusPage
    form: str
    lang: str
    document: Document
    texts: Mapping[int, int]
    article: frozenset[int]
    shingles: tuple[str, ...]
    whole: bool

    def size(self, nodes: Collection[int]) -> int:
        """Characters of these text nodes."""
        return sum(self.texts[node] for node in nodes)

    def within(self, node: Node) -> set[int]:
        """Its text nodes that count."""
        return {text.mem_id for text, _ in texts_in(node)} & self.texts.keys()

    def lost(self, taken: Collection[int]) -> float:
        """Of the article's shingles, what is gone when these text nodes are."""
        left = "".join(
            squeezed(text)
            for node, text in self.document.text_nodes()
            if node.mem_id in self.texts and node.mem_id not in taken
        )
        has = set(shingles(left))
        return sum(one not in has and one not in left for one in self.shingles) / len(self.shingles)


def known_articles() -> Iterator[Known]:
    """Pages with labels first, then those that have only a ground truth."""
    labels = [json.loads(path.read_text("utf-8")) for path in sorted((CORPUS / "labels").glob("*.json"))]
    pages = {page.path: page for page in corpus_pages()}
    labelled = [_by_labels(pages[label["page"]], label) for label in labels]
    yield from (known for known in labelled if known.article)
    paths = {label["page"] for label in labels}
    for truth in truths():
        if truth.page.path not in paths:
            known = _by_truth(truth)
            if known.article:
                yield known


def _parsed(page: CorpusPage) -> Document:
    return Document(charset_of(page.body, page.content_type).decode(page.body))


def _by_labels(page: CorpusPage, label: dict[str, Any]) -> Known:
    document = _parsed(page)
    elements = document.parser.css("*")
    article = {elements[number].mem_id for number in label["article"]}
    junk = {elements[block["ordinal"]].mem_id for block in label["junk"]}
    sizes: dict[int, int] = {}
    own: set[int] = set()
    for node, text in _texts(document):
        sizes[node.mem_id] = len(squeezed(text))
        kinds = [above.mem_id in article for above in ancestors(node) if above.mem_id in article | junk]
        if kinds and all(kinds):
            own.add(node.mem_id)
    row = table()[page.path]
    known = tuple(one for text in _runs(document, own) for one in shingles(text))
    return Known(page, "labelled", row["lang"], document, sizes, frozenset(own), known, whole=True)


def _runs(document: Document, own: Collection[int]) -> list[str]:
    """The article's text, in stretches that nothing else interrupts."""
    runs = [""]
    for node, text in _texts(document):
        if node.mem_id in own:
            runs[-1] += squeezed(text)
        elif runs[-1]:
            runs.append("")
    return [run for run in runs if run]


def _by_truth(truth: Truth) -> Known:
    document = _parsed(truth.page)
    foreign = {node.mem_id for one in truth.foreign for node in document.find(one.selector)}
    wanted = {one for text in truth.texts for one in shingles(squeezed(text))}
    sizes: dict[int, int] = {}
    own: set[int] = set()
    shown = []
    for node, text in _texts(document):
        if not foreign.isdisjoint(above.mem_id for above in ancestors(node)):
            continue
        said = squeezed(text)
        shown.append(said)
        sizes[node.mem_id] = len(said)
        parts = shingles(said)
        stands = sum(one in wanted for one in parts) >= _OF_ARTICLE * len(parts)
        if len(said) >= SHINGLE and stands:
            own.add(node.mem_id)
    known = standing(truth, "".join(shown))
    return Known(
        truth.page, truth.form, truth.lang, document, sizes, frozenset(own), known, whole=truth.whole
    )


def _texts(document: Document) -> Iterator[tuple[Node, str]]:
    for node, text in document.text_nodes():
        if not any(above.tag in _UNSEEN for above in ancestors(node)):
            yield node, text
