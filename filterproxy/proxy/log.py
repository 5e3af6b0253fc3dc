"""mitmproxy's own log: its errors become events, the rest is left unsaid."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import override

from filterproxy.report.events import EventSink, Kind, TroubleEvent


@contextmanager
def reported_log(sink: EventSink) -> Iterator[None]:
    """Report mitmproxy's errors to the sink while the context is open, and print nothing."""
    logger = logging.getLogger("mitmproxy")
    handler = _Reporting(sink)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


class _Reporting(logging.Handler):
    def __init__(self, sink: EventSink) -> None:
        super().__init__(logging.ERROR)
        self._sink = sink

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._sink.emit(TroubleEvent(Kind.INTERNAL, record.name, record.getMessage()))
