"""Recorded pages through the engine the proxy uses: worker process, deadline, guard and all."""

from concurrent.futures import Future
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from filterproxy.classify.fields import HeaderFields
from filterproxy.classify.response import admit
from filterproxy.engine import Rewritten
from filterproxy.errors import SkipReason
from filterproxy.recordings.entry import Entry
from filterproxy.rewrite.content_coding import decode
from filterproxy.rewrite.result import Page
from filterproxy.rewriter import Rewriter, waited
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded page and what became of it.

    Attributes:
        entry: as it was recorded.
        original: its body, decoded of its content coding where that can be done.
        page: the account; `page.body` is decoded too.
    """

    entry: Entry
    original: bytes
    page: Page


def is_page(entry: Entry) -> bool:
    """Whether the proxy would look into this answer: an HTML page, whole, fetched as a browser does."""
    return admit(entry.method, entry.status, entry.response) is None


class Replayer:
    """Replays pages one after the other, in a worker process of its own. A context manager.

    Args:
        ruleset: the rules.
        settings: limits, guard, categories that are off; one worker is used, however many they say.
    """

    def __init__(self, ruleset: Ruleset, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._rewriter = Rewriter(ruleset, replace(self.settings, workers=1))

    @property
    def ruleset(self) -> Ruleset:
        """The rules."""
        return self._rewriter.ruleset

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        self._rewriter.close()

    def replay(self, entry: Entry, *, traced: bool = False) -> Replayed:
        """What the proxy would have made of this answer. What goes wrong is `page.skipped`.

        `traced`: the page is to have its trace.
        """
        body = entry.body
        if body is None:
            return Replayed(
                entry, b"", Page(b"", skipped=SkipReason.EMPTY, detail="the body was not recorded")
            )
        codings = b",".join(value for name, value in entry.response if name.lower() == b"content-encoding")
        decoded = decode(body, codings.decode("latin-1") or None, self.settings.limits).body
        fields = entry.response
        if decoded is not None and decoded is not body:
            fields = [field for field in fields if field[0].lower() not in _OF_THE_CODED]
            body = decoded
        return Replayed(entry, body, self._page(entry, body, fields, traced=traced))

    def _page(self, entry: Entry, body: bytes, fields: HeaderFields, *, traced: bool) -> Page:
        def submit() -> Future[Rewritten]:
            return self._rewriter.submit_response(
                body, fields, url=entry.url, method=entry.method, status=entry.status, traced=traced
            )

        return waited(submit, lambda rewritten: rewritten.page).page


_OF_THE_CODED = frozenset({b"content-encoding", b"content-length"})
