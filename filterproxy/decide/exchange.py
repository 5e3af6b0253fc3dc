"""Which rules strip a request and its answer: by its site and path, categories, modes, exceptions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from filterproxy.decide.decider import Decider, Why
from filterproxy.ruleset.model import Action, Rule, RuleFile, Ruleset

_STRIPS = frozenset({Action.STRIP_PARAMS, Action.STRIP_COOKIES, Action.STRIP_HEADERS})


@dataclass(frozen=True, slots=True)
class Strips:
    """The rules for one exchange, observing ones too, by what they strip and in the order they count in."""

    params: tuple[Rule, ...] = ()
    cookies: tuple[Rule, ...] = ()
    headers: tuple[Rule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.params or self.cookies or self.headers)


_NONE = Strips()


class Strippers:
    """The rules of one ruleset that strip requests and answers. Safe to share between threads."""

    def __init__(self, ruleset: Ruleset, off_categories: frozenset[str] = frozenset()) -> None:
        files = tuple(_stripping(ruleset.files))
        self._decider = Decider(replace(ruleset, files=files), off_categories) if files else None

    def at(self, url: str) -> Strips:
        """The rules for a request of this URL. Their `pages` are the request's own path."""
        if self._decider is None:
            return _NONE
        rules = [ruling.rule for ruling in self._decider.rulings(url) if ruling.why is Why.APPLIES]
        return Strips(*(tuple(rule for rule in rules if rule.action is action) for action in _IN_ORDER))


_IN_ORDER = (Action.STRIP_PARAMS, Action.STRIP_COOKIES, Action.STRIP_HEADERS)


def _stripping(files: Iterable[RuleFile]) -> Iterator[RuleFile]:
    """The files with their strips alone."""
    for file in files:
        rules = tuple(rule for rule in file.rules if rule.action in _STRIPS)
        if rules:
            yield replace(file, rules=rules)
