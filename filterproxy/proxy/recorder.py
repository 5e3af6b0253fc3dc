"""Keeps original answers as a mitmproxy flow file, scrubbed, each written as it comes."""

import contextlib
import os
from pathlib import Path

from mitmproxy import http, io

from filterproxy.proxy.scrubbing import scrub_flow
from filterproxy.recordings.scrubbed import Tally
from filterproxy.report.background import BackgroundWriter
from filterproxy.report.events import EventSink, Kind, TroubleEvent
from filterproxy.report.redact import own_only

BODY = "filterproxy.body"
"""Key of a flow's metadata: `absent` where its body grew past the limit and so isn't in the file."""


class Recorder:
    """A flow file of what servers sent, before any rewriting.

    The file is made for its owner alone (0600): even scrubbed it says what somebody read. Each flow is
    written whole, on a thread of its own, so that ending the proxy in any way keeps what was finished.

    Args:
        path: the file; one that is there is written anew.
        limit: bytes of a body that is kept while it streams on.
        trouble: is told, once, of what can't be written.
        keep_secrets: write cookies, authorization, tokens in URLs and bodies of requests as they were
            sent; else they are scrubbed (see `filterproxy.recordings.scrub`).
        append: write after what is there.

    Attributes:
        scrubbed: what was scrubbed so far.
        kept: how many exchanges were handed over to be written.
        without_body: of these, how many had a body past the limit.

    Raises:
        OSError: when the file can't be made.
    """

    def __init__(
        self, path: Path, limit: int, trouble: EventSink, *, keep_secrets: bool = False, append: bool = False
    ) -> None:
        flag, mode = (os.O_APPEND, "ab") if append else (os.O_TRUNC, "wb")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600)
        own_only(descriptor)
        self.scrubbed = Tally()
        self.kept = self.without_body = 0
        self._keep_secrets = keep_secrets
        self._file = os.fdopen(descriptor, mode)  # buffered: a flow is written in many small pieces
        self._flows = io.FlowWriter(self._file)
        self._path = path
        self._limit = limit
        self._trouble = trouble
        self._writer = BackgroundWriter(self._write, self._failed, name="filterproxy-recorder")

    def listener(self) -> "Listener":
        """A stream callable that lets chunks pass and remembers them up to the limit."""
        return Listener(self._limit)

    def keep(self, flow: http.HTTPFlow, received: http.Headers | None = None) -> None:
        """Write a flow as it is now, with the body that was remembered while it streamed.

        `received`: the answer's header fields as they came, where some have gone since.
        """
        kept = flow.copy()
        kept.id = flow.id
        if kept.response is not None and received is not None:
            kept.response.headers = received.copy()
        response = flow.response
        if kept.response is not None and response is not None:
            if response.raw_content is None and isinstance(response.stream, Listener):
                kept.response.raw_content = response.stream.body
            if kept.response.raw_content is None:
                kept.metadata[BODY] = "absent"
                self.without_body += 1
        if not self._keep_secrets:
            self.scrubbed.add(scrub_flow(kept))
            self.scrubbed.moved(flow.request.pretty_url, kept.request.pretty_url)
        self.kept += 1
        bodies = [message.raw_content for message in (kept.request, kept.response) if message is not None]
        self._writer.put(kept, sum(map(len, filter(None, bodies))))

    def close(self) -> None:
        """Write what is queued and close the file."""
        if self._writer.close():
            with contextlib.suppress(OSError):  # what a full disk still owes was reported already
                self._file.close()

    def _write(self, flow: http.HTTPFlow) -> None:
        self._flows.add(flow)
        self._file.flush()

    def _failed(self, text: str) -> None:
        self._trouble.emit(TroubleEvent(Kind.WRITE_FAILED, f"recording {self._path}", text))


class Listener:
    """What mitmproxy calls with each chunk of a streamed body. `size`: bytes that have passed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: list[bytes] | None = []
        self.size = 0

    def __call__(self, chunk: bytes) -> bytes:
        """Let it pass as it is."""
        self.size += len(chunk)
        if self._chunks is not None:
            self._chunks.append(chunk)
            if self.size > self._limit:
                self._chunks = None
        return chunk

    @property
    def body(self) -> bytes | None:
        """All of it, or None where it was too large to be kept."""
        return None if self._chunks is None else b"".join(self._chunks)
