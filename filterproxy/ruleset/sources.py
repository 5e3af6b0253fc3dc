"""Rule files on disk: which there are, and their bytes, read within limits and never outside."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs

from filterproxy.errors import RuleFileError, Source
from filterproxy.settings import Limits

SUFFIXES = (".yaml", ".yml")
MOST_FILES = 5_000  # a directory given by mistake is not read for hours
REGULAR_ONLY = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class RuleSource:
    """One rule file: its name below its directory without suffix, its path as given, its bytes."""

    name: str
    path: str
    data: bytes


def bundled_rules_path() -> Path:
    """The rules that come with the program: in the wheel, or a checkout's `rules/`."""
    package = Path(str(resources.files("filterproxy")))
    bundled = package / "bundled_rules"
    return bundled if bundled.is_dir() else package.parent / "rules"


def user_rules_path() -> Path:
    """The user's own rules: `filterproxy/rules` in the platform's configuration directory."""
    return Path(platformdirs.user_config_dir("filterproxy", appauthor=False)) / "rules"


def rule_paths(extra: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """The places rules come from, later ones winning: bundled, the user's, then `extra`.

    The user's directory is named whether or not it is there.
    """
    return (bundled_rules_path(), user_rules_path(), *map(Path, extra))


def read_sources(
    paths: Iterable[str | Path], limits: Limits | None = None
) -> tuple[list[RuleSource], list[RuleFileError]]:
    """All rule files of these files and directories, in order, and what could not be read.

    In a directory, every `.yaml` and `.yml` below it counts, by path in sorted order; names that
    start with a dot and editors' copies are left out. A path that is not there is a problem, but
    for the user's own directory.
    """
    limits = limits or Limits()
    found: list[RuleSource] = []
    problems: list[RuleFileError] = []
    for listed in _files(paths):
        read = listed if isinstance(listed, RuleFileError) else _read(*listed, limits.rule_file)
        if isinstance(read, RuleFileError):
            problems.append(read)
        else:
            found.append(read)
    return found, problems


def signature(paths: Iterable[str | Path]) -> tuple[object, ...]:
    """What changes whenever a rule file does: names, inodes, sizes and times. Reads no contents."""
    marks: list[object] = []
    for listed in _files(paths):
        if isinstance(listed, RuleFileError):
            marks.append(str(listed))
            continue
        try:
            status = listed[1].stat()
        except OSError as error:
            marks.append((str(listed[1]), error.errno))
        else:
            times = (status.st_mtime_ns, status.st_ctime_ns)
            marks.append((str(listed[1]), status.st_ino, status.st_size, status.st_mode, *times))
    return tuple(marks)


def _problem(path: Path | str, text: str) -> RuleFileError:
    return RuleFileError(Source(str(path), 1, 1), "reading the file", text)


def _files(paths: Iterable[str | Path]) -> Iterator[tuple[str, Path] | RuleFileError]:
    """Name and path of each rule file, or a problem in its place."""
    count = 0
    for given in map(Path, paths):
        if os.path.isdir(given):  # noqa: PTH112 - Path.is_dir raises where a directory above is closed to us
            for path in _below(given):
                count += 1
                if count > MOST_FILES:
                    yield _problem(given, f"more than {MOST_FILES:,} rule files")
                    return
                yield path if isinstance(path, RuleFileError) else (_name(path, given), path)
        elif os.path.lexists(given):
            yield given.stem, given
        elif given != user_rules_path():
            yield _problem(given, "no such file or directory")


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix()


def _below(root: Path) -> Iterator[Path | RuleFileError]:
    """Rule files of a directory, sorted; links may not lead out, and linked directories are not entered."""
    inside = root.resolve()
    unreadable: list[OSError] = []
    for holder, directories, names in root.walk(on_error=unreadable.append):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        for name in sorted(names):
            path = holder / name
            if name.startswith(".") or path.suffix not in SUFFIXES:
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                yield _problem(path, "the link leads out of the rule directory")
            else:
                yield path
    for error in unreadable:
        yield _problem(error.filename or root, f"cannot be read: {error.strerror}")


def _read(name: str, path: Path, limit: int) -> RuleSource | RuleFileError:
    """The file's bytes, one more than the limit at most, so that the reader can tell."""
    try:
        descriptor = os.open(path, REGULAR_ONLY)
    except OSError as error:
        return _problem(path, f"cannot be read: {error.strerror or error}")
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return _problem(path, "not an ordinary file")
        return RuleSource(name, str(path), file.read(limit + 1))
