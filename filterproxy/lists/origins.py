"""From a filter's text back to its line, when it matches: an index on disk, not 150,000 texts in memory."""

import bisect
import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from filterproxy.decide.requests import Origin
from filterproxy.lists.pack import Pack, packed

CATEGORY = "list"  # of a verdict that a list gave
UNKNOWN = Origin("lists", "a line that is in no list", CATEGORY)
_LINE_BITS = 24
_REMEMBERED = 4096


def key_of(text: str) -> int:
    """The number under which something is kept: two texts in 2**64 have the same."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def packed_origins(filters: Iterable[tuple[int, int, str]], names: Sequence[str]) -> bytes:
    """A file for `ListOrigins`, of filters (list's number, line, text): of one text, the first."""
    places: dict[int, int] = {}
    for list_at, line, text in filters:
        places.setdefault(key_of(text), list_at << _LINE_BITS | line)
    ordered = sorted(places.items())
    sections = {
        "keys": array("Q", (key for key, _ in ordered)).tobytes(),
        "places": array("I", (place for _, place in ordered)).tobytes(),
    }
    return packed(sections, {"lists": names})


class ListOrigins(Mapping[str, Origin]):
    """By a filter's text, the list it stands in and its line, `easylist:123`. It has no texts itself.

    Raises:
        OSError, DamagedError: as `Pack`.
    """

    def __init__(self, path: Path) -> None:
        pack = Pack(path)
        self._names = [str(name) for name in pack.about["lists"]]
        self._keys, self._places = pack.numbers("keys", "Q"), pack.numbers("places", "I")
        self._found = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def _look_up(self, text: str) -> Origin | None:
        key = key_of(text)
        at = bisect.bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            return None
        name = self._names[self._places[at] >> _LINE_BITS]
        return Origin(name, f"{name}:{self._places[at] & (1 << _LINE_BITS) - 1}", CATEGORY)

    def __getitem__(self, text: str) -> Origin:
        found = self._found(text)
        if found is None:
            raise KeyError(text)
        return found

    def __iter__(self) -> Iterator[str]:
        raise TypeError("which filters there are is not kept, only where each stands")

    def __len__(self) -> int:
        return len(self._keys)
