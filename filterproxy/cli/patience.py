"""Waiting for a worker, where nobody waits for the page."""

from concurrent.futures import Future
from dataclasses import dataclass, field

from filterproxy.errors import SkipReason
from filterproxy.rewrite.result import Page
from filterproxy.rewriter import Rewriter

_MOST_WAITS = 30  # of a deadline each: as long as a worker may take to start


@dataclass(slots=True)
class Pending:
    """A page handed to the workers.

    A proxy lets a page pass as `busy` when no worker has time for it: a reader waits. Here it is handed
    in again.
    """

    rewriter: Rewriter
    body: bytes
    url: str
    content_type: str | None
    _future: Future[Page] = field(init=False)

    def __post_init__(self) -> None:
        self._hand_in()

    def _hand_in(self) -> None:
        self._future = self.rewriter.submit_page(self.body, url=self.url, content_type=self.content_type)

    def result(self) -> Page:
        """Wait for the page; like every page of a Rewriter it never raises for what it holds."""
        for _ in range(_MOST_WAITS):
            page = self._future.result()
            if page.skipped is not SkipReason.BUSY:
                break
            self._hand_in()
        return page
