"""Rules reloaded on every kind of change, whole or not at all."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from filterproxy.errors import RulesetError
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.store import load_ruleset
from filterproxy.ruleset.watch import watch_rules

PATIENCE = 10  # seconds for one reload on a busy machine; it takes a quarter of one


def rules(name: str) -> str:
    return f"site: a.example\nrules:\n  - {{id: {name}, category: ad, remove: .{name}}}\n"


class Watched:
    """A watch on one place, and what it tells, in order."""

    def __init__(self, path: Path, digest: str | None = None) -> None:
        self.told: asyncio.Queue[Ruleset | RulesetError] = asyncio.Queue()
        self.task = asyncio.create_task(
            watch_rules([path], self.told.put_nowait, self.told.put_nowait, digest=digest)
        )

    async def ids(self) -> list[str]:
        """The rules of the next ruleset; it must be no error."""
        told = await asyncio.wait_for(self.told.get(), PATIENCE)
        assert isinstance(told, Ruleset)
        return [rule.id for file in told.files for rule in file.rules]

    async def error(self) -> str:
        told = await asyncio.wait_for(self.told.get(), PATIENCE)
        assert isinstance(told, RulesetError)
        return str(told)

    async def quiet(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        assert self.told.empty()


def watching(path: Path, story: Callable[[Watched], Awaitable[None]], digest: str | None = None) -> None:
    async def run() -> None:
        watched = Watched(path, digest)
        try:
            await story(watched)
        finally:
            watched.task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await watched.task

    asyncio.run(run())


def test_the_story_of_a_rule_directory(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    path = folder / "a.yaml"

    async def story(watched: Watched) -> None:
        assert "no such file or directory" in await watched.error()
        folder.mkdir()
        assert await watched.ids() == []
        path.write_text(rules("one"))
        assert await watched.ids() == ["one"]
        path.write_text("site: a.example\nrules:\n  - {id: x, category: adz, remove: 'a['}\n")
        text = await watched.error()
        assert "a.yaml:3:23" in text
        assert "a.yaml:3:39" in text
        path.write_text(rules("one"))  # mended: the same rules as before are told again
        assert await watched.ids() == ["one"]
        draft = folder / ".a.yaml.swp"
        draft.write_text(rules("two"))
        os.replace(draft, path)  # noqa: PTH105 - as editors do
        assert await watched.ids() == ["two"]
        path.unlink()
        (folder / "b.yaml").write_text(rules("three"))
        assert await watched.ids() == ["three"]
        shutil.rmtree(folder)
        assert "no such file or directory" in await watched.error()
        folder.mkdir()
        (folder / "c.yaml").write_text(rules("four"))
        assert await watched.ids() == ["four"]
        (folder / "c.yaml").write_text(rules("five"))
        assert await watched.ids() == ["five"]

    watching(folder, story)


def test_nothing_is_told_where_no_rule_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(rules("one"))

    async def story(watched: Watched) -> None:
        await watched.quiet(0.6)
        os.utime(path)
        (tmp_path / "notes.txt").write_text("x")
        (tmp_path / ".b.yaml.swp").write_text("x: [")
        await watched.quiet(1.5)
        path.write_text(rules("six"))
        assert await watched.ids() == ["six"]

    watching(tmp_path, story, digest=load_ruleset([tmp_path]).digest)


def test_a_single_file_is_watched_too(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(rules("one"))

    async def story(watched: Watched) -> None:
        assert await watched.ids() == ["one"]
        (tmp_path / "draft").write_text(rules("two"))
        (tmp_path / "draft").replace(path)
        assert await watched.ids() == ["two"]
        path.write_text(rules("three"))
        assert await watched.ids() == ["three"]

    watching(path, story)


def test_a_file_written_slowly_is_read_when_it_rests(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(rules("one"))
    whole = "site: a.example\nrules:\n" + "".join(
        f"  - {{id: r{i}, category: ad, remove: .r{i}}}\n" for i in range(30)
    )

    async def story(watched: Watched) -> None:
        assert await watched.ids() == ["one"]
        with path.open("w") as file:  # every prefix that ends with a line is valid by itself
            for line in whole.splitlines(keepends=True):
                file.write(line)
                file.flush()
                await asyncio.sleep(0.02)
        assert await watched.ids() == [f"r{i}" for i in range(30)]

    watching(tmp_path, story)


def test_the_event_loop_is_not_held(tmp_path: Path) -> None:
    for i in range(60):
        (tmp_path / f"s{i}.yaml").write_text(rules(f"r{i}"))

    async def story(watched: Watched) -> None:
        loop, longest = asyncio.get_running_loop(), 0.0
        for round_ in range(60):
            (tmp_path / "s0.yaml").write_text(rules(f"x{round_}"))
            before = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before - 0.01)
        while "x59" not in await watched.ids():
            pass
        assert longest < 0.3  # a few milliseconds on an idle machine

    watching(tmp_path, story)
