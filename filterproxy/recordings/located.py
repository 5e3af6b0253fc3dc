"""Where the recording of a test lies."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from filterproxy.errors import RecordingError
from filterproxy.ruleset.model import PageTest


def locate(test: PageTest) -> Path:
    """The recording that a test names: a file or a folder that is there.

    Its path is taken from the rule file's folder, else from its rule directory, else from the folder that
    holds the rule directory, else from the current directory: the first in which it is. Neither it nor a
    link on its way may lead out of that folder.

    Raises:
        RecordingError: there is none, or its path leads elsewhere: `file:line:column: what is wrong`.
    """
    written = test.recording
    if PurePosixPath(written).is_absolute() or PureWindowsPath(written).drive or written.startswith("\\"):
        raise _refused(test, "is an absolute path; it is looked for beside the rules")
    if ".." in PurePosixPath(written.replace("\\", "/")).parts:
        raise _refused(test, 'leads upwards ("..")')
    if "\0" in written:
        raise _refused(test, "is no file's name")
    folders = list(dict.fromkeys(_folders(test)))
    for folder in folders:
        found = folder / written
        try:
            if found.exists():
                return _inside(folder, found, test)
        except OSError as error:
            raise _refused(test, f"cannot be looked for: {error.strerror}") from error
    raise _refused(test, f"is not there, nor in {', '.join(str(folder) for folder in folders)}")


def rule_directory(test: PageTest) -> Path:
    """The directory the test's rule file was read from; of a file that was given by itself, its folder."""
    return Path(test.source.path).parents[test.file.count("/")]


def is_meant(test: PageTest, path: Path) -> bool:
    """Whether a recording that cannot be located may be this file: its path ends as the test has it."""
    written = PurePosixPath(test.recording.replace("\\", "/")).parts
    return bool(written) and path.absolute().parts[-len(written) :] == written


def _folders(test: PageTest) -> Iterator[Path]:
    directory = rule_directory(test)
    yield Path(test.source.path).parent
    yield directory
    yield directory / ".." if directory.name in {"", ".."} else directory.parent
    yield Path()


def _inside(folder: Path, found: Path, test: PageTest) -> Path:
    if not found.resolve().is_relative_to(folder.resolve()):
        raise _refused(test, "is a link that leads elsewhere")
    return found


def _refused(test: PageTest, what: str) -> RecordingError:
    return RecordingError(f'{test.source}: recording "{test.recording}" {what}')
