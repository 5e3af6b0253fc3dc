"""`replay` for people: a row a page, what is wrong with its place, and the sum."""

from collections.abc import Iterator, Mapping
from typing import Any

from filterproxy.cli.layout import place
from filterproxy.cli.replay_proxy import Difference
from filterproxy.recordings.entry import Problem
from filterproxy.recordings.page_results import PageResult, Sum
from filterproxy.recordings.snapshot import Compared, State
from filterproxy.recordings.suite import Judged
from filterproxy.report.line import size
from filterproxy.report.redact import printable, redact_url

_DIFF = 40  # lines of a snapshot's diff that are shown
_RULES = 5  # rules that are named in the sum


def page_row(page: PageResult) -> str:
    """`changed    12 removed  3.4 kB  https://…`."""
    url = redact_url(page.url, query=True)
    if page.skipped:
        return f"{page.outcome:<9}  {printable(page.skipped)}  {url}"
    count = sum(page.removals.values())
    marks = [
        f"{sum(page.vetoes.values())} kept by the article guard" if page.vetoes else "",
        f"{sum(page.observed.values())} observed" if page.observed else "",
        "" if page.exact else "not exact",
        printable(page.note),
    ]
    told = "".join(f" · {mark}" for mark in marks if mark)
    return f"{page.outcome:<9}  {count:>3} removed  {size(page.taken):>7}  {url}{told}"


def broken(problem: Problem) -> list[str]:
    """A line for a part of a recording that can't be used."""
    return [printable(str(problem))]


def failure(judged: Judged) -> list[str]:
    """A failed test: for each thing that does not hold a line with its place, then what changed."""
    lines = [""]
    for found in judged.failures:
        where, column = place(found.source), found.source.rpartition(":")[2]
        wanted = f' "{found.wanted}"' if found.wanted else ""
        lines.append(printable(f"{where}:{column}: {found.key}{wanted}: {found.what}"))
    test = judged.test
    page = judged.place or test.recording
    url = redact_url(test.url, query=True)
    lines.append(printable(f"    wanted at {place(str(test.source))}, of {page}: ") + url)
    if judged.note:
        lines.append(printable(f"    note: {judged.note}"))
    return lines + [printable(f"    {line}") for line in judged.diff]


def changed_snapshot(compared: Compared, *, accepted: bool) -> list[str]:
    """A snapshot that differs, as a unified diff; of one that was accepted, a line."""
    if accepted:
        done = "deleted" if compared.state is State.GONE else "written"
        return [printable(f"{compared.name}: {compared.state}, {done}")]
    words = {
        State.NEW: "there is no snapshot of this page; --update writes it",
        State.DIFFERENT: "the page's account has changed; --update accepts it",
        State.GONE: "its page is in no recording; --update deletes it",
    }
    lines = ["", printable(f"{compared.name}: {words[compared.state]}")]
    if compared.state is State.DIFFERENT:
        lines += [printable(f"    {line}") for line in compared.diff[:_DIFF]]
        if (more := len(compared.diff) - _DIFF) > 0:
            lines.append(f"    … {more} more lines")
    return lines


def different(compared: Difference) -> list[str]:
    """A page that came otherwise through the proxy."""
    return [printable(f"{compared.place}: through the proxy: {compared.what}: {redact_url(compared.url)}")]


def sum_lines(pages: Sum, counts: Mapping[str, Any], seconds: float) -> Iterator[str]:
    """The sum, a few lines. `counts`: as `--json` has it; `seconds`: that the pages took."""
    yield ""
    if counts["interrupted"]:
        yield "interrupted: so far"
    if pages.pages or pages.others or pages.left_out:
        yield from _page_lines(pages, seconds)
    if counts["tests"] or counts["elsewhere"] or not pages.pages:
        yield _tests(counts)
    if counts["proxied"]:
        alike = counts["proxied"] - counts["proxy_different"]
        pages_sent = _many(counts["proxied"], "page")
        yield f"through the proxy: {pages_sent}, {alike} with the engine's bytes and account"
    if counts["snapshots"]:
        yield f"snapshots: {counts['snapshots']} new, different or gone"
    if counts["problems"]:
        yield f"{_many(counts['problems'], 'problem')} with recordings"


def _page_lines(pages: Sum, seconds: float) -> Iterator[str]:
    outcomes = ", ".join(f"{pages.outcomes[word]} {word}" for word in ("changed", "unchanged", "skipped"))
    rate = f" · {seconds:.1f} s, {pages.pages / seconds:.0f} pages/s" if seconds and pages.pages else ""
    yield f"{_many(pages.pages, 'page')}: {outcomes}{rate}"
    beside = [f"{_many(pages.others, 'answer')} that are no pages"] if pages.others else []
    beside += [f"{_many(pages.left_out, 'page')} left out by --only"] if pages.left_out else []
    if beside:
        yield f"beside them: {', '.join(beside)}"
    if pages.removals:
        named = ", ".join(f"{count} {rule}" for rule, count in pages.removals.most_common(_RULES))
        more = f" and {len(pages.removals) - _RULES} more rules" if len(pages.removals) > _RULES else ""
        yield f"removed: {size(pages.taken)} by {named}{more}"
    if pages.skipped:
        yield f"not filtered: {', '.join(f'{count} {why}' for why, count in pages.skipped.most_common())}"
    if pages.inexact:
        yield f"not exact: {pages.inexact}"
    if pages.noted:
        yield f"recorded with losses: {_many(pages.noted, 'page')}"


def _tests(counts: Mapping[str, Any]) -> str:
    passed, failed = counts["tests"] - counts["failed"], counts["failed"]
    text = f"tests: {passed} passed" + (f", {failed} failed" if failed else "")
    text += "" if counts["pages"] else f" · {counts['seconds']:.1f} s"
    if elsewhere := counts["elsewhere"]:
        text += f" · {_many(elsewhere, 'test')} {'names' if elsewhere == 1 else 'name'} other recordings"
    return text


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
