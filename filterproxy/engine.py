"""The whole way of an answer, in order: classify, decode, decide, rewrite. The library's front door."""

import dataclasses
import time
from dataclasses import dataclass
from functools import lru_cache

from filterproxy.classify.fields import HeaderFields, joined, values
from filterproxy.classify.response import admit, content_type, is_html
from filterproxy.decide.answers import FETCHED, Pruners, Treatment, Wanted
from filterproxy.decide.decider import Decider
from filterproxy.decide.exchange import Strippers
from filterproxy.errors import SkipReason
from filterproxy.rewrite.charset import as_written, sniff
from filterproxy.rewrite.content_coding import decode
from filterproxy.rewrite.exchange import StrippedAnswer, StrippedRequest, strip_answer, strip_request
from filterproxy.rewrite.fragment import rewrite_fragment
from filterproxy.rewrite.headers import rewritten_headers
from filterproxy.rewrite.json_answer import prune_answer
from filterproxy.rewrite.markup import looks_like_markup
from filterproxy.rewrite.nesting import nests_deeper
from filterproxy.rewrite.page import rewrite
from filterproxy.rewrite.policy import allows_inline_style
from filterproxy.rewrite.result import Page
from filterproxy.rewrite.trace import Tracer
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings


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


@dataclass(frozen=True, slots=True)
class PageHead:
    """What of a response's head the engine needs.

    Attributes:
        url: of the request.
        content_type: the Content-Type value that counts, or None.
        codings: Content-Encoding, several fields joined, or None.
        inline_style: whether the response's policy lets an inline style hide an element.
        traced: whether `page.trace` is wanted.
        treatment: as what it is filtered.
    """

    url: str
    content_type: str | None = None
    codings: str | None = None
    inline_style: bool = True
    traced: bool = False
    treatment: Treatment = Treatment.PAGE

    @classmethod
    def of(
        cls,
        url: str,
        headers: HeaderFields,
        *,
        traced: bool = False,
        treatment: Treatment = Treatment.PAGE,
    ) -> "PageHead":
        """Read it from the response's header fields."""
        policies = values(headers, b"content-security-policy")
        codings = joined(headers, b"content-encoding")
        return cls(url, content_type(headers), codings, allows_inline_style(policies), traced, treatment)


class Engine:
    """Rewrites pages with one ruleset, here and now. Safe to share between threads.

    Limits that can be checked beforehand are kept; a deadline is not: `Rewriter` adds it.

    Attributes:
        raise_memory_errors: whether a page that exhausts memory raises, as a worker wants it, which is then
            ended: what it allocated is not trusted to come back.
    """

    raise_memory_errors = False

    def __init__(self, ruleset: Ruleset, settings: Settings | None = None) -> None:
        self.ruleset = ruleset
        self.settings = settings or Settings()
        self.decider = Decider(ruleset, self.settings.off_categories)
        self.pruners = Pruners(ruleset, self.settings.off_categories)
        self.strippers = Strippers(ruleset, self.settings.off_categories)

    def strip_request(self, url: str, headers: HeaderFields) -> StrippedRequest:
        """A request without what strip rules take of its URL and its header fields. Never raises for them."""
        rules = self.strippers.at(url)
        if not rules:
            return StrippedRequest(url, None, headers)
        return strip_request(url, headers, rules.params, rules.cookies, rules.headers)

    def strip_answer(self, url: str, headers: HeaderFields) -> StrippedAnswer:
        """An answer's header fields without what they take of it. `url`: as it was first asked for."""
        rules = self.strippers.at(url)
        return strip_answer(headers, rules.cookies, rules.headers) if rules else StrippedAnswer(headers)

    def wanted(
        self, url: str, headers: HeaderFields, *, method: str = "GET", status: int = 200, kind: str = ""
    ) -> Wanted:
        """As what an answer is to be filtered, told from its head before a byte of its body is kept.

        Args:
            url: of the request.
            headers: of the answer, as received.
            method: of the request.
            status: of the answer.
            kind: what the request is for (`classify.request_type.purpose_of`): HTML that a script fetches is
                a part of a page.
        """
        data = bool(self.pruners.rules(url))
        page = self.decider.applies(url) and (is_html(headers) or not data)
        skipped = admit(method, status, headers, self.settings.limits, data=data and not page)
        if skipped is None and not page and not data:
            skipped = SkipReason.NO_RULES
        if skipped is not None:
            return Wanted(None, skipped)
        if not page:
            return Wanted(Treatment.JSON)
        return Wanted(Treatment.FRAGMENT if kind == FETCHED else Treatment.PAGE)

    def prune_json(self, body: bytes, *, url: str, content_type: str | None = None) -> Page:
        """Prune one JSON answer by the rules whose `prune.url` is for it; otherwise as `rewrite_page`."""
        if not isinstance(body, bytes):
            raise TypeError(f"an answer's body is bytes, not {type(body).__name__}")
        return self._timed(body, PageHead(url, content_type, treatment=Treatment.JSON))

    def rewrite_page(
        self, body: bytes, *, url: str, content_type: str | None = None, inline_style: bool = True
    ) -> Page:
        """Filter one page. What goes wrong is `page.skipped`, with the body as it came.

        Raises:
            TypeError: a body that is not bytes.
        """
        if not isinstance(body, bytes):
            raise TypeError(f"a page's body is bytes, not {type(body).__name__}")
        return self._timed(body, PageHead(url, content_type, inline_style=inline_style))

    def _timed(self, body: bytes, head: PageHead) -> Page:
        start = time.perf_counter()
        try:
            page = self._json(body, head) if head.treatment is Treatment.JSON else self._page(body, head)
        except MemoryError:
            if self.raise_memory_errors:
                raise
            page = skip(body, SkipReason.INTERNAL, "out of memory")
        except RecursionError:
            page = skip(body, SkipReason.NESTED_TOO_DEEP, "deeper than Python's stack")
        except Exception as error:  # noqa: BLE001 - a page's faults are skips, whatever they are
            page = skip(body, SkipReason.INTERNAL, f"{type(error).__name__}: {error}")
        return dataclasses.replace(page, seconds=time.perf_counter() - start)

    def rewrite_coded(self, body: bytes, head: PageHead) -> Page:
        """As `rewrite_page`, of a body still in its content codings. Unchanged: `page.body is body`."""
        decoded = decode(body, head.codings, self.settings.limits)
        if decoded.body is None:
            return skip(body, decoded.skipped or SkipReason.BROKEN_CODING, decoded.detail)
        page = self._timed(decoded.body, head)
        return dataclasses.replace(page, body=body) if page.body is decoded.body else page

    def _json(self, body: bytes, head: PageHead) -> Page:
        rules = self.pruners.rules(head.url)
        if not rules:
            return skip(body, SkipReason.NO_RULES)
        reason = self._by_size(body)
        return skip(body, reason) if reason else prune_answer(body, head.content_type, rules)

    def _page(self, body: bytes, head: PageHead) -> Page:
        url, content_type = head.url, head.content_type
        if (reason := self._refused(body, url, content_type)) is not None:
            return skip(body, reason)
        sniffed = sniff(body, content_type)
        if sniffed.charset is None:
            return skip(body, sniffed.skipped or SkipReason.UNKNOWN_CHARSET, sniffed.detail)
        charset = as_written(body, sniffed.charset)
        if not looks_like_markup(body, charset):  # some services label their JSON text/html
            pruned = self._json(body, head)
            return skip(body, SkipReason.CONTENT_MISMATCH) if pruned.skipped else pruned
        selection = self.decider.select(url, body, charset.python, ascii_compatible=charset.ascii_compatible)
        if not selection.rules:
            return Page(body, charset=charset.name)
        if nests_deeper(body, self.settings.limits.nesting):
            return skip(body, SkipReason.NESTED_TOO_DEEP, f"over {self.settings.limits.nesting} deep")
        tracer = Tracer() if head.traced else None
        way = rewrite_fragment if head.treatment is Treatment.FRAGMENT else rewrite
        page = way(
            body,
            charset,
            selection,
            self.settings.guard,
            url=url,
            inline_style=head.inline_style,
            tracer=tracer,
        )
        trace = None if tracer is None else tracer.trace()
        return dataclasses.replace(page, tried=len(selection.rules), trace=trace)

    def _refused(self, body: bytes, url: str, content_type: str | None) -> SkipReason | None:
        if not self.decider.applies(url):
            return SkipReason.NO_RULES
        return self._by_size(body) or (_by_type(content_type) if content_type else None)

    def _by_size(self, body: bytes) -> SkipReason | None:
        if not body:
            return SkipReason.EMPTY
        return SkipReason.BODY_TOO_LARGE if len(body) > self.settings.limits.decoded else None


