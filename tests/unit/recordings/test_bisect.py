"""The change that breaks an expectation: found, and checked alone."""

import math
from collections.abc import Callable

from filterproxy.recordings.bisect import Bisection, Outcome, bisect
from filterproxy.ruleset.model import Ruleset
from tests.support.comparing import replayed, rules

PAGE = """<!DOCTYPE html><body>
<p class=poem>雾起</p><p class=ad>茶馆开张</p><p class=x3>鼓楼</p><p class=x4>钟楼</p>"""
MANY = [f"id: r{n}, category: ad, remove: .x{n}" for n in range(100, 140)]
EDITED = [rule.replace("remove", "hide") for rule in MANY]
AD = "id: ad, category: ad, remove: .ad"
POEM = "id: ad, category: ad, remove: '.ad, .poem'"


def _keeps(text: str) -> Callable[[Ruleset], bool]:
    return lambda ruleset: text in replayed(PAGE, ruleset).page.body.decode()


def _named(found: Bisection) -> str:
    return found.culprit.name if found.culprit else ""


def test_the_culprit_is_found_among_many_changes() -> None:
    before, after = rules(*MANY[:20], AD, *MANY[20:]), rules(*EDITED[:20], POEM, *EDITED[20:])
    found = bisect(before, after, _keeps("雾起"))
    assert (found.outcome, _named(found), found.others) == (Outcome.BROKEN, "jiangbao/ad", ())
    assert found.culprit is not None
    assert (found.culprit.before, found.culprit.keys) == ("rules/jiangbao.yaml:24:10", ("remove",))
    assert found.changes == 41
    assert found.tries <= 4 + math.ceil(math.log2(41))


def test_a_rule_that_is_gone_is_a_culprit() -> None:
    found = bisect(rules(*MANY, AD), rules(*EDITED), lambda rules: not _keeps("茶馆")(rules))
    assert _named(found) == "jiangbao/ad"


def test_what_a_culprit_needs_besides_is_named() -> None:
    def holds(ruleset: Ruleset) -> bool:
        text = replayed(PAGE, ruleset).page.body.decode()
        return "鼓楼" in text or "钟楼" in text

    one, other = "id: one, category: ad, remove: .x3", "id: other, category: ad, remove: .x4"
    before, after = rules(*MANY), rules(*EDITED[:5], one, *EDITED[5:30], other, *EDITED[30:])
    found = bisect(before, after, holds)
    assert (found.outcome, _named(found)) == (Outcome.BROKEN, "jiangbao/other")
    assert [change.name for change in found.others] == ["jiangbao/one"]


def test_what_does_not_break_is_said_so() -> None:
    good, bad = rules(AD), rules(POEM)
    keeps = _keeps("雾起")
    found = [bisect(*pair, keeps).outcome for pair in ((good, good), (bad, bad), (bad, good))]
    assert found == [Outcome.HOLDS, Outcome.FAILS, Outcome.MENDED]


def test_where_no_rule_differs_none_is_blamed() -> None:
    asked: list[Ruleset] = []

    def holds(ruleset: Ruleset) -> bool:  # as what depends on more than the rules
        asked.append(ruleset)
        return len(asked) != 2

    assert bisect(rules(AD), rules(AD), holds).outcome is Outcome.UNTRACED
