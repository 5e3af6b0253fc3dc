"""Which browsers there are on this machine."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Engine(StrEnum):
    """Kinds of browsers, by how they are told of a proxy and a CA."""

    CHROMIUM = "chromium"
    FIREFOX = "firefox"


@dataclass(frozen=True, slots=True)
class Browser:
    """An installed browser.

    Attributes:
        engine: its kind.
        path: the program.
    """

    engine: Engine
    path: Path

    @property
    def snap(self) -> str | None:
        """The name of the snap it is confined in, which can't read other places; None: it is not."""
        real = self.path.resolve()
        if real.is_relative_to("/snap") or real == Path("/usr/bin/snap"):
            return self.path.name
        return (
            "chromium" if self.path.name == "chromium-browser" and Path("/snap/chromium").exists() else None
        )


_PROGRAMS = (
    *(("chromium", Engine.CHROMIUM), ("chromium-browser", Engine.CHROMIUM)),
    *(("google-chrome", Engine.CHROMIUM), ("google-chrome-stable", Engine.CHROMIUM)),
    *(("microsoft-edge", Engine.CHROMIUM), ("brave-browser", Engine.CHROMIUM)),
    *(("firefox", Engine.FIREFOX), ("firefox-esr", Engine.FIREFOX)),
)
_MAC = (
    ("Chromium.app/Contents/MacOS/Chromium", Engine.CHROMIUM),
    ("Google Chrome.app/Contents/MacOS/Google Chrome", Engine.CHROMIUM),
    ("Microsoft Edge.app/Contents/MacOS/Microsoft Edge", Engine.CHROMIUM),
    ("Firefox.app/Contents/MacOS/firefox", Engine.FIREFOX),
)
_WINDOWS = (
    ("Chromium/Application/chrome.exe", Engine.CHROMIUM),
    ("Google/Chrome/Application/chrome.exe", Engine.CHROMIUM),
    ("Microsoft/Edge/Application/msedge.exe", Engine.CHROMIUM),
    ("Mozilla Firefox/firefox.exe", Engine.FIREFOX),
)


def installed_browsers() -> list[Browser]:
    """The browsers found, Chromium's kind first: on the path, and where the system keeps programs."""
    return list({browser.path.resolve(): browser for browser in reversed([*_found()])}.values())[::-1]


def browser_at(path: Path) -> Browser:
    """A browser by its program; what is not named like Firefox is taken for Chromium's kind."""
    firefox = "firefox" in path.name.lower() or "librewolf" in path.name.lower()
    return Browser(Engine.FIREFOX if firefox else Engine.CHROMIUM, path)


def _found() -> Iterator[Browser]:
    for name, engine in _PROGRAMS:
        if path := shutil.which(name):
            yield Browser(engine, Path(path))
    for folder, known in _folders():
        for name, engine in known:
            if (folder / name).is_file():
                yield Browser(engine, folder / name)


def _folders(platform: str = sys.platform) -> Iterator[tuple[Path, tuple[tuple[str, Engine], ...]]]:
    if platform == "darwin":
        yield Path("/Applications"), _MAC
        yield Path.home() / "Applications", _MAC
    elif platform == "win32":
        for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
            if folder := os.environ.get(name):
                yield Path(folder), _WINDOWS
