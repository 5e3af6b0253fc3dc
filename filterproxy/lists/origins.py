"""From a filter's text back to its line: looked up on a match, as 150,000 texts are too many to keep."""

import mmap
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from filterproxy.decide.requests import Origin

CATEGORY = "list"  # of a verdict that a list gave
UNKNOWN = Origin("lists", "a line that is in no list's text", CATEGORY)
_REMEMBERED = 4096


class ListOrigins(Mapping[str, Origin]):
    """By a filter's text, the list it stands in and its line, `easylist:123`.

    Args:
        texts: each list's name and a file with its lines, white space around them left out and a line end
            before the first (`build`).
    """

    def __init__(self, texts: Iterable[tuple[str, Path]]) -> None:
        self._texts = tuple((name, _mapped(path)) for name, path in texts)
        self._found = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def _look_up(self, text: str) -> Origin | None:
        wanted = b"\n" + text.encode("utf-8", "surrogatepass") + b"\n"
        for name, lines in self._texts:
            at = lines.find(wanted)
            if at >= 0:
                return Origin(name, f"{name}:{lines[: at + 1].count(b'\n')}", CATEGORY)
        return None

    def __getitem__(self, text: str) -> Origin:
        found = self._found(text)
        if found is None:
            raise KeyError(text)
        return found

    def __iter__(self) -> Iterator[str]:
        for _, lines in self._texts:
            yield from filter(None, lines[:].decode("utf-8", "surrogatepass").split("\n"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
