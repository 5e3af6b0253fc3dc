"""mitmproxy's own log: its errors become events, the rest is left unsaid."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import override

from filterproxy.report.events import EventSink, Kind, TroubleEvent


@contextmanager
def reported_log(sink: EventSink) -> Iterator["LogReporter"]:
    """Report mitmproxy's errors to the sink while the context is open, and print nothing."""
    logger = logging.getLogger("mitmproxy")
    handler = LogReporter(sink)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


class LogReporter(logging.Handler):
    """Turns errors into events.

    Attributes:
        muted: while mitmproxy starts, what goes wrong is an exception of ours and needs no event.
    """

    def __init__(self, sink: EventSink) -> None:
        super().__init__(logging.ERROR)
        self._sink = sink
        self.muted = True

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Report it, with the exception that led to it."""
        if self.muted:
            return
        fault = record.exc_info[1] if record.exc_info else None
        detail = record.getMessage() if fault is None else f"{record.getMessage()}: {fault!r}"
        self._sink.emit(TroubleEvent(Kind.INTERNAL, record.name, detail))
