"""What `filterproxy record` says: a line a page as it comes, and what is in the file at the end."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filterproxy.cli.record_plan import Plan
from filterproxy.cli.scrubbing import kept
from filterproxy.recordings.scrub_url import scrub_url
from filterproxy.recordings.scrubbed import Tally, as_data, lines
from filterproxy.report.events import Event, TroubleEvent
from filterproxy.report.line import line, size
from filterproxy.report.redact import printable, redact_url

if TYPE_CHECKING:
    from filterproxy.proxy.recorder import Recorder
    from filterproxy.proxy.server import RunningProxy
    from filterproxy.proxy.visiting import Visit

_WRONG = 400  # RFC 9110, 15: from here on the status says that the page is not there


class Report:
    """Tells of visits; an event sink for what goes wrong beside them.

    Attributes:
        proxy: what recorded, once it is known.
        all_came: every page came, none as an error, and all could be written.
    """

    def __init__(self, file: Path, plan: Plan, *, as_json: bool) -> None:
        self.proxy: RunningProxy | None = None
        self.all_came = True
        self._file = file
        self._plan = plan
        self._as_json = as_json
        self._visits: list[Visit] = []

    def emit(self, event: Event) -> None:
        """Say at once what could not be written."""
        if isinstance(event, TroubleEvent):
            self.all_came = False
            print(line(event), file=sys.stderr)

    def tell(self, visit: "Visit") -> None:
        """A line for a page: status, size, type, address; what did not come on standard error."""
        self.all_came = self.all_came and not visit.problem and visit.status < _WRONG
        if self._as_json:
            self._visits.append(visit)
        elif visit.problem:
            print(f"{_shown(visit.url)}: {printable(visit.problem)}", file=sys.stderr, flush=True)
        else:
            print(_line(visit, browser=self._plan.browser), flush=True)

    def end(self, fault: str = "") -> None:
        """What is in the file, and what of it was scrubbed. `fault`: why it could not be recorded."""
        recorder = None if self.proxy is None else self.proxy.recorder
        if recorder is not None and not recorder.kept and not self._plan.append:
            self._file.unlink(missing_ok=True)  # an empty file is no recording
        if self._as_json:
            print(json.dumps(self._data(recorder, fault), ensure_ascii=False, indent=2))
        if fault:
            print(f"filterproxy: {fault}", file=sys.stderr)
        elif not self._as_json and recorder is not None:
            print("\n".join(self._sum(recorder)))

    def _sum(self, recorder: "Recorder") -> list[str]:
        if not recorder.kept:
            return ["nothing was recorded"]
        answers = f"{recorder.kept} answer{'s' * (recorder.kept != 1)}"
        told = [f"{self._file}: {answers}, {_size_of(self._file)}, {kept(keep=self._plan.keep_cookies)}"]
        if recorder.without_body:
            told.append(f"  {recorder.without_body} without their bodies, which were too large")
        return told if self._plan.keep_cookies else [*told, *lines(recorder.scrubbed)]

    def _data(self, recorder: "Recorder | None", fault: str) -> dict[str, Any]:
        tally = Tally() if recorder is None else recorder.scrubbed
        return {
            "file": str(self._file),
            "recorded": 0 if recorder is None else recorder.kept,
            "without_body": 0 if recorder is None else recorder.without_body,
            "pages": [
                {**asdict(visit), "url": _shown(visit.url), "at": _shown(visit.at)} for visit in self._visits
            ],
            "kept_secrets": self._plan.keep_cookies,
            **as_data(tally),
            "problem": fault,
        }


def _line(visit: "Visit", *, browser: bool) -> str:
    redirects = f"  after {_many(visit.redirects, 'redirect')}" if visit.redirects else ""
    # the page itself is one of them
    beside = f"  {_many(visit.pages, 'page')} and {_many(visit.others, 'other answer')}" if browser else ""
    kind = printable(visit.type) or "(no type)"
    return (
        f"{visit.status}  {size(visit.size):>7}  {kind}  {_shown(visit.at or visit.url)}{redirects}{beside}"
    )


def _shown(url: str) -> str:
    return redact_url(scrub_url(url)[0], query=True)


def _size_of(file: Path) -> str:
    return size(file.stat().st_size) if file.is_file() else "written"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
