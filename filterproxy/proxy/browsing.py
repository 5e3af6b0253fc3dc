"""Opens pages in a browser whose traffic is recorded, and tells when they are done."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filterproxy.proxy.activity import Activity, Answered
from filterproxy.proxy.browsers import Browser, Way, running_browser
from filterproxy.proxy.client import as_asked
from filterproxy.proxy.visiting import MOST_REDIRECTS, Failures, Visit

QUIET = 1.0  # seconds without a request: the page has loaded
QUIET_ALL_THE_SAME = 5.0  # seconds while requests wait for answers that need never come (long polling)
_STEP = 0.05


@dataclass(frozen=True, slots=True)
class Browsing:
    """A browser and the proxy it goes through.

    Attributes:
        browser: which.
        way: the proxy.
        folder: where profiles are made; private and temporary.
        activity: of that proxy.
        failures: a sink of that proxy.
    """

    browser: Browser
    way: Way
    folder: Path
    activity: Activity
    failures: Failures

    def until_quiet(self, urls: Sequence[str], wait: float) -> Iterator[Visit]:
        """Open each page, in a profile of its own so that nothing comes from a cache, until all is quiet.

        `wait`: seconds a page may take at most.

        Raises:
            SettingsError: as `running_browser`.
        """
        for number, url in enumerate(urls):
            self.activity.take()
            self.failures.take()
            profile = self.folder / f"profile-{number}"
            with running_browser(self.browser, self.way, profile, [url]) as process:
                ended = _until_quiet(self.activity, process, wait)
            failure = self.failures.take(url) or ended or "the browser did not ask for it"
            yield _visit(url, self.activity.take(), failure)

    def until_closed(self, urls: Sequence[str]) -> Iterator[Visit]:
        """Open the pages in a window and record until it is closed; the last visit has all else that came.

        Raises:
            SettingsError: as `running_browser`.
        """
        profile = self.folder / "profile"
        with running_browser(self.browser, self.way, profile, urls, visible=True) as process:
            process.wait()
            ended = _why_ended(process, profile)
        answered = self.activity.take()
        failure = self.failures.take(urls[-1]) or ended or "the browser did not ask for it"
        for url in urls[:-1]:
            yield _visit(url, [], failure, among=answered)
        yield _visit(urls[-1], answered, failure)


def _until_quiet(activity: Activity, process: subprocess.Popen[bytes], wait: float) -> str:
    """Wait; returns why the browser ended by itself, or nothing."""
    until, begun = time.monotonic() + wait, activity.begun
    while time.monotonic() < until:
        if process.poll() is not None:
            return f"the browser ended by itself, with {process.returncode}"
        seconds, under_way = activity.quiet()
        if activity.begun > begun and seconds > (QUIET_ALL_THE_SAME if under_way else QUIET):
            break
        time.sleep(_STEP)
    return ""


def _why_ended(process: subprocess.Popen[bytes], profile: Path) -> str:
    if not process.returncode:
        return ""
    last = (profile / "output.txt").read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    return f"the browser ended with {process.returncode}: {last[:200]}"


def _visit(
    url: str, answered: Sequence[Answered], failure: str, *, among: Sequence[Answered] | None = None
) -> Visit:
    """What came of a URL: its own answer, at the end of its redirects, and all that came beside it."""
    pages = sum(answer.page for answer in answered)
    others = len(answered) - pages
    by_url = {answer.url: answer for answer in (answered if among is None else among)}
    try:
        at = as_asked(url)
    except ValueError as error:
        return Visit(url, problem=f"no http or https URL: {error}")
    found = by_url.get(at) or by_url.get(
        at.replace("http://", "https://", 1)
    )  # HSTS: never asked in the clear
    redirects = 0
    while found is not None and found.location and redirects < MOST_REDIRECTS:
        following = _follow(found.location, by_url.get)
        if following is None:
            break
        found, redirects = following, redirects + 1
    if found is None:
        return Visit(url, at, problem=failure, pages=pages, others=others)
    return Visit(url, found.url, found.status, found.type, found.size, redirects, pages=pages, others=others)


def _follow(location: str, find: Callable[[str], Answered | None]) -> Answered | None:
    try:
        return find(as_asked(location))
    except ValueError:
        return None
