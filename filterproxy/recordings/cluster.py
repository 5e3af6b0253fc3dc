"""A Dask cluster that works on recordings. Needs the extra `dask`; its machines must see the recordings."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from importlib import import_module
from typing import Any

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
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is told by who works
        try:
            self._client: Any = self._distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise ConnectionError(f"{address}: no Dask scheduler answers there ({_reason(error)})") from error
        self._executor: Any = self._client.get_executor(pure=False)

    def threads(self) -> int:
        """How many pieces it works on at once, now."""
        return sum(self._client.nthreads().values())

    def submit[**P, R](self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> "Future[R]":
        """As `Executor.submit`; raises RuntimeError where the scheduler is gone."""
        if self._client.status != "running":
            raise RuntimeError("the scheduler is gone")
        future: Future[R] = self._executor.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - its signature
        """As `Executor.shutdown`; the cluster itself goes on."""
        if self._client.status == "running":
            with suppress(Exception):  # a scheduler that is lost meanwhile has nothing to be told
                self._executor.shutdown(wait=wait)
                self._clear_away()
        with suppress(Exception):
            self._client.close(timeout=2)

    def _clear_away(self) -> None:
        """Have each worker end the processes it keeps for the next piece."""
        for worker in self._client.nthreads():
            task = self._client.submit(clear_away, workers=[worker], pure=False)
            self._distributed.fire_and_forget(task)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
