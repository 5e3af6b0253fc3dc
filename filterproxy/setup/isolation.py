"""A directory in which a browser keeps everything it writes, so that nothing of it is left elsewhere."""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from filterproxy.errors import SettingsError
from filterproxy.setup.browsers import Browser

MARK = "made-by-filterproxy"
"""A file that tells a profile of ours from a user's own, which must never be changed."""

_SHARED = (".fonts", ".local/share/fonts", ".config/fontconfig", ".config/gtk-3.0", ".config/gtk-4.0")
"""What a browser needs of the home directory to look as usual; it writes none of it."""

_PRIVATE_NOW = sys.platform == "linux"  # elsewhere HOME does not say where programs write


@dataclass(frozen=True, slots=True)
class Den:
    """A browser's own directory.

    Attributes:
        folder: of everything.
        private: whether the home directory is hidden from the browser as well.
    """

    folder: Path
    private: bool

    @property
    def profile(self) -> Path:
        """The browser's profile."""
        return self.folder / "profile"

    @property
    def home(self) -> Path:
        """What the browser takes for the home directory, where `private`."""
        return self.folder / "home"

    def environment(self) -> dict[str, str]:
        """The environment to start the browser in."""
        environment = dict(os.environ)
        if not self.private:
            return environment
        authority = Path.home() / ".Xauthority"
        if authority.exists():
            environment.setdefault("XAUTHORITY", str(authority))
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            environment.pop(name, None)
        return environment | {"HOME": str(self.home), "TMPDIR": str(self.folder / "tmp")}

    def make(self) -> None:
        """Make it ready; what is there stays."""
        self.profile.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / MARK).touch()
        if self.private:
            (self.folder / "tmp").mkdir(mode=0o700, exist_ok=True)
            for name in _SHARED:
                own, shared = self.home / name, Path.home() / name
                own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                if shared.exists() and not own.is_symlink():
                    own.symlink_to(shared)


def downloads() -> Path:
    """Where downloads go: into the user's own folder, as they are meant to stay."""
    folder = platformdirs.user_downloads_path()
    return folder if folder.is_dir() else Path.home()


@contextmanager
def den(browser: Browser, kept: Path | None) -> Iterator[Den]:
    """A directory for a browser while the context is open.

    Args:
        browser: which.
        kept: where to keep it for another time; None: it is thrown away.

    Raises:
        SettingsError: `kept` holds something else, or can't be made.
    """
    private = _PRIVATE_NOW and browser.snap is None
    try:
        if kept is not None:
            _refuse_foreign(kept)
            place = Den(kept.absolute(), private)
            place.make()
            yield place
            return
        folder = Path(tempfile.mkdtemp(prefix="filterproxy-", dir=_room(browser)))
    except OSError as error:
        raise SettingsError(f"can't make a profile: {error}") from error
    try:
        place = Den(folder, private)
        place.make()
        yield place
    finally:
        _delete(folder)


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not (folder / MARK).exists() and any(folder.iterdir()):
        raise SettingsError(
            f"{folder} holds something else than a profile that filterproxy made; name a new directory"
        )


def _room(browser: Browser) -> Path | None:
    """Where a snap may write; None: the system's place for temporary files."""
    if browser.snap is None:
        return None
    room = Path.home() / "snap" / browser.snap / "common"
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    return room


def _delete(folder: Path) -> None:
    """Delete it; a browser's last child may still write for a moment."""
    for _ in range(50):
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
        if not folder.exists():
            return
        time.sleep(0.1)
    raise SettingsError(f"{folder} can't be deleted; delete it by hand")
