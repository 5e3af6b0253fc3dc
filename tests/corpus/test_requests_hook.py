"""The proxy's own hook decides on real requests as the engine does that is given the lists themselves."""

from pathlib import Path

import adblock
import pytest

from filterproxy.classify.request_type import purpose_of
from filterproxy.proxy.requests import RequestSide
from filterproxy.report.events import Kind
from filterproxy.report.statistics import Statistics
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings
from tests.benchmarks.lists import LISTS
from tests.benchmarks.proxy import compiled, flow_of, real_requests
from tests.support.corpus import CORPUS, needs_corpus

pytestmark = [needs_corpus, pytest.mark.corpus, pytest.mark.long]


def test_every_real_request_fares_as_the_lists_say(tmp_path: Path) -> None:
    lists = compiled(tmp_path).build()
    assert lists is not None
    filters = adblock.FilterSet(debug=True)
    for name in LISTS:
        filters.add_filters((CORPUS / "lists" / f"{name}.txt").read_text("utf-8").splitlines())
    direct = adblock.Engine(filters, optimize=False)
    told = Statistics()
    checked = blocked = excepted = 0
    with Rewriter(Ruleset(()), Settings(workers=1)) as rewriter:
        side = RequestSide(rewriter, frozenset(), told, lists.layer)
        for request in real_requests():
            flow = flow_of(*request)
            url = flow.request.pretty_url
            purpose = purpose_of("GET", url, flow.request.headers.fields)
            expected = direct.check_network_urls(url, purpose.source, purpose.kind)
            side.block(flow)
            assert (flow.response is not None) == expected.matched, (url, purpose)
            checked += 1
            blocked += expected.matched
            excepted += not expected.matched and expected.exception is not None
    assert (checked, blocked > 5_000) == (15_124, True)
    kinds = told.totals().kinds
    assert (kinds[Kind.REQUEST_BLOCKED], kinds[Kind.REQUEST_EXCEPTED]) == (blocked, excepted)
