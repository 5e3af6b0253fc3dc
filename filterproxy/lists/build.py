"""The lists' texts compiled into the two files that a proxy starts from. Run in a process of its own.

    python -m filterproxy.lists.build REQUEST

REQUEST is a JSON file (`BuildRequest`). The files are whole when the program ends with 0.
"""

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import adblock
import hyperscan

from filterproxy.files import write_whole
from filterproxy.lists.cosmetics import SELECTOR_BITS
from filterproxy.lists.gather import Gathered, Gatherer, Said
from filterproxy.lists.keys import Key, Keys, keys_of
from filterproxy.lists.origins import key_of, packed_origins
from filterproxy.lists.pack import packed
from filterproxy.lists.reasons import NotUsableError
from filterproxy.lists.records import rule_of
from filterproxy.lists.requests import unread
from filterproxy.lists.text import lines_of

ENGINE, COSMETICS, ABOUT, ORIGINS = "engine", "cosmetics", "about.json", "origins"


def build(lists: Iterable[tuple[str, str, Path]], digest: str, folder: Path) -> None:
    """Compile lists (name, category, text) into a folder; `about.json`, the last, vouches for it."""
    folder.mkdir(parents=True, exist_ok=True)
    gatherer = Gatherer()
    names = []
    for name, category, path in lists:
        names.append((name, category))
        gatherer.add(name, lines_of(path.read_bytes()))
    gathered = gatherer.finish()
    engine = _engine(gathered)
    write_whole(folder / ENGINE, engine, durable=True)
    write_whole(folder / ORIGINS, _origins(gathered), durable=True)
    write_whole(folder / COSMETICS, _cosmetics(gathered, names, digest), durable=True)
    about = {
        "digest": digest,
        "engine": hashlib.sha256(engine).hexdigest(),
        "lists": [report.as_json() for report in gathered.reports],
    }
    write_whole(folder / ABOUT, json.dumps(about, ensure_ascii=False, indent=1).encode("utf-8"), durable=True)


def _engine(gathered: Gathered) -> bytes:
    filters = adblock.FilterSet(debug=True)  # keeps the texts: a match has to name its line
    filters.add_filters([text for _, _, text in gathered.filters], rule_types="networkonly")
    engine = adblock.Engine(filters, optimize=False)
    without = unread(engine, (text for _, _, text in gathered.filters))
    for report, line, text in gathered.filters:
        if text in without:
            report.leave_out(line, text, NotUsableError(without[text]))
        else:
            report.requests += 1
    return bytes(engine.serialize())


def _origins(gathered: Gathered) -> bytes:
    numbers = {report.name: at for at, report in enumerate(gathered.reports)}
    filters = ((numbers[report.name], line, text) for report, line, text in gathered.filters)
    return packed_origins(filters, list(numbers))


def _cosmetics(gathered: Gathered, names: list[tuple[str, str]], digest: str) -> bytes:
    ways, unkeyed = _ways(gathered, names)
    if unkeyed:  # of which no plain text need stand: few, tried by the usual index
        gathered.hosts[""].on.extend(unkeyed)
    numbers = {
        key: at for at, key in enumerate(dict.fromkeys(k for _, keys in ways for g in keys for k in g))
    }
    by_key: list[list[int]] = [[] for _ in numbers]
    for at, (_, (first, *_)) in enumerate(ways):
        for key in first:
            by_key[numbers[key]].append(at)
    hosts = sorted(((key_of(host), said) for host, said in gathered.hosts.items() if said), key=_by_key)
    sections = {
        **_listed("record", "records", gathered.records),
        "hosts": array("Q", (key for key, _ in hosts)).tobytes(),
        **_listed("host", "said", [_said(said) for _, said in hosts]),
        "ways": array("I", (way for way, _ in ways)).tobytes(),
        **_listed("check", "checks", [_checks(keys, numbers) for _, keys in ways]),
        "key_ways": array("I", chain.from_iterable(by_key)).tobytes(),
        "key_ends": _ends(map(len, by_key)),
        "other": array("I", (at for key, at in numbers.items() if not key.token.isascii())).tobytes(),
        "database": _database(numbers),
    }
    return packed(sections, {"digest": digest, "lists": names})


def _by_key(host: tuple[int, Said]) -> int:
    return host[0]


def _database(numbers: dict[Key, int]) -> bytes:
    found = [(expression, at) for key, at in numbers.items() for expression in key.expressions()]
    if not found:
        return b""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression for expression, _ in found],
        ids=[at for _, at in found],
        elements=len(found),
        flags=[hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL]
        * len(found),
    )
    return bytes(hyperscan.dumpb(database))


def _ways(gathered: Gathered, names: list[tuple[str, str]]) -> tuple[list[tuple[int, Keys]], list[int]]:
    """The generic filters' selectors with what is looked for, and the records of those that have nothing."""
    ways: list[tuple[int, Keys]] = []
    unkeyed: list[int] = []
    for record in gathered.generic:
        rule = rule_of(gathered.records[record], names)
        keyed = [keys_of(s.css, s.tokens, rule.text_tokens) for s in rule.selectors]
        if not all(keyed) or len(keyed) >> SELECTOR_BITS:
            unkeyed.append(record)
        else:
            ways += [(record << SELECTOR_BITS | at, keys) for at, keys in enumerate(keyed)]
    return ways, unkeyed


def _checks(keys: Keys, numbers: dict[Key, int]) -> bytes:
    """What has to stand besides what the way is found by; nothing, for most."""
    checks = [sorted(numbers[key] for key in group) for group in keys[1:]]
    return json.dumps(checks, separators=(",", ":")).encode("ascii") if checks else b""


def _said(said: Said) -> bytes:
    kept = [sorted(set(said.on)), sorted(set(said.off)), sorted(set(said.excepted)), said.pages]
    return json.dumps(kept, separators=(",", ":")).encode("ascii")


def _listed(one: str, many: str, items: list[bytes]) -> dict[str, bytes]:
    return {many: b"".join(items), f"{one}_ends": _ends(map(len, items))}


def _ends(sizes: Iterable[int]) -> bytes:
    ends, total = array("I"), 0
    for size in sizes:
        total += size
        ends.append(total)
    return ends.tobytes()


def main(arguments: list[str]) -> int:
    """The program."""
    request: dict[str, Any] = json.loads(Path(arguments[0]).read_text("utf-8"))
    lists = [(name, category, Path(path)) for name, category, path in request["lists"]]
    build(lists, request["digest"], Path(request["folder"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
