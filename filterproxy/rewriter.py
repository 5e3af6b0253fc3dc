"""Pages rewritten in worker processes: a hang, a crash or a bomb costs that page its filtering alone."""

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from filterproxy.classify.fields import HeaderFields
from filterproxy.decide.answers import Wanted
from filterproxy.decide.decider import Address
from filterproxy.engine import Engine, PageHead, Rewritten, engine_for, finished, skip
from filterproxy.errors import SkipReason
from filterproxy.rewrite.exchange import StrippedAnswer, StrippedRequest
from filterproxy.rewrite.result import Page
from filterproxy.rewrite.worker import Failure, WorkerPool
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


@dataclasses.dataclass(slots=True)
class _Process:
    """What a worker process works with; set once, when the process starts."""

    engine: Engine | None = None


_process = _Process()


def _start(ruleset: Ruleset, settings: Settings) -> None:
    _process.engine = engine_for(ruleset, settings)
    _process.engine.decider.warm_up()
    _process.engine.raise_memory_errors = True


def _work(body: bytes, head: PageHead) -> tuple[Page, bool]:
    """The page, its body left out where it is unchanged (then True): it need not travel back."""
    if _process.engine is None:
        raise RuntimeError("the worker was not started with a ruleset")
    page = _process.engine.rewrite_coded(body, head)
    return (dataclasses.replace(page, body=b""), True) if page.body is body else (page, False)


_MOST_WAITS = 30  # of a deadline each: as long as a worker may take to start

_Found = tuple[Page, bool] | Failure


