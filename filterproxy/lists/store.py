"""The lists that are subscribed to: which, their texts, and what is known of each. Files in one folder.

`subscriptions.json` says which lists there are. Each has `NAME.txt`, the last good text, and `NAME.json`,
what is known of it; both are whole or not there. A text that is not the one that is known is asked for anew.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from filterproxy.files import write_whole
from filterproxy.lists.download import Marks
from filterproxy.lists.faults import ListError
from filterproxy.lists.known import NAME
from filterproxy.ruleset.model import Category

_SUBSCRIPTIONS = "subscriptions.json"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A list: its name, where it is kept, what it counts as: with that category off, it is left out."""

    name: str
    address: str
    category: Category


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a list's text. Times in UTC; None: never.

    Attributes:
        sha256: of the text, hex; empty: there is none.
        marks: to ask again by.
        expires: after what time the list wants to be asked for again.
        checked: when the origin last said what the list is.
        tried: when it was last asked.
        problem: why it was no use, then; empty: it was.
    """

    sha256: str = ""
    marks: Marks = field(default_factory=Marks)
    expires: dt.timedelta = dt.timedelta()
    checked: dt.datetime | None = None
    tried: dt.datetime | None = None
    problem: str = ""


class ListStore:
    """The user's lists, in a folder of theirs; `folder` None: in the platform's data directory."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(platformdirs.user_data_dir("filterproxy", appauthor=False)) / "lists"

    def subscriptions(self) -> tuple[Subscription, ...]:
        """The lists, in the order in which they were subscribed to.

        Raises:
            ListError: the file that says so can't be read.
        """
        path = self.folder / _SUBSCRIPTIONS
        try:
            listed = json.loads(path.read_text("utf-8"))["lists"]
            return tuple(_subscription(item) for item in listed)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ListError(f"{path}: cannot be read: {error}") from error

    def get(self, name: str) -> Subscription | None:
        """The list of this name."""
        return next((found for found in self.subscriptions() if found.name == name), None)

    def add(self, subscription: Subscription) -> None:
        """Subscribe. Raises ListError where the name is taken."""
        known = self.subscriptions()
        if any(found.name == subscription.name for found in known):
            raise ListError(f"{subscription.name}: there is a list of this name; take another with --name")
        self._write((*known, subscription))

    def remove(self, name: str) -> None:
        """Unsubscribe, and delete what is kept of the list. Raises ListError where there is none."""
        known = self.subscriptions()
        if all(found.name != name for found in known):
            raise ListError(f"{name}: no list of this name")
        self._write(tuple(found for found in known if found.name != name))
        for path in (self.text_path(name), self._state_path(name)):
            with suppress(FileNotFoundError):
                path.unlink()

    def text_path(self, name: str) -> Path:
        """Where a list's text is, or would be."""
        return self.folder / f"{name}.txt"

    def state(self, name: str) -> State:
        """What is known of a list; nothing where that can't be read or is of another text."""
        try:
            state = _state(json.loads(self._state_path(name).read_text("utf-8")))
            digest = hashlib.sha256(self.text_path(name).read_bytes()).hexdigest()
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, KeyError, TypeError):
            return State(problem="what was known of it cannot be read")
        return state if state.sha256 == digest else State(problem="the text is not the one that was kept")

    def keep(self, name: str, state: State, text: bytes | None = None) -> None:
        """Keep what is known of a list, and its text where there is a new one. Raises OSError."""
        if text is not None:
            state = dataclasses.replace(state, sha256=hashlib.sha256(text).hexdigest())
            _put(self.text_path(name), text)
        _put(self._state_path(name), json.dumps(_as_json(state), indent=1).encode("ascii"))

    def _state_path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _write(self, subscriptions: tuple[Subscription, ...]) -> None:
        data = {"version": 1, "lists": [dataclasses.asdict(item) for item in subscriptions]}
        _put(self.folder / _SUBSCRIPTIONS, json.dumps(data, ensure_ascii=False, indent=1).encode())


def _put(path: Path, data: bytes) -> None:
    """Write a file for its owner alone: an address may hold a secret."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data, durable=True, mode=0o600)


def _subscription(item: Mapping[str, Any]) -> Subscription:
    name = str(item["name"])
    if not NAME.fullmatch(name):
        raise ValueError(f'"{name[:40]}" is no list\'s name')
    return Subscription(name, str(item["address"]), Category(item["category"]))


def _as_json(state: State) -> dict[str, Any]:
    return {
        "sha256": state.sha256,
        "etag": state.marks.etag,
        "last_modified": state.marks.last_modified,
        "expires": state.expires.total_seconds(),
        "checked": state.checked and state.checked.isoformat(),
        "tried": state.tried and state.tried.isoformat(),
        "problem": state.problem,
    }


def _state(data: Mapping[str, Any]) -> State:
    return State(
        sha256=str(data["sha256"]),
        marks=Marks(data["etag"], data["last_modified"]),
        expires=dt.timedelta(seconds=float(data["expires"])),
        checked=_time(data["checked"]),
        tried=_time(data["tried"]),
        problem=str(data["problem"]),
    )


def _time(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text).astimezone(dt.UTC)
