"""What came of one sample page, and whether it is what it must be."""

from dataclasses import dataclass

from filterproxy.demo.compare import find_cuts, in_document_order, missing, other_hosts, seen_text
from filterproxy.demo.pages import SamplePage
from filterproxy.rewrite.result import Page


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer as it came over the wire."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `detail` says in figures what was found."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A page before and after.

    Attributes:
        page: which.
        before: as the server sent it.
        after: as it came out of the proxy.
        account: what the proxy said it did.
        checks: what was tested, from outside.
    """

    page: SamplePage
    before: Fetched
    after: Fetched
    account: Page
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)

    def hosts(self) -> tuple[int, int]:
        """How many other hosts the page's markup loads from, before and after."""
        before, after = (
            len(other_hosts(_decoded(self.page, fetched.body), self.page.host))
            for fetched in (self.before, self.after)
        )
        return before, after


def judge(page: SamplePage, before: Fetched, after: Fetched, account: Page) -> Outcome:
    """Test a filtered page from the outside."""
    checks = (
        _article(page, before, after),
        _bytes(page, before, after, account),
        _charset(page, before, after),
        _words(page, after),
    )
    return Outcome(page, before, after, account, checks)


def _decoded(page: SamplePage, body: bytes) -> str:
    return body.decode(page.charset, "replace")


def _article(page: SamplePage, before: Fetched, after: Fetched) -> Check:
    if page.article is None:
        return Check("article", holds=True, detail="none: the page is all list")
    old = seen_text(_decoded(page, before.body), page.article)
    new = seen_text(_decoded(page, after.body), page.article)
    count = sum(not char.isspace() for char in old)
    if old and old == new:
        return Check("article", holds=True, detail=f"whole: {count:,} characters, each the same")
    return Check(
        "article", holds=False, detail=f"changed: {len(old):,} characters before, {len(new):,} after"
    )


def _bytes(page: SamplePage, before: Fetched, after: Fetched, account: Page) -> Check:
    removals = account.removals
    try:
        ordered = in_document_order(removals, _decoded(page, before.body))
    except LookupError as error:
        return Check("bytes", holds=False, detail=f"a path of the account leads nowhere: {error}")
    sizes = [removal.size for removal in ordered]
    cuts = find_cuts(before.body, after.body, sizes)
    if cuts is None or not account.exact:
        why = account.detail or "the result is not the original less what was told"
        return Check("bytes", holds=False, detail=f"not the original's: {why}")
    detail = f"the original's, less {len(cuts)} cuts of {sum(sizes):,} bytes"
    return Check("bytes", holds=bool(cuts), detail=detail)


def _charset(page: SamplePage, before: Fetched, after: Fetched) -> Check:
    try:
        after.body.decode(page.charset)
    except UnicodeDecodeError as error:
        return Check("charset", holds=False, detail=f"no longer {page.charset}: {error.reason}")
    if before.content_type != after.content_type:
        detail = f"told as {before.content_type!r} before, {after.content_type!r} after"
        return Check("charset", holds=False, detail=detail)
    return Check("charset", holds=True, detail=f"{page.charset.upper()}, as it was")


def _words(page: SamplePage, after: Fetched) -> Check:
    text = seen_text(_decoded(page, after.body))
    left = tuple(word for word in page.gone if word in text)
    lost = missing(page.kept, text)
    if left or lost:
        found = [f"still there: {'、'.join(left)}"] * bool(left) + [f"lost: {'、'.join(lost)}"] * bool(lost)
        return Check("reader", holds=False, detail="; ".join(found))
    return Check(
        "reader", holds=True, detail=f"{len(page.gone)} junk texts gone, {len(page.kept)} others there"
    )
