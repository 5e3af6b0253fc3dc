"""Work that may wait for a network or a disk, beside the event loop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress


async def aside[*Arguments, Result](
    function: Callable[[*Arguments], Result], *arguments: *Arguments
) -> Result:
    """What the function gives, in a thread that does not outlive the program.

    The threads of `asyncio.to_thread` are waited for when the loop ends: a server that is silent for half a
    minute would keep a Ctrl-C waiting as long.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if future.done():  # given up
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # where there is no error there is one

    def run() -> None:
        result, error = None, None
        try:
            result = function(*arguments)
        except BaseException as raised:  # noqa: BLE001 - it is raised where it is waited for
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="filterproxy-aside", daemon=True).start()
    return await future
