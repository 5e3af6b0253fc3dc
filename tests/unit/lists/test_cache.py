"""Compiled lists: loaded as they were made, made anew where damaged, matches traced to their lines."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from filterproxy.decide.requests import Decision, RequestFilter
from filterproxy.lists.cache import ListCache
from filterproxy.lists.origins import ListOrigins
from filterproxy.lists.store import ListStore, State, Subscription
from filterproxy.ruleset.model import Category, Ruleset

ONE = "! 一\n||tracker.example^\n  /ad-*.js$script  \n@@||tracker.example/ok^\n##.ad\n"
TWO = "||counter.example^$third-party\r\n广告.example##.x\r\n||tracker.example^\r\n"


@pytest.fixture
def cache(tmp_path: Path) -> ListCache:
    store = ListStore(tmp_path / "data")
    for name, text in (("one", ONE), ("two", TWO)):
        store.add(Subscription(name, str(tmp_path / f"{name}.txt"), Category.AD))
        store.keep(name, State(), text.encode())
    return ListCache(store, tmp_path / "cache")


def blocked(cache: ListCache, url: str) -> tuple[Decision, str, str, str] | None:
    loaded = cache.load()
    assert loaded is not None
    found = RequestFilter(Ruleset(()), lists=loaded.layer).verdict(url, "https://news.example/", "script")
    return None if found is None else (found.decision, found.rule, found.source, found.category)


def test_nothing_until_it_is_built(cache: ListCache) -> None:
    assert cache.load() is None
    assert cache.reports() == {}
    built = cache.build()
    loaded = cache.load()
    assert built is not None
    assert loaded is not None
    assert built.digest == loaded.digest == loaded.cosmetics.digest == cache.digest()
    assert loaded.cosmetics.applies("any.example", "/")
    assert cache.reports()["one"].requests == 3
    assert cache.reports()["two"].lines == 4


def test_a_match_is_traced_to_its_list_and_line(cache: ListCache) -> None:
    cache.build()
    assert blocked(cache, "https://tracker.example/x") == (Decision.BLOCKED, "one", "one:2", "list")
    assert blocked(cache, "https://a.example/ad-1.js") == (Decision.BLOCKED, "one", "one:3", "list")
    assert blocked(cache, "https://counter.example/") == (Decision.BLOCKED, "two", "two:1", "list")
    assert blocked(cache, "https://tracker.example/ok") == (Decision.EXCEPTED, "one", "one:4", "list")
    assert blocked(cache, "https://a.example/") is None


def test_lists_of_a_category_that_is_off_are_left_out_whole(cache: ListCache, tmp_path: Path) -> None:
    cache.store.add(Subscription("three", str(tmp_path / "three.txt"), Category.PROMO))
    cache.store.keep("three", State(), b"||app.example^\n##.app\n")
    off = ListCache(cache.store, cache.folder, off=frozenset({"promo"}))
    assert (cache.names(), off.names()) == (("one", "two", "three"), ("one", "two"))
    off.build()
    assert blocked(off, "https://tracker.example/x") is not None
    assert blocked(off, "https://app.example/x") is None
    assert cache.load() is None  # what was compiled is not what it wants
    cache.build()
    assert blocked(cache, "https://app.example/x") == (Decision.BLOCKED, "three", "three:1", "list")
    none = ListCache(cache.store, cache.folder, off=frozenset({"promo", "ad"}))
    assert (none.digest(), none.build()) == (None, None)


def test_where_a_filter_comes_from_is_looked_up(cache: ListCache, tmp_path: Path) -> None:
    cache.build()
    [path] = (tmp_path / "cache").glob("*/origins")
    origins = ListOrigins(path)
    assert origins["/ad-*.js$script"].source == "one:3"
    assert "||no.example^" not in origins
    assert len(origins) == 4
    with pytest.raises(TypeError, match="not kept"):
        list(origins)


@pytest.mark.parametrize("name", ["engine", "cosmetics", "origins", "about.json"])
def test_what_is_damaged_is_made_anew(cache: ListCache, tmp_path: Path, name: str) -> None:
    cache.build()
    [path] = (tmp_path / "cache").glob(f"*/{name}")
    data = path.read_bytes()
    for damaged in (data[: len(data) // 2], b"[" + data[1:-1] + b"x", b""):
        path.write_bytes(damaged)
        assert cache.load() is None
    path.unlink()
    assert cache.load() is None
    assert cache.build() is not None
    assert path.read_bytes() == data or name == "engine"  # which is written in no certain order
    assert blocked(cache, "https://tracker.example/x") is not None


def test_another_text_is_another_digest_and_old_ones_go(cache: ListCache, tmp_path: Path) -> None:
    digests = []
    for number in range(4):
        cache.store.keep("one", State(), f"{ONE}||n{number}.example^\n".encode())
        built = cache.build()
        assert built is not None
        digests.append(built.digest)
    assert len(set(digests)) == 4
    kept = {path.name for path in (tmp_path / "cache").iterdir()}
    assert digests[-1][:32] in kept
    assert len(kept) == 2


def test_what_an_ended_build_left_goes(cache: ListCache, tmp_path: Path) -> None:
    old, new = tmp_path / "cache/.build-old", tmp_path / "cache/.build-new"
    for left in (old, new):
        (left / "made").mkdir(parents=True)
    os.utime(old, (0, 0))
    cache.build()
    assert (old.exists(), new.exists()) == (False, True)


def test_no_lists(tmp_path: Path) -> None:
    cache = ListCache(ListStore(tmp_path / "data"), tmp_path / "cache")
    assert (cache.digest(), cache.load(), cache.build()) == (None, None, None)
    assert not (tmp_path / "cache").exists()


def test_two_build_at_once(cache: ListCache) -> None:
    built: list[object] = []
    threads = [threading.Thread(target=lambda: built.append(cache.build())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(built) == 2
    assert all(built)


def test_the_same_lists_in_other_hands_serve_the_loaded_ones(cache: ListCache, tmp_path: Path) -> None:
    loaded = cache.build()
    assert loaded is not None
    shutil.rmtree(tmp_path / "cache")
    verdict = RequestFilter(Ruleset(()), lists=loaded.layer).verdict("https://tracker.example/", "", "script")
    assert verdict is not None
    assert verdict.source == "one:2"
