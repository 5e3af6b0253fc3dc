"""The executors that pieces of recordings are spread over."""

import sys
from concurrent.futures import Executor

import click

from filterproxy.recordings.cluster import Cluster
from filterproxy.recordings.processes import Processes


class Workers:
    """Processes of this machine, or a Dask cluster.

    Attributes:
        ahead: pieces to hand out before the first of them is done.

    Raises:
        click.ClickException: (exit code 1) the cluster can't be reached, or the extra is not installed.
    """

    def __init__(self, jobs: int, dask: str | None) -> None:
        self._jobs, self._dask = jobs, dask
        self._first: Executor | None = None
        self.ahead = 4 * jobs  # pieces take unequally long, and come out in order
        if dask is not None:
            self._first = cluster = _cluster(dask)
            if not (threads := cluster.threads()):
                print(f"{dask}: the cluster has no workers yet; waiting for them", file=sys.stderr)
            self.ahead = max(32, 4 * threads)  # a cluster may grow

    def make(self) -> Executor:
        """Executors: a new one where the last is broken. Raises ConnectionError where there is none."""
        first, self._first = self._first, None
        if first is not None:
            return first
        return Processes(self._jobs) if self._dask is None else Cluster(self._dask)


def _cluster(address: str) -> Cluster:
    try:
        return Cluster(address)
    except ModuleNotFoundError as error:
        raise click.ClickException(
            "--dask needs a package that is not installed: pip install 'filterproxy[dask]'"
        ) from error
    except ConnectionError as error:
        raise click.ClickException(str(error)) from error
