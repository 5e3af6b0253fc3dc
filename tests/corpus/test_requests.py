"""Decisions on real requests are the engine's own, every one."""

import json

import adblock
import pytest

from filterproxy.decide.requests import Decision, FilterLayer, Origin, RequestFilter
from filterproxy.ruleset.model import Ruleset
from tests.support.corpus import CORPUS, needs_corpus

pytestmark = [needs_corpus, pytest.mark.corpus]
NOWHERE = Origin("list", "list", "list")


def engine(filters: list[str]) -> adblock.Engine:
    made = adblock.FilterSet(debug=True)
    made.add_filters(filters)
    return adblock.Engine(made, optimize=False)


def decides(layer: FilterLayer, url: str, source: str, kind: str) -> bool:
    found = RequestFilter(Ruleset(()), lists=layer).verdict(url, source, kind)
    return found is not None and found.decision is Decision.BLOCKED


def test_with_the_list_they_belong_to() -> None:
    text = (CORPUS / "lists" / "adguard-tsurlfilter-easylist.txt").read_text("utf-8")
    direct = engine(text.splitlines())
    ours = RequestFilter(Ruleset(()), lists=FilterLayer(direct, {}, NOWHERE))
    checked = blocked = 0
    with (CORPUS / "requests" / "real.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            asked = json.loads(line)
            request = (asked["url"], asked["source"], asked["type"])
            expected = direct.check_network_urls(*request)
            found = ours.verdict(*request)
            assert (found is not None and found.decision is Decision.BLOCKED) == expected.matched, request
            if found is not None:
                assert found.exception == expected.exception
            checked += 1
            blocked += expected.matched
    assert checked == 15_124
    assert blocked > 1_000


def test_with_the_filters_that_must_match() -> None:
    checked = 0
    with (CORPUS / "requests" / "matching.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            asked = json.loads(line)
            direct = engine(asked["filters"])
            expected = direct.check_network_urls(asked["url"], asked["sourceUrl"], asked["type"])
            layer = FilterLayer(direct, {}, NOWHERE)
            assert decides(layer, asked["url"], asked["sourceUrl"], asked["type"]) == expected.matched, asked
            checked += 1
    assert checked == 3_550
