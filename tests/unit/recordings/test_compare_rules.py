"""How two rule sets differ, and the sets between them."""

from collections.abc import Iterable

import pytest

from filterproxy.recordings.compare_rules import RuleChange, Step, between, rule_changes
from filterproxy.ruleset.model import Ruleset
from filterproxy.ruleset.sources import RuleSource
from filterproxy.ruleset.store import build_ruleset
from tests.support.comparing import HEAD, rules

A = "id: a, category: ad, remove: .a"
B = "id: b, category: ad, remove: .b"
LIKE = "id: like, category: recommended, section: [猜你喜欢]"
EXCEPTION = """\
version: 1
exceptions:
  - rule: jiangbao/a
    site: [jiangbao.example]
    reason: 招聘栏目用了同一个类名
"""


def _told(before: Ruleset, after: Ruleset) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(change.name, change.step, change.keys) for change in rule_changes(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([A, B], [A, B], []),
        ([A, B], [A], [("jiangbao/b", Step.REMOVED, ())]),
        ([A], [B, A], [("jiangbao/b", Step.ADDED, ())]),
        ([A], [A.replace(".a", ".c")], [("jiangbao/a", Step.EDITED, ("remove",))]),
        ([A], [A + ", unless: .x, mode: observe"], [("jiangbao/a", Step.EDITED, ("mode", "unless"))]),
        ([A], [A.replace("remove", "hide")], [("jiangbao/a", Step.EDITED, ("action",))]),
        ([A], [A + ", note: 横幅"], []),
        ([A], [A + ", text: 广告"], [("jiangbao/a", Step.EDITED, ("text",))]),
        ([LIKE], [LIKE.replace("[", "[精彩推荐, ")], [("jiangbao/like", Step.EDITED, ("section",))]),
        ([A, B], [B, A], []),
    ],
)
def test_rules_are_compared_by_what_they_do(
    before: list[str], after: list[str], found: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert _told(rules(*before), rules(*after)) == found


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (HEAD + "article: '#story'\n", [("jiangbao: article", Step.ADDED, ())]),
        (HEAD + "pages: /a/*\n", [("jiangbao/a", Step.EDITED, ("pages of the file",))]),
        (HEAD.replace("jiangbao", "wanbao"), [("jiangbao/a", Step.EDITED, ("site",))]),
    ],
)
def test_what_a_file_says_of_all_its_rules_counts(
    head: str, found: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert _told(rules(A), rules(A, head=head)) == found


def test_exceptions_count() -> None:
    own = RuleSource("jiangbao", "jiangbao.yaml", f"{HEAD}rules:\n  - {{{A}}}\n".encode())
    mine = RuleSource("mine", "mine.yaml", EXCEPTION.encode())
    (change,) = rule_changes(build_ruleset([own]), build_ruleset([own, mine]))
    assert (change.name, change.step, change.after) == ("exception: jiangbao/a", Step.ADDED, "mine.yaml:3:11")


def test_a_change_has_its_place_in_both_sets() -> None:
    (change,) = rule_changes(rules(A, path="old.yaml"), rules(B, A + ", up: p", path="new.yaml"))[1:]
    assert (change.before, change.after) == ("old.yaml:4:10", "new.yaml:5:10")


BEFORE = rules(A, B, "id: gone, category: ad, remove: .gone")
AFTER = rules(
    "id: new, category: ad, remove: .new", A.replace(".a", ".c"), B, head=HEAD + "article: .story\n"
)


@pytest.mark.parametrize("chosen", [(), (0,), (1, 2), (0, 1, 2, 3)])
def test_between_two_sets_stand_those_with_some_of_the_changes(chosen: tuple[int, ...]) -> None:
    changes = rule_changes(BEFORE, AFTER)
    assert len(changes) == 4
    taken = [changes[number] for number in chosen]
    middle = between(BEFORE, AFTER, taken)
    assert _keys(rule_changes(BEFORE, middle)) == _keys(taken)
    assert _keys(rule_changes(middle, AFTER)) == _keys(change for change in changes if change not in taken)


def _keys(changes: Iterable[RuleChange]) -> set[tuple[object, ...]]:
    return {change.key for change in changes}
