"""The rules that a test names: found where its page is, or said to be missing."""

from dataclasses import replace
from difflib import get_close_matches

from filterproxy.decide.decider import Ruling
from filterproxy.engine import engine_for
from filterproxy.ruleset.model import PageTest, Rule, Ruleset
from filterproxy.settings import Settings


class Names:
    """Looks up the rules that a test names.

    A bare id is the rule of the test's own file, or the one that replaces it: of a later file of the same
    site. A name with a slash is a rule's full name.
    """

    def __init__(self, test: PageTest, ruleset: Ruleset, settings: Settings) -> None:
        self._test = test
        self._ruleset = ruleset
        self._own_sites = {site for file in ruleset.files if file.name == test.file for site in file.sites}
        self.rulings = tuple(engine_for(ruleset, settings).decider.rulings(test.url))

    def ruling(self, name: str) -> Ruling | None:
        """The rule's standing at the page's URL; None where none of this name is for its host."""
        full = self._full(name)
        for ruling in self.rulings:
            if ruling.rule.name == full:
                return ruling
        if "/" in name:
            return None
        replacing = (
            ruling
            for ruling in self.rulings
            if ruling.rule.id == name and self._own_sites.intersection(ruling.file.sites)
        )
        return next(replacing, None)

    def rule(self, name: str) -> Rule | None:
        """The rule, or one of this name that is for other sites; None where there is none at all."""
        ruling = self.ruling(name)
        if ruling is not None:
            return ruling.rule
        full = self._full(name)
        return next((rule for rule in self._rules() if rule.name == full), None)

    def missing(self, name: str) -> str:
        """That there is no such rule, in words, with the nearest name there is."""
        full = self._full(name)
        near = get_close_matches(full, [rule.name for rule in self._rules()], n=1)
        return f'there is no rule "{full}"' + (f'; did you mean "{near[0]}"?' if near else "")

    def _full(self, name: str) -> str:
        return name if "/" in name else f"{self._test.file}/{name}"

    def _rules(self) -> list[Rule]:
        return [rule for file in self._ruleset.files for rule in file.rules]


def settings_for(test: PageTest, ruleset: Ruleset, settings: Settings) -> Settings:
    """The settings a test is run with: the categories of the rules it names are on."""
    names = Names(test, ruleset, settings)
    asked = {*test.removes, *test.removes_nothing, *(name for name, _ in test.count)}
    on = {rule.category.value for rule in map(names.rule, asked) if rule is not None}
    return replace(settings, off_categories=settings.off_categories - on)