class Rewriter:
    """`rewrite_page` in worker processes, under a deadline and a memory limit. A context manager.

    Its futures never raise: what goes wrong is `page.skipped`, with the bytes as they came.
    """

    def __init__(self, ruleset: Ruleset, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._lock = threading.Lock()
        self._closed = False
        self._coming: WorkerPool[[bytes, PageHead], tuple[Page, bool]] | None = None
        self._engine = engine_for(ruleset, self._settings)
        self._pool = self._make_pool(ruleset)

    @property
    def ruleset(self) -> Ruleset:
        """The rules in force."""
        return self._engine.ruleset

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; pages still in them pass unfiltered."""
        with self._lock:
            self._closed = True
            pools = [self._pool, self._coming]
        for pool in filter(None, pools):
            pool.close()

    def wait_ready(self, seconds: float) -> bool:
        """Wait until every worker has started; False where they take longer."""
        return self._pool.wait_ready(seconds)

    def replace(self, ruleset: Ruleset, *, patience: float = 0.0) -> None:
        """Use other rules from the next page on; pages under way finish with the rules they began with.

        Args:
            ruleset: the rules.
            patience: seconds to wait for the new workers to start, while pages still go by the old
                rules and so needn't wait.
        """
        engine, pool = engine_for(ruleset, self._settings), self._make_pool(ruleset)
        with self._lock:
            self._coming = pool
            closed = self._closed
        if patience > 0 and not closed:
            pool.wait_ready(patience)  # ends at once where it is closed meanwhile
        with self._lock:
            self._coming = None
            unused = pool
            if not self._closed:
                self._engine, self._pool, unused = engine, pool, self._pool
        unused.retire()

    def has_rules(self, host: str) -> bool:
        """Whether any rule file names this host (subdomains covered). `*` files don't count."""
        return self._engine.decider.names(Address.of(f"http://{host}/").host)

    def applies(self, url: str) -> bool:
        """Whether any rule (of `*` files too) applies to a page at this URL."""
        return self._engine.decider.applies(url)

    def names_answer(self, url: str) -> bool:
        """Whether a rule is for the answer from this very URL: see `Engine.names_answer`."""
        return self._engine.names_answer(url)

    def wanted(
        self, url: str, headers: HeaderFields, *, method: str = "GET", status: int = 200, kind: str = ""
    ) -> Wanted:
        """As what an answer is to be filtered, told from its head: see `Engine.wanted`."""
        return self._engine.wanted(url, headers, method=method, status=status, kind=kind)

    def strip_request(self, url: str, headers: HeaderFields) -> StrippedRequest:
        """A request without what strip rules take of it: see `Engine.strip_request`."""
        return self._engine.strip_request(url, headers)

    def strip_answer(self, url: str, headers: HeaderFields) -> StrippedAnswer:
        """An answer's header fields without what they take of it: see `Engine.strip_answer`."""
        return self._engine.strip_answer(url, headers)

    def rewrite_page(self, body: bytes, *, url: str, content_type: str | None = None) -> Page:
        """As `submit_page`; waits for it."""
        return self.submit_page(body, url=url, content_type=content_type).result()

    def submit_page(self, body: bytes, *, url: str, content_type: str | None = None) -> Future[Page]:
        """Filter one page, decoded of its content coding."""
        if not self.applies(url):
            return _done(skip(body, SkipReason.NO_RULES))
        _, future = self._submit(body, PageHead(url, content_type))
        return _then(future, lambda found: _page(body, found))

    def submit_response(  # noqa: PLR0913 - a response has that many parts
        self,
        body: bytes,
        headers: HeaderFields,
        *,
        url: str,
        method: str = "GET",
        status: int = 200,
        kind: str = "",
        traced: bool = False,
    ) -> Future[Rewritten]:
        """Filter a response: its raw body (in its content coding) and header fields as received.

        A page, a part of one that a script fetched (`kind`), or JSON that a rule prunes: see `wanted`.
        `traced`: the page is to have its trace.
        """
        wanted = self.wanted(url, headers, method=method, status=status, kind=kind)
        if wanted.treatment is None:
            return _done(Rewritten(headers, body, skip(body, wanted.skipped or SkipReason.NO_RULES)))
        head = PageHead.of(url, headers, traced=traced, treatment=wanted.treatment)
        digest, future = self._submit(body, head)
        return _then(future, lambda found: finished(body, headers, _page(body, found), digest))

    def _submit(self, body: bytes, head: PageHead) -> tuple[str, Future[_Found]]:
        """Hand a page to the workers, and the digest of the rules they have: `replace` waits for it."""
        with self._lock:
            return self._engine.ruleset.digest, self._pool.submit(body, head)

    def _make_pool(self, ruleset: Ruleset) -> WorkerPool[[bytes, PageHead], tuple[Page, bool]]:
        limits, workers = self._settings.limits, self._settings.workers
        return WorkerPool(_work, _start, (ruleset, self._settings), limits=limits, workers=workers)


def waited[T](
    submit: Callable[[], Future[T]], page_of: Callable[[T], Page], first: Future[T] | None = None
) -> T:
    """What comes of a page for which nobody waits: handed in again where no worker had time for it.

    A proxy lets such a page pass as `busy`, as a reader waits for it.

    Args:
        submit: hands it in.
        page_of: the page in what comes back.
        first: where it has been handed in once already.
    """
    found = (first or submit()).result()
    for _ in range(_MOST_WAITS):
        if page_of(found).skipped is not SkipReason.BUSY:
            break
        found = submit().result()
    return found


def _page(body: bytes, found: _Found) -> Page:
    if isinstance(found, Failure):
        return skip(body, found.reason, found.detail)
    page, unchanged = found
    return dataclasses.replace(page, body=body) if unchanged else page


def _done[T](value: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(value)
    return future


def _then[T](future: Future[_Found], make: Callable[[_Found], T]) -> Future[T]:
    """A future of what `make` makes of another's result. Cancelled by who asked: nothing is made."""
    made: Future[T] = Future()

    def pass_on(done: Future[_Found]) -> None:
        if made.set_running_or_notify_cancel():
            made.set_result(make(done.result()))

    future.add_done_callback(pass_on)
    return made
