"""The addon and what it asks, put together: the same in our proxy and in a mitmproxy of one's own."""

from filterproxy.decide.requests import FilterLayer
from filterproxy.proxy.addon import FilterAddon
from filterproxy.proxy.exclusions import excluded_hosts
from filterproxy.proxy.recorder import Recorder
from filterproxy.proxy.requests import RequestSide
from filterproxy.proxy.scope import Reach, Scope
from filterproxy.report.events import EventSink
from filterproxy.rewriter import Rewriter
from filterproxy.settings import Settings


def assembled(  # noqa: PLR0913 - it is put together from that many parts
    rewriter: Rewriter,
    reach: Reach,
    settings: Settings,
    sink: EventSink,
    *,
    recorder: Recorder | None = None,
    lists: FilterLayer | None = None,
    excluded: frozenset[str] | None = None,
) -> FilterAddon:
    """An addon for these rules.

    Args:
        rewriter: the rules in force, and the workers.
        reach: which hosts are read: of the others nothing is.
        settings: as the rewriter's.
        sink: where events go.
        recorder: keeps original answers, if any.
        lists: subscribed lists, compiled, for requests.
        excluded: hosts that are never read; None: those that are shipped (`exclusions`).
    """
    requests = RequestSide(rewriter, settings.off_categories, sink, lists)
    scope = Scope(
        reach,
        lambda host: rewriter.has_rules(host) or requests.names(host),
        excluded=excluded_hosts() if excluded is None else excluded,
    )
    return FilterAddon(rewriter, scope, sink, requests, recorder=recorder, deadline=settings.limits.deadline)
