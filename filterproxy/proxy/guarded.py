"""Hooks that never raise: an error of ours is an event, and the traffic goes on as it came."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol

from filterproxy.report.events import Kind, TroubleEvent


class Reporting(Protocol):
    """What a guarded method's object must have."""

    def emit(self, event: TroubleEvent) -> None:
        """Take the event."""


def guarded[Hook: Callable[..., Any]](hook: Hook) -> Hook:
    """Decorate a hook, plain or async, so that an exception becomes an `internal` event."""
    if inspect.iscoroutinefunction(hook):

        @functools.wraps(hook)
        async def guard_async(self: Reporting, *args: Any) -> None:
            try:
                await hook(self, *args)
            except Exception as error:  # noqa: BLE001 - whatever it is, the traffic goes on
                self.emit(_trouble(hook.__name__, error))

        return guard_async  # type: ignore[return-value]  # the same signature, wrapped

    @functools.wraps(hook)
    def guard(self: Reporting, *args: Any) -> None:
        try:
            hook(self, *args)
        except Exception as error:  # noqa: BLE001 - as above
            self.emit(_trouble(hook.__name__, error))

    return guard  # type: ignore[return-value]  # the same signature, wrapped


def _trouble(name: str, error: Exception) -> TroubleEvent:
    return TroubleEvent(Kind.INTERNAL, name, f"{type(error).__name__}: {error}")
