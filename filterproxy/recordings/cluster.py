"""A Dask cluster that works on recordings. Needs the extra `dask`; its machines must see the recordings.

`distributed.Client.get_executor()` does the same, but its futures never end where the worker that holds a
result dies and the result can't be computed again.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from importlib import import_module
from typing import Any
from uuid import uuid4

from filterproxy.recordings.parcel import clear_away

_PATIENCE = 5.0  # seconds for the scheduler to answer


class Cluster(Executor):
    """An existing cluster as an executor.

    Args:
        address: the scheduler's, `tcp://host:8786`.

    Raises:
        ModuleNotFoundError: the extra is not installed.
        ConnectionError: no scheduler answers there.
    """

    def __init__(self, address: str) -> None:
        self._distributed: Any = import_module("distributed")  # takes its time, and may not be there
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what is lost is told by who works
        try:
            self._client: Any = self._distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise ConnectionError(f"{address}: no Dask scheduler answers there ({_reason(error)})") from error
        self._tasks: set[Any] = set()  # a task is dropped where nobody holds on to it

    def threads(self) -> int:
        """How many pieces it works on at once, now."""
        return sum(self._client.nthreads().values())

    def submit[**P, R](self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> "Future[R]":
        """As `Executor.submit`; raises RuntimeError where the scheduler is gone."""
        if self._client.status != "running":
            raise RuntimeError("the scheduler is gone")
        key = f"filterproxy-{uuid4().hex}"  # no two the same: one that is tried again is worked on again
        task = self._client.submit(fn, *args, key=key, **kwargs)
        outcome: Future[R] = Future()

        def pass_on(done: Any) -> None:
            self._tasks.discard(task)
            try:
                result = done.result()
            except Exception as error:  # noqa: BLE001 - it is passed on
                outcome.set_exception(error)
            except BaseException as error:  # noqa: BLE001 - cancelled: not what ends this process
                outcome.set_exception(RuntimeError(_reason(error)))
            else:
                outcome.set_result(result)

        self._tasks.add(task)
        task.add_done_callback(pass_on)
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - its signature
        """As `Executor.shutdown`; the cluster itself goes on."""
        if self._client.status == "running":
            with suppress(Exception):  # a scheduler that is lost meanwhile has nothing to be told
                tasks = list(self._tasks)
                if wait:
                    self._distributed.wait(tasks)
                self._client.cancel(tasks)
                self._clear_away()
        with suppress(Exception):
            self._client.close(timeout=2)

    def _clear_away(self) -> None:
        """Have each worker end the processes it keeps for the next piece."""
        for worker in self._client.nthreads():
            task = self._client.submit(clear_away, workers=[worker], pure=False)
            self._distributed.fire_and_forget(task)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
