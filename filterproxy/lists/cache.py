"""The lists compiled: made in a process of its own, kept by the texts' digest, quick to load."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import adblock
import platformdirs

from filterproxy.decide.requests import FilterLayer
from filterproxy.lists.build import ABOUT, COSMETICS, ENGINE, ORIGINS
from filterproxy.lists.cosmetics import CosmeticRules
from filterproxy.lists.faults import ListError
from filterproxy.lists.origins import UNKNOWN, ListOrigins
from filterproxy.lists.pack import DamagedError
from filterproxy.lists.report import ListReport
from filterproxy.lists.store import ListStore, Subscription

FORMAT = 1  # raise it when what is built from the same text changes
_KEPT = 2  # generations: a proxy that still runs may start workers on the one before
_PATIENCE = 600.0  # seconds for a build: it takes four
_PROGRAM = (
    "import sys; sys.path[:] = {path}; from filterproxy.lists.build import main; sys.exit(main(sys.argv[1:]))"
)


@dataclass(frozen=True, slots=True)
class CompiledLists:
    """What a proxy needs of the lists.

    Attributes:
        digest: of the texts and of the program that compiled them.
        layer: for `decide.requests.RequestFilter`.
        cosmetics: for `Ruleset.with_lists`.
    """

    digest: str
    layer: FilterLayer
    cosmetics: CosmeticRules


class ListCache:
    """Compiled lists by digest; `folder` None: in the platform's cache directory.

    Lists of categories that are `off` are left out whole, their filters of requests too.
    """

    def __init__(
        self, store: ListStore, folder: Path | None = None, *, off: frozenset[str] = frozenset()
    ) -> None:
        self.store = store
        self._off = off
        self.folder = folder or Path(platformdirs.user_cache_dir("filterproxy", appauthor=False)) / "lists"

    def digest(self) -> str | None:
        """Of the lists that have a text, as they are now; None: there are none."""
        known = self._usable()
        if not known:
            return None
        versions = [FORMAT, *(metadata.version(name) for name in ("filterproxy", "adblock", "hyperscan"))]
        of = [versions, *([item.name, item.category, self.store.state(item.name).sha256] for item in known)]
        return hashlib.sha256(json.dumps(of).encode()).hexdigest()

    def names(self) -> tuple[str, ...]:
        """Of the lists that have a text."""
        return tuple(item.name for item in self._usable())

    def load(self) -> CompiledLists | None:
        """The lists from the cache; None where they are not in it, or it is damaged: `build` them then."""
        digest = self.digest()
        if digest is None:
            return None
        folder = self._place(digest)
        try:
            about = json.loads((folder / ABOUT).read_text("utf-8"))
            engine = _engine(folder / ENGINE, about["engine"])
            origins = ListOrigins(folder / ORIGINS)
            cosmetics = CosmeticRules(folder / COSMETICS)
        except (OSError, ValueError, KeyError, TypeError, DamagedError, adblock.AdblockException):
            return None
        return CompiledLists(digest, FilterLayer(engine, origins, UNKNOWN), cosmetics)

    def build(self) -> CompiledLists | None:
        """The lists, compiled if they aren't; None where there are none. Takes seconds; holds up nobody.

        Raises:
            ListError: they can't be compiled, or not be written.
        """
        loaded = self.load()
        digest = self.digest()
        if loaded is not None or digest is None:
            return loaded
        self._compile(digest)
        loaded = self.load()
        if loaded is None:
            raise ListError(f"{self._place(digest)}: what was compiled cannot be read back")
        self._clean(digest)
        return loaded

    def reports(self) -> dict[str, ListReport]:
        """What became of each list's lines, by name; empty where nothing is compiled."""
        digest = self.digest()
        try:
            about: dict[str, Any] = json.loads((self._place(digest or "none") / ABOUT).read_text("utf-8"))
            return {str(data["name"]): ListReport.of(data) for data in about["lists"]}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _usable(self) -> list[Subscription]:
        on = (item for item in self.store.subscriptions() if item.category not in self._off)
        return [item for item in on if self.store.state(item.name).sha256]

    def _place(self, digest: str) -> Path:
        return self.folder / digest[:32]

    def _compile(self, digest: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".build-", dir=self.folder) as scratch:
                made = Path(scratch) / "made"
                lists = [
                    [item.name, item.category, str(self.store.text_path(item.name))]
                    for item in self._usable()
                ]
                request = Path(scratch) / "request.json"
                request.write_text(
                    json.dumps({"lists": lists, "digest": digest, "folder": str(made)}), "utf-8"
                )
                _run(request)
                place = self._place(digest)
                if place.exists():  # damaged
                    place.rename(Path(scratch) / "damaged")
                try:
                    made.rename(place)
                except OSError:
                    if not place.exists():  # else another program was quicker
                        raise
        except OSError as error:
            raise ListError(f"{self.folder}: {error}") from error

    def _clean(self, digest: str) -> None:
        """Delete what no proxy that runs can still need."""
        places = [path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        places.sort(key=lambda path: (path == self._place(digest), path.stat().st_mtime), reverse=True)
        begun = time.time() - 2 * _PATIENCE
        left = [path for path in self.folder.glob(".build-*") if path.stat().st_mtime < begun]
        for path in [*places[_KEPT:], *left]:  # the latter of programs that ended within a build
            shutil.rmtree(path, ignore_errors=True)


def _run(request: Path) -> None:
    command = [sys.executable, "-P", "-c", _PROGRAM.format(path=repr(sys.path)), str(request)]
    try:
        done = subprocess.run(  # noqa: S603 - this very program
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ListError(f"compiling the lists took over {_PATIENCE:.0f} seconds") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise ListError(f"the lists could not be compiled: {last}")


def _engine(path: Path, digest: str) -> adblock.Engine:
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise DamagedError("not the engine that was written there")
    engine = adblock.Engine(adblock.FilterSet(debug=True), optimize=False)
    engine.deserialize_from_file(str(path))
    return engine
