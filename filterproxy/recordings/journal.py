"""Results of finished pieces on the disk, so that a run that was stopped can go on.

They are pickles, written by this program into a directory that is the user's alone; nothing is read from
one that others could write to.
"""

import dataclasses
import os
import pickle
import stat
import struct
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import platformdirs
import zstandard

from filterproxy.recordings.parcel import Finished, Parcel
from filterproxy.recordings.recording import Piece, Recording
from filterproxy.ruleset.model import Ruleset

_KEPT = 14 * 86_400  # seconds; nobody goes on with a run that is two weeks old
_HEAD = struct.Struct(">IIII")  # pages, bytes of the piece, bytes of its result, CRC-32 of both
_SUFFIX = ".journal"


def journal_folder() -> Path:
    """Where journals are kept: `filterproxy/runs` in the platform's cache directory."""
    return platformdirs.user_cache_path("filterproxy", appauthor=False) / "runs"


def run_name[R](parcel: Parcel[R], recordings: Iterable[Recording]) -> str:
    """A name, hexadecimal, of work, rules, settings and recordings: of what a piece's result depends on.

    A recording is known by its path, size and time of change; a folder of pages by those of its table.
    """
    parts: list[object] = [version("filterproxy"), parcel.ruleset, parcel.settings, parcel.work]
    for recording in recordings:
        with suppress(OSError):  # gone since it was opened: its pieces are problems, not results
            status = recording.path.stat()
            parts.append((str(recording.path.resolve()), status.st_size, status.st_mtime_ns))
    return sha256(_stable(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _stable(value: object) -> str:
    """The value as text that is the same in every process, whatever its hashes are there."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    match value:
        case Ruleset():
            held = value.digest
        case frozenset() | set():
            held = ",".join(sorted(map(_stable, value)))
        case dict():
            held = ",".join(sorted(f"{_stable(key)}:{_stable(of)}" for key, of in value.items()))
        case list() | tuple():
            held = ",".join(map(_stable, value))
        case _ if dataclasses.is_dataclass(value):
            held = ",".join(f"{f.name}={_stable(getattr(value, f.name))}" for f in dataclasses.fields(value))
        case _ if hasattr(value, "__dict__"):
            held = _stable(vars(value))
        case _:
            held = repr(value)
    return f"{kind}({held})"


class Journal[R]:
    """One run's. What it keeps stays until a run of this name is finished.

    Attributes:
        pages: how many are kept, earlier runs' included.
        path: its file.

    Args:
        name: from `run_name`.
        resume: use what earlier runs of this name have kept.
        folder: where; made where it is not there.

    Raises:
        OSError: no file can be kept there, or others could write to the folder.
    """

    def __init__(self, name: str, *, resume: bool, folder: Path | None = None) -> None:
        self.pages = 0
        self._folder = _private(folder or journal_folder())
        self._name = name
        self._tidy()
        earlier = sorted(self._folder.glob(f"{name}-*{_SUFFIX}")) if resume else []
        self._files = [file for path in earlier if (file := _open_own(path)) is not None]
        self._places: dict[Piece, tuple[BinaryIO, int, int]] = {}  # where in which file its result stands
        for file in self._files:
            for piece, at, size, pages in _records(file):
                self.pages += pages if piece not in self._places else 0
                self._places[piece] = file, at, size
        self.path = self._folder / f"{name}-{time.time_ns()}-{os.getpid()}{_SUFFIX}"
        descriptor = os.open(
            self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        self._end = 0

    def get(self, piece: Piece) -> Finished[R] | None:
        """What has come of a piece, where it is kept and can still be read."""
        if piece not in self._places:
            return None
        file, at, size = self._places[piece]
        try:
            file.seek(at)
            kept: Finished[R] = pickle.loads(zstandard.decompress(file.read(size)))  # noqa: S301 - our own file
        except Exception:  # noqa: BLE001 - whatever a pickle of an older program raises: it is worked on again
            return None
        return kept

    def keep(self, finished: Finished[R]) -> None:
        """Keep it. Raises OSError where the disk is full."""
        piece = pickle.dumps(finished.piece, pickle.HIGHEST_PROTOCOL)
        result = zstandard.compress(pickle.dumps(finished, pickle.HIGHEST_PROTOCOL))
        head = _HEAD.pack(finished.pages, len(piece), len(result), zlib.crc32(piece + result))
        self._file.seek(self._end)  # over a record that an interrupt cut short
        self._file.write(head + piece + result)
        self._end += len(head + piece + result)
        self.pages += finished.pages

    def close(self) -> None:
        """Leave what is kept for a run that goes on; an empty journal goes."""
        for file in [self._file, *self._files]:
            file.close()
        if not self._end:
            self.path.unlink(missing_ok=True)

    def delete(self) -> None:
        """The run is finished: nothing of this name is needed any more."""
        self.close()
        for path in self._folder.glob(f"{self._name}-*{_SUFFIX}"):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _tidy(self) -> None:
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - _KEPT:
                    path.unlink()


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(20, "not a directory", str(folder))
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        raise PermissionError(13, "others can write there", str(folder))
    if hasattr(os, "getuid") and status.st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def _open_own(path: Path) -> BinaryIO | None:
    """The file for reading, where it is an ordinary file of this user's."""
    try:
        file = os.fdopen(
            os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)), "rb"
        )
    except OSError:
        return None
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid()):
        return file
    file.close()
    return None


def _records(file: BinaryIO) -> Iterator[tuple[Piece, int, int, int]]:
    """Each whole record's piece, where its result stands, and its pages; a torn one ends it."""
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        pages, piece_size, size, check = _HEAD.unpack(head)
        at = file.tell() + piece_size
        data = file.read(piece_size + size)
        if len(data) < piece_size + size or zlib.crc32(data) != check:
            return
        try:
            piece = pickle.loads(data[:piece_size])  # noqa: S301 - our own file
        except Exception:  # noqa: BLE001 - of an older program
            return
        yield piece, at, size, pages
