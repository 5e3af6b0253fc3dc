"""Answers from a recording, in the place of every server."""

from collections.abc import Iterator
from pathlib import Path

from mitmproxy.addons.serverplayback import ServerPlayback
from mitmproxy.http import HTTPFlow, Response
from mitmproxy.options import Options

from filterproxy.recordings.entry import Problem
from filterproxy.recordings.flows import read_flows
from filterproxy.recordings.recording import Form, Piece
from filterproxy.recordings.scrub_url import scrub_target
from filterproxy.report.events import EventSink, Kind, TroubleEvent

NOT_RECORDED = "not in the recording"
"""The detail of a page's event where the recording has no answer for it; the client gets 404."""

_NOT_FOUND = 404


class Recorded:
    """A mitmproxy addon that answers what mitmproxy's server replay leaves unanswered.

    A URL that stands in a page as it was sent is looked up once more as a recording has it: scrubbed.
    What is not there either is 404 and never asked of a server.

    Args:
        playback: mitmproxy's addon, which answers first.
        path: a flow file.
        trouble: is told of what is no flow; the others are there.

    Raises:
        OSError: the file can't be opened.
    """

    name = "filterproxy_recorded"

    def __init__(self, playback: ServerPlayback, path: Path, trouble: EventSink) -> None:
        self._playback = playback
        playback.load_flows(list(_answered(path, trouble)))

    def request(self, flow: HTTPFlow) -> None:
        """Answer it."""
        if flow.response is not None or flow.error:
            return
        found = self._scrubbed_alike(flow)
        flow.response = _not_found(flow) if found is None else found.copy()
        flow.is_replay = "response"

    def _scrubbed_alike(self, flow: HTTPFlow) -> Response | None:
        scrubbed, found = scrub_target(flow.request.path)
        if not found:
            return None
        asked = flow.copy()
        asked.request.path = scrubbed
        recorded = self._playback.next_flow(asked)
        return None if recorded is None else recorded.response


def replay_options(options: Options) -> None:
    """Set mitmproxy's options: answers stay as they were recorded, and as often as they are asked for.

    Bodies of requests don't count: recordings have none.
    """
    options.update(
        connection_strategy="lazy",
        server_replay_reuse=True,
        server_replay_refresh=False,
        server_replay_ignore_content=True,
    )


def _answered(path: Path, trouble: EventSink) -> Iterator[HTTPFlow]:
    """The flows that hold a whole answer."""
    whole = Piece(str(path), Form.FLOWS, 0, 0, 1, path.stat().st_size)
    for place, flow in read_flows(whole):
        if isinstance(flow, Problem):
            trouble.emit(TroubleEvent(Kind.RECORDING_BROKEN, place, flow.what))
        elif isinstance(flow, HTTPFlow) and flow.response and flow.response.raw_content is not None:
            yield flow


def _not_found(flow: HTTPFlow) -> Response:
    flow.metadata[NOT_RECORDED] = True
    return Response.make(_NOT_FOUND, NOT_RECORDED, {"Content-Type": "text/plain"})
