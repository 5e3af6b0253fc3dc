"""What lists cost: a page's rewriting, a request's decision, start-up and memory. Ratios in one run.

    python -m tests.benchmarks.lists [--rounds N]

EasyList, EasyPrivacy and EasyList China beside the checkout, on the Chinese pages there. Times of pages and
requests are of this process's processor, taken in turn, so that a busy machine slows both alike; start-up and
memory are of processes of their own.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from filterproxy.decide.requests import RequestFilter
from filterproxy.engine import Engine
from filterproxy.lists.cache import CompiledLists, ListCache
from filterproxy.lists.store import ListStore, State, Subscription
from filterproxy.ruleset.model import Category, Ruleset
from filterproxy.ruleset.network_filters import TYPES
from filterproxy.ruleset.store import load_ruleset
from tests.benchmarks.rewriting import BUNDLED
from tests.support.corpus import CORPUS, CorpusPage, corpus_pages

LISTS = {"easylist": Category.AD, "easyprivacy": Category.TRACKING, "easylistchina": Category.AD}
MB = 1e6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lists", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        sys.stdout.write(json.dumps(_start(options.child[0], Path(options.child[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        lists = _cache(Path(folder), fill=True).build()
        assert lists is not None
        _say("compiling, once", f"{time.perf_counter() - began:.1f} s")
        for kind in ("proxy", "worker"):
            found = [_child(kind, folder) for _ in range(3)]
            seconds = statistics.median(seconds for seconds, _ in found)
            grown = statistics.median(size for _, size in found)
            _say(f"start-up of a {kind} from the cache", f"{seconds:.3f} s, {grown:.0f} MB")
        _pages(lists, options.rounds)
        _requests(lists)


def _say(what: str, figure: str) -> None:
    sys.stdout.write(f"{what:40} {figure}\n")


def _cache(folder: Path, *, fill: bool = False) -> ListCache:
    store = ListStore(folder / "data")
    for name, category in LISTS.items() if fill else ():
        store.add(Subscription(name, name, category))
        store.keep(name, State(), (CORPUS / "lists" / f"{name}.txt").read_bytes())
    return ListCache(store, folder / "cache")


def _child(kind: str, folder: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "tests.benchmarks.lists", "--child", kind, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, grown = json.loads(done.stdout)
    return seconds, grown


def _start(kind: str, folder: Path) -> tuple[float, float]:
    """Seconds and megabytes that the lists add to a proxy, or to a worker, that has its rules already."""
    ruleset = load_ruleset([BUNDLED])
    Engine(ruleset).rewrite_page(b"<p>x", url="https://news.example/")
    RequestFilter(ruleset)
    cache = _cache(folder)
    path = folder / "cache" / (cache.digest() or "")[:32] / "cosmetics"
    size, began = _resident(), time.perf_counter()
    if kind == "proxy":
        lists = cache.load()
        assert lists is not None
        kept = (Engine(ruleset.with_lists(lists.cosmetics)), RequestFilter(ruleset, lists=lists.layer))
    else:
        from filterproxy.lists.cosmetics import reopened  # noqa: PLC0415 - what a worker's start runs

        kept = (Engine(ruleset.with_lists(reopened(path))), RequestFilter(ruleset))
    seconds = time.perf_counter() - began
    assert all(kept)
    return seconds, (_resident() - size) / MB


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _chinese() -> Iterator[CorpusPage]:
    with (CORPUS / "pages.tsv").open(encoding="utf-8", newline="") as table:
        chinese = {
            row["path"] for row in csv.DictReader(table, delimiter="\t") if row["lang"].startswith("zh")
        }
    return (page for page in corpus_pages() if page.path in chinese)


def _pages(lists: CompiledLists, rounds: int) -> None:
    pages = list(_chinese())
    ruleset = load_ruleset([BUNDLED])
    engines = (Engine(ruleset), Engine(ruleset.with_lists(lists.cosmetics)))
    times = [[_rewritten(engine, pages) for engine in engines] for _ in range(rounds + 1)][1:]
    without, beside = (statistics.median(column) / len(pages) for column in zip(*times, strict=True))
    ratio = statistics.median(b / a for a, b in times)
    _say(
        f"rewriting, {len(pages)} Chinese pages", f"{without * 1e3:.2f} ms, with lists {beside * 1e3:.2f} ms"
    )
    _say("ratio", f"{ratio:.2f}")


def _rewritten(engine: Engine, pages: Sequence[CorpusPage]) -> float:
    began = time.process_time()
    for page in pages:
        engine.rewrite_page(page.body, url=page.url, content_type=page.content_type)
    return time.process_time() - began


def _requests(lists: CompiledLists) -> None:
    asked = [
        json.loads(line) for line in (CORPUS / "requests" / "real.jsonl").read_text("utf-8").splitlines()
    ]
    kinds = [
        (item["url"], item["source"], item["type"] if item["type"] in TYPES else "other") for item in asked
    ]
    verdict = RequestFilter(Ruleset(()), lists=lists.layer).verdict
    rounds = []
    for _ in range(3):  # the first looks up where filters come from
        began = time.process_time()
        for url, source, kind in kinds:
            verdict(url, source, kind)
        rounds.append((time.process_time() - began) / len(kinds) * 1e6)
    _say(f"a request, of {len(kinds):,}", f"{rounds[0]:.1f} µs the first time, {min(rounds):.1f} µs after")


if __name__ == "__main__":
    main()
