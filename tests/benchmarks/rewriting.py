"""The measuring itself: pages sorted by what becomes of them, and the two ways timed in turn."""

import dataclasses
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from filterproxy.demo.pages import PAGES, find
from filterproxy.engine import Engine
from filterproxy.rewrite.charset import sniff
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset
from tests.support.corpus import CORPUS, CorpusPage, corpus_pages

BUNDLED = Path(__file__).parents[2] / "rules"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: some rules on the pages that fare alike under them.

    Attributes:
        rules: which.
        pages: `cut`, `tried` (tokens stand, nothing is cut) or `without tokens`.
        count: pages.
        size: bytes of a page, mean.
        parse, rewrite: seconds a page, means of the median round.
        ratio: rewrite to parse, median of the rounds.
    """

    rules: str
    pages: str
    count: int
    size: float
    parse: float
    rewrite: float
    ratio: float

    def as_json(self) -> dict[str, object]:
        return dataclasses.asdict(self)


def sample_pages() -> list[CorpusPage]:
    """The real pages, or the sample site's."""
    if CORPUS.is_dir():
        return list(corpus_pages())
    return [
        CorpusPage(page.name, page.url, f"text/html; charset={page.charset}", page.charset, body)
        for page in PAGES
        for body in [find(page.host, page.path).read_bytes()]
    ]


def measure(pages: Sequence[CorpusPage], rounds: int) -> list[Row]:
    """Every row of the table."""
    rows = []
    for name, ruleset in rule_sets():
        engine = Engine(ruleset)
        groups: dict[str, list[CorpusPage]] = defaultdict(list)
        for page in pages:
            done = engine.rewrite_page(page.body, url=page.url, content_type=page.content_type)
            if done.skipped is None:
                kind = "cut" if done.body is not page.body else "tried" if done.tried else "without tokens"
                groups[kind].append(page)
        rows += [_row(name, kind, engine, groups[kind], rounds) for kind in sorted(groups)]
    return rows


def rule_sets() -> Iterable[tuple[str, Ruleset]]:
    """The rules that are measured, with their names."""
    yield "bundled", load_ruleset([BUNDLED])
    yield "all generic rules", load_ruleset(sorted(BUNDLED.glob("generic*.yaml")))
    ten = [*"script iframe ins ul form h3 dl noscript table".split(), ".ad"]
    yield "ten selectors that cut", _selectors(ten)
    yield "scripts alone", _selectors(["script"])
    yield "40 selectors that stand nowhere", _selectors([f".zz-nowhere-{n}" for n in range(40)])
    yield "60,000 selectors that stand nowhere", _selectors([f".zz-nowhere-{n}" for n in range(60_000)])


def _selectors(selectors: list[str]) -> Ruleset:
    """Rules for every site that remove these, a hundred a rule."""
    lines = ["version: 1", 'site: "*"', "rules:"]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(0, len(selectors), 100):
            listed = ", ".join(f'"{css}"' for css in selectors[number : number + 100])
            lines.append(f"  - {{id: r{number}, category: ad, remove: [{listed}]}}")
            if len(lines) > 100 or number + 100 >= len(selectors):
                (Path(folder) / f"{number}.yaml").write_text("\n".join(lines), "utf-8")
                lines = lines[:3]
        return load_ruleset([folder])


def _row(name: str, kind: str, engine: Engine, pages: Sequence[CorpusPage], rounds: int) -> Row:
    texts = []
    for page in pages:
        charset = sniff(page.body, page.content_type).charset
        texts.append(page.body.decode("latin-1") if charset is None else charset.decode(page.body))
    timed = [(_parse(texts), _rewrite(engine, pages)) for _ in range(rounds)]
    count = len(pages)
    return Row(
        name,
        kind,
        count,
        statistics.mean(len(page.body) for page in pages),
        statistics.median(parse for parse, _ in timed) / count,
        statistics.median(rewrite for _, rewrite in timed) / count,
        statistics.median(rewrite / parse for parse, rewrite in timed),
    )


def _parse(texts: Sequence[str]) -> float:
    start = time.process_time()
    for text in texts:
        LexborHTMLParser(text, scripting=True)
    return time.process_time() - start


def _rewrite(engine: Engine, pages: Sequence[CorpusPage]) -> float:
    start = time.process_time()
    for page in pages:
        engine.rewrite_page(page.body, url=page.url, content_type=page.content_type)
    return time.process_time() - start