@lru_cache(maxsize=256)
def _by_type(content_type: str) -> SkipReason | None:
    """Why a body of this type is no page, or None where it may be one."""
    return admit("GET", 200, [(b"content-type", content_type.encode("latin-1", "replace"))])


def engine_for(ruleset: Ruleset, settings: Settings | None = None) -> Engine:
    """The engine of a ruleset under these settings: made once, kept with the ruleset."""
    settings = settings or Settings()
    engine = ruleset.prepared.get(settings)
    if not isinstance(engine, Engine):
        engine = Engine(ruleset, settings)
        ruleset.prepared[settings] = engine
    return engine


def rewrite_page(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    ruleset: Ruleset,
    settings: Settings | None = None,
) -> Page:
    """Filter one page here and now.

    No deadline and no memory limit bound it: for pages one doesn't trust there is `Rewriter`.

    Args:
        body: the page's bytes, decoded of their content coding.
        url: where it came from; rules are chosen by it.
        content_type: the Content-Type header's value, if there was one.
        ruleset: from `load_ruleset`.
        settings: limits, guard, categories that are off.

    Returns:
        The page: new bytes and an account of each change.

    Raises:
        TypeError: a body that is not bytes. Never for what a page holds.
    """
    return engine_for(ruleset, settings).rewrite_page(body, url=url, content_type=content_type)


def rewrite_response(  # noqa: PLR0913 - a response has that many parts
    body: bytes,
    headers: HeaderFields,
    *,
    url: str,
    ruleset: Ruleset,
    method: str = "GET",
    status: int = 200,
    kind: str = "",
    settings: Settings | None = None,
) -> Rewritten:
    """Filter a response here and now: raw body and header fields as received, see `Rewritten`.

    A page; JSON that a rule prunes; where `kind` is `xmlhttprequest`, a part of a page that a script fetched.
    """
    engine = engine_for(ruleset, settings)
    wanted = engine.wanted(url, headers, method=method, status=status, kind=kind)
    if wanted.treatment is None:
        return Rewritten(headers, body, skip(body, wanted.skipped or SkipReason.NO_RULES))
    page = engine.rewrite_coded(body, PageHead.of(url, headers, treatment=wanted.treatment))
    return finished(body, headers, page, ruleset.digest)


def finished(body: bytes, headers: HeaderFields, page: Page, digest: str) -> Rewritten:
    """The response for a page: as it came where nothing changed, else with headers that fit."""
    if page.body is body:
        return Rewritten(headers, body, page)
    return Rewritten(rewritten_headers(headers, len(page.body), digest), page.body, page)


def skip(body: bytes, reason: SkipReason, detail: str = "") -> Page:
    """A page that passes as it came."""
    return Page(body, skipped=reason, detail=detail)
