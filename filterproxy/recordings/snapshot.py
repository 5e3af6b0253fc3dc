"""The account of recorded pages as text files that people review and version control keeps."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from filterproxy.errors import RecordingError
from filterproxy.recordings.recording import TABLE
from filterproxy.recordings.replayer import Replayed
from filterproxy.report.redact import printable
from filterproxy.rewrite.result import Removal, Veto

MARK = "filterproxy snapshot 1"
"""The first line of each such file: no other file is overwritten or deleted."""

_LONGEST = 100  # characters of a page's address in a file's name


def snapshot(replayed: Replayed) -> str:
    """What was done to a page: no times, no lines of rule files, no paths of this machine.

    The first line is `MARK`; control and bidirectional characters are written as escapes.
    """
    page, entry = replayed.page, replayed.entry
    lines = [MARK, f"url: {entry.url}"]
    if page.skipped is not None:
        lines.append(f"outcome: skipped, {page.skipped}")
    else:
        changed = page.body != replayed.original
        lines.append(f"outcome: {'changed' if changed else 'unchanged'}, {page.charset}")
        if not page.exact:
            lines.append(f"not exact: {page.detail}")
        lines.append(f"bytes: {len(replayed.original)} to {len(page.body)}")
    for removal in page.removals:
        lines += _change(removal.action.value, removal)
    for veto in page.vetoes:
        lines += ["", f"kept: {veto.reason}, {veto.share:.0%} of the article", *_rest(veto)]
    for removal in page.observed:
        lines += _change(f"observed {removal.action}", removal)
    return "".join(f"{printable(line)}\n" for line in lines)


def _change(done: str, removal: Removal) -> list[str]:
    through = [f"  through: {removal.through}"] if removal.through else []
    return ["", f"{done}: {removal.size} bytes", *_rest(removal), *through]


def _rest(of: Removal | Veto) -> list[str]:
    return [f"  rule: {of.rule}", f"  path: {of.path}", f"  text: {of.excerpt}"]


class State(StrEnum):
    """How a page's snapshot compares with the one on file."""

    SAME = "same"
    DIFFERENT = "different"
    NEW = "new"
    GONE = "gone"  # its page is no more


@dataclass(frozen=True, slots=True)
class Compared:
    """A snapshot file, and how it differs; `diff`: lines of a unified diff."""

    name: str
    state: State
    diff: tuple[str, ...] = ()


class Snapshots:
    """A folder of snapshots, one file a page, in a folder a recording.

    Args:
        folder: made where it is not there, if `update`.
        update: write what is new or different, and delete what is gone.
    """

    def __init__(self, folder: Path, *, update: bool) -> None:
        self._folder = folder
        self._update = update
        self._names: set[str] = set()  # of files whose pages came
        self._counts: Counter[str] = Counter()
        self._recordings: dict[str, str] = {}  # path -> folder's name

    def compare(self, recording: str, url: str, text: str) -> Compared:
        """Hold a page's snapshot against the file's, and write it where that is wanted.

        Raises:
            RecordingError: the file cannot be read or written, or is no snapshot.
        """
        name = self._name(recording, url)
        path = self._folder / name
        old = _read(path)
        if old == text:
            return Compared(name, State.SAME)
        state = State.NEW if old is None else State.DIFFERENT
        if self._update:
            _write(path, text)
        sides = ((old or "").splitlines(), text.splitlines())
        lines = unified_diff(*sides, name, name, "before", "now", lineterm="")
        return Compared(name, state, tuple(lines))

    def gone(self) -> Iterator[Compared]:
        """Snapshots, in the folders of the recordings that were compared, of pages that came no more."""
        for recording in self._recordings.values():
            for path in sorted((self._folder / recording).glob("*.txt")):
                name = f"{recording}/{path.name}"
                if name in self._names or not _is_ours(path):
                    continue
                if self._update:
                    path.unlink()
                yield Compared(name, State.GONE)

    def _name(self, recording: str, url: str) -> str:
        if recording not in self._recordings:
            self._recordings[recording] = self._folder_for(Path(recording))
        name = f"{self._recordings[recording]}/{file_name(url)}"
        alike = name.casefold()  # some systems' files have no case
        self._counts[alike] += 1
        number = self._counts[alike]
        name = f"{name}.txt" if number == 1 else f"{name}~{number}.txt"
        self._names.add(name)
        return name

    def _folder_for(self, recording: Path) -> str:
        own = recording.absolute().parent.name if recording.name == TABLE else recording.name
        name = _safe(own) or "recording"
        used = set(self._recordings.values())
        number, free = 1, name
        while free in used:
            number += 1
            free = f"{name}~{number}"
        return free


def file_name(url: str) -> str:
    """A page's address as a file's name: readable, safe on every system, and another for another page."""
    try:
        parts = urlsplit(url)
        plain = f"{parts.hostname or ''}{parts.path.rstrip('/')}"
    except ValueError:
        plain = url
    name = _safe(plain.replace("/", "_"))[:_LONGEST].rstrip(".") or "page"
    if url == f"https://{name.replace('_', '/')}" or url == f"https://{name.replace('_', '/')}/":
        return name
    return f"{name}-{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:8]}"


def _safe(text: str) -> str:
    kept = "".join(char if char.isalnum() or char in "-._" else "-" for char in text)
    return kept.lstrip(".-")


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    except OSError:
        return False


def _read(path: Path) -> str | None:
    try:
        text = path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    if not text.startswith(MARK):
        raise RecordingError(f"{path}: the file is no snapshot; it is left alone")
    return text


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
