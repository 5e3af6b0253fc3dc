"""Waiting for a worker, where nobody waits for the page."""

from concurrent.futures import Future
from dataclasses import dataclass, field

from filterproxy.rewrite.result import Page
from filterproxy.rewriter import Rewriter, waited


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
        self._future = self._hand_in()

    def _hand_in(self) -> Future[Page]:
        return self.rewriter.submit_page(self.body, url=self.url, content_type=self.content_type)

    def result(self) -> Page:
        """Wait for the page; like every page of a Rewriter it never raises for what it holds."""
        return waited(self._hand_in, lambda page: page, self._future)
