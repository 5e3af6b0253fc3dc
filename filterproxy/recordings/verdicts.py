"""What counts on recorded pages say of each rule.

*Cuts too much* is said of a rule that the article guard had to stop, or that took more than `LIMITS` of a
page's visible text, its category's bound. The bounds were measured: the bundled rules on 673 real pages
of 2011 to 2025 took of a page's text, a rule and page (where any of it went)

    category      pages   median   99 of 100   most
    recommended     348      4 %        55 %   59 %
    related         153      4 %        42 %   43 %
    ad              127      5 %        41 %   49 %
    promo            12      1 %         3 %    3 %

and `tracking` and `close-ad` none. Each bound lies above the most that was right: a page with more of its
text gone is an odd page or a rule that is too wide, and worth a look either way. `clickbait` was not
measured; it takes what `recommended` takes, headlines in lists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.recordings.coverage import Coverage, RuleCounts
from filterproxy.ruleset.model import Category, Mode, Rule, Ruleset

LIMITS = {
    Category.RECOMMENDED: 0.65,
    Category.CLICKBAIT: 0.65,
    Category.RELATED: 0.5,
    Category.AD: 0.5,
    Category.PROMO: 0.1,
    Category.CLOSE_AD: 0.02,
    Category.TRACKING: 0.02,
}
"""By category, the share of a page's visible text above which a rule cuts too much."""


class Verdict(StrEnum):
    """What is said of a rule; of several that hold, the first."""

    OFF = "off"  # its mode or its category is
    NO_RECORDING = "no recording for this site"  # no page that it applies to
    TOO_MUCH = "cuts too much"
    NEVER = "never hit here"  # pages that it applies to were there
    SHADOWED = "shadowed"  # it asked, in vain each time: others had taken it
    REDUNDANT = "redundant"  # what it took, another rule would have taken too
    HIT = "hit"


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule with its counts and what they say.

    Attributes:
        rule: the rule.
        counts: its counts, zeros where it was not met.
        verdict: what is said.
        detail: by what, how much, where, in words; empty: nothing to add.
    """

    rule: Rule
    counts: RuleCounts
    verdict: Verdict
    detail: str = ""

    @property
    def hit(self) -> bool:
        """Whether it did something (in observe mode: would have) on some page."""
        return self.counts.pages > 0

    @property
    def in_force(self) -> bool:
        """Whether it could do anything, its mode and category being on."""
        return self.verdict is not Verdict.OFF


def verdicts(coverage: Coverage, ruleset: Ruleset, off_categories: frozenset[str]) -> tuple[Judged, ...]:
    """A verdict for each rule, in the order of the rule files.

    A rule is called redundant with another only where that other is not called so itself: of rules that
    could each go, one may.
    """
    rules = {rule.name: rule for file in ruleset.files for rule in file.rules}
    spare = dict(_redundant(coverage, rules))
    judged = []
    for name, rule in rules.items():
        counts = coverage.rules.get(name) or RuleCounts()
        off = rule.mode is Mode.OFF or rule.category in off_categories
        verdict, detail = (Verdict.OFF, _why_off(rule)) if off else _verdict(rule, counts, spare.get(name))
        judged.append(Judged(rule, counts, verdict, detail))
    return tuple(judged)


def _redundant(coverage: Coverage, rules: dict[str, Rule]) -> Iterator[tuple[str, str]]:
    """Rules that could go, each with the rule that would do what it did."""
    spare: set[str] = set()
    needed: set[str] = set()
    for name in rules:
        counts = coverage.rules.get(name)
        if counts is None or not counts.hits or name in needed:
            continue
        for other, times in counts.would_do.most_common():
            acts = (
                other in coverage.rules and coverage.rules[other].hits
            )  # else it is that one which is shadowed
            if times >= counts.hits and acts and other not in spare:
                spare.add(name)
                needed.add(other)
                yield name, other
                break


def _verdict(rule: Rule, counts: RuleCounts, instead: str | None) -> tuple[Verdict, str]:
    if not counts.applied:
        return Verdict.NO_RECORDING, _why_none(counts)
    if detail := "; ".join(_too_much(rule, counts)):
        return Verdict.TOO_MUCH, detail
    if not counts.pages:
        if not counts.shadowed:
            return Verdict.NEVER, _why_never(counts)
        return Verdict.SHADOWED, f"by {_others(counts)}"
    if instead is not None:
        return Verdict.REDUNDANT, f"with {instead}"
    return Verdict.HIT, "would have, in observe mode" if rule.mode is Mode.OBSERVE else ""


def _too_much(rule: Rule, counts: RuleCounts) -> Iterator[str]:
    if counts.vetoes:
        what = "1 change" if counts.vetoes == 1 else f"{counts.vetoes} changes"
        yield f"{what} refused by the article guard, first at {counts.vetoed}"
    if counts.share > LIMITS[rule.category]:
        yield f"{counts.share:.0%} of the text at {counts.widest}"


def _others(counts: RuleCounts) -> str:
    (first, _), *others = counts.shadowed.most_common()
    return f"{first} and {len(others)} more" if others else first


def _why_never(counts: RuleCounts) -> str:
    return "its words stand in none of the pages" if not counts.tried else f"tried on {counts.tried}"


def _why_none(counts: RuleCounts) -> str:
    parts = []
    if counts.elsewhere:
        parts.append(f"{counts.elsewhere} of the site, none its pages")
    if counts.exempted:
        parts.append(f"exempted on {counts.exempted}")
    return ", ".join(parts)


def _why_off(rule: Rule) -> str:
    return "its mode" if rule.mode is Mode.OFF else f"category {rule.category}"
