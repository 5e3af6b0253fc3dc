"""mitmproxy's own log: its errors are events, and nothing is printed."""

import logging

import pytest

from filterproxy.proxy.log import reported_log
from filterproxy.report.events import Kind, TroubleEvent
from tests.support.lab import Events

LOGGER = logging.getLogger("mitmproxy.proxy.server")


def test_errors_become_events_and_the_rest_is_left_unsaid(capfd: pytest.CaptureFixture[str]) -> None:
    events = Events()
    with reported_log(events) as log:
        log.muted = False
        LOGGER.warning("a warning")
        LOGGER.info("an information")
        LOGGER.error("it %s", "crashed", exc_info=RuntimeError("why"))
        LOGGER.error("plainly")
    assert events.all == [
        TroubleEvent(Kind.INTERNAL, LOGGER.name, "it crashed: RuntimeError('why')"),
        TroubleEvent(Kind.INTERNAL, LOGGER.name, "plainly"),
    ]
    assert capfd.readouterr() == ("", "")


def test_while_it_starts_it_says_nothing() -> None:
    events = Events()
    with reported_log(events):
        LOGGER.error("taken")
    assert events.all == []


def test_the_logger_is_left_as_it_was() -> None:
    logger = logging.getLogger("mitmproxy")
    before = (logger.level, logger.propagate, list(logger.handlers))
    with reported_log(Events()) as log:
        log.muted = False
    LOGGER.error("nobody hears it as ours")
    assert (logger.level, logger.propagate, logger.handlers) == before
