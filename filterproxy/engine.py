"""The whole way of a page, in order: classify, decode, decide, rewrite. The library's front door."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from filterproxy.rewrite.result import Page
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings

HeaderFields = Sequence[tuple[bytes, bytes]]
"""Header fields in their order on the wire, names in any case."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A response after rewriting.

    Attributes:
        headers: the fields to send; the very object that came in where the page is unchanged.
        body: the bytes to send under these headers; the very object that came in where unchanged
            (still in its content coding), else decoded (`identity`).
        page: the account; `page.body` is the same object as `body`.
    """

    headers: HeaderFields
    body: bytes
    page: Page


def rewrite_page(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    ruleset: Ruleset,
    settings: Settings | None = None,
) -> Page:
    """Filter one page here and now (stub until the engine lands)."""
    return Page(body=body)


class Rewriter:
    """`rewrite_page` in worker processes, under a deadline and a memory limit. A context manager."""

    def __init__(self, ruleset: Ruleset, settings: Settings | None = None) -> None:
        self.ruleset = ruleset

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; pages still in them pass unfiltered."""

    def replace(self, ruleset: Ruleset) -> None:
        """Use other rules from the next page on; pages under way finish with the rules they began with."""

    def has_rules(self, host: str) -> bool:
        """Whether any enabled rule file names this host (subdomains covered). `*` files don't count."""
        return True

    def applies(self, url: str) -> bool:
        """Whether any enabled rule (of `*` files too) applies to this URL."""
        return True

    def rewrite_page(self, body: bytes, *, url: str, content_type: str | None = None) -> Page:
        """As the function, in a worker; waits for it."""
        return Page(body=body)

    def submit_page(self, body: bytes, *, url: str, content_type: str | None = None) -> Future[Page]:
        """As `rewrite_page`, at once; the future never raises."""
        raise NotImplementedError

    def submit_response(
        self, body: bytes, headers: HeaderFields, *, url: str, method: str = "GET", status: int = 200
    ) -> Future[Rewritten]:
        """Filter a response: its raw body (in its content coding) and header fields as received.

        The future never raises: what goes wrong is `page.skipped`, with headers and body as they came.
        """
        raise NotImplementedError


def rewrite_response(
    body: bytes,
    headers: HeaderFields,
    *,
    url: str,
    ruleset: Ruleset,
    method: str = "GET",
    status: int = 200,
    settings: Settings | None = None,
) -> Rewritten:
    """As `Rewriter.submit_response`, here and now, without a worker."""
    return Rewritten(headers, body, Page(body=body))
