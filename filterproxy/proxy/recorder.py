"""Keeps original answers as a mitmproxy flow file, each written as it comes."""

import os
from pathlib import Path

from mitmproxy import http, io

from filterproxy.report.background import BackgroundWriter
from filterproxy.report.events import EventSink, Kind, TroubleEvent

ABSENT = "filterproxy.body"
"""Key of a flow's metadata: `absent` where its body was streamed on and so isn't in the file."""


class Recorder:
    """A flow file of what servers sent, before any rewriting.

    The file is made for its owner alone (0600): it holds cookies as they were sent. Each flow is written
    whole, on a thread of its own, so that ending the proxy in any way keeps what was finished.

    Raises:
        OSError: when the file can't be made.
    """

    def __init__(self, path: Path, trouble: EventSink) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)
        self._flows = io.FlowWriter(self._file)
        self._path = path
        self._trouble = trouble
        self._writer = BackgroundWriter(self._flows.add, self._failed, name="filterproxy-recorder")

    def keep(self, flow: http.HTTPFlow) -> None:
        """Write a flow as it is now."""
        kept = flow.copy()
        kept.id = flow.id
        if kept.response is not None and kept.response.raw_content is None:
            kept.metadata[ABSENT] = "absent"
        self._writer.put(kept)

    def close(self) -> None:
        """Write what is queued and close the file."""
        self._writer.close()
        self._file.close()

    def _failed(self, text: str) -> None:
        self._trouble.emit(TroubleEvent(Kind.WRITE_FAILED, f"recording {self._path}", text))
