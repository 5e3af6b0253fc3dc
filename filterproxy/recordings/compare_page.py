"""One recorded page under two rule sets: what newly goes, what comes back, what goes for other reasons."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from filterproxy.errors import SkipReason
from filterproxy.rewrite.changes import TAKING
from filterproxy.rewrite.document import Document, Node, ancestors
from filterproxy.rewrite.located import Located
from filterproxy.rewrite.result import Page, Removal, Veto
from filterproxy.ruleset.model import Action

UNSEEN_BY = TAKING | {Action.HIDE}
"""Actions after which a reader sees nothing of the element, nor of what stands in it."""


class Kind(StrEnum):
    """How two accounts of one page differ at one place."""

    GOES = "goes"  # all or part of it goes after, and did not before
    COMES_BACK = "comes-back"  # all or part of it went before, and does not after
    STILL_GOES = "still-goes"  # in both, but by another rule, in another way, or with what is around it
    VETOED = "vetoed"  # the guard keeps it now
    NOT_VETOED = "no-longer-vetoed"
    OBSERVED = "observed"  # a rule that only observes would take it now
    NOT_OBSERVED = "no-longer-observed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the accounts differ.

    Attributes:
        kind: how.
        before: what the first account says of it; None: nothing.
        after: what the second does. Where a part or more of a block goes than before, both are there.
    """

    kind: Kind
    before: Removal | Veto | None
    after: Removal | Veto | None

    @property
    def told(self) -> Removal | Veto:
        """What is new, or else what is gone."""
        told = self.after or self.before
        assert told is not None  # noqa: S101 - one of them is there
        return told

    @property
    def rules(self) -> frozenset[str]:
        """Full names of the rules it is about."""
        return frozenset(told.rule for told in (self.before, self.after) if told is not None)


def same_account(before: Page, after: Page) -> bool:
    """Whether two pages were made alike for the same reasons. Where the rules stand does not matter."""
    return (
        before.body == after.body
        and _counted(before.removals) == _counted(after.removals)
        and _counted(before.observed) == _counted(after.observed)
        and Counter(map(_veto_key, before.vetoes)) == Counter(map(_veto_key, after.vetoes))
        and skip_of(before) == skip_of(after)
    )


def skip_of(page: Page) -> SkipReason | None:
    """Why a page was not filtered; None where it was, and where no rule is for it: then nothing is amiss."""
    return None if page.skipped is SkipReason.NO_RULES else page.skipped


def differences(before: Page, after: Page, text: str) -> tuple[Difference, ...]:
    """Where the accounts of one page differ, in document order.

    Args:
        before: under the first rules.
        after: under the second.
        text: the page as it was recorded, decoded: the removals' paths are looked up in it.
    """
    return _Comparison(before, after, Document(text)).differences()


def _account_key(removal: Removal) -> tuple[object, ...]:
    size = 0 if removal.action in UNSEEN_BY else removal.size  # of a strip: how much of the tag
    return (removal.rule, removal.category, removal.path, removal.through, removal.action, size)


def _veto_key(veto: Veto) -> tuple[object, ...]:
    return (veto.rule, veto.path, veto.reason)


def _counted(removals: Iterable[Removal]) -> Counter[tuple[object, ...]]:
    return Counter(map(_account_key, removals))


def _only[T](these: Iterable[T], others: Iterable[T], key: Callable[[T], object]) -> list[T]:
    """Those that the others have not, as often as they have them more."""
    left = Counter(map(key, others))
    found = []
    for this in these:
        if left[key(this)] > 0:
            left[key(this)] -= 1
        else:
            found.append(this)
    return found


class _Side:
    """One account, its removals found in the page."""

    def __init__(self, page: Page, located: Located) -> None:
        self.page = page
        self._located = located
        self.unseen: dict[int, Removal] = {}  # by the `mem_id` of what goes
        self.edited: dict[tuple[int, Action], Removal] = {}
        for removal in page.removals:
            for node in self.nodes(removal):
                if removal.action in UNSEEN_BY:
                    self.unseen.setdefault(node.mem_id, removal)
                else:
                    self.edited.setdefault((node.mem_id, removal.action), removal)

    def nodes(self, removal: Removal | Veto) -> list[Node]:
        """The elements a removal is about."""
        return self._located.nodes(removal)

    def counterpart(self, removal: Removal) -> tuple[Removal | None, bool]:
        """What takes the first of another account's elements here; whether all of it goes here too."""
        nodes = self.nodes(removal)
        takers = [self._taker(node, removal.action) for node in nodes]
        whole = bool(takers) and all(taker is not None for taker in takers)
        return next((taker for taker in takers if taker is not None), None), whole

    def _taker(self, node: Node, action: Action) -> Removal | None:
        if action not in UNSEEN_BY and (edit := self.edited.get((node.mem_id, action))) is not None:
            return edit
        for around in (node, *ancestors(node)):
            if (taker := self.unseen.get(around.mem_id)) is not None:
                return taker
        return None


class _Comparison:
    def __init__(self, before: Page, after: Page, document: Document) -> None:
        self._document = document
        self._located = Located(document)
        self._before = _Side(before, self._located)
        self._after = _Side(after, self._located)

    def differences(self) -> tuple[Difference, ...]:
        found = list(dict.fromkeys((*self._removals(), *self._vetoes(), *self._observed())))
        places = {node.mem_id: place for place, node in enumerate(self._document.parser.css("*"))}

        def place(difference: Difference) -> int:
            nodes = self._located.nodes(difference.told)
            return places.get(nodes[0].mem_id, 0) if nodes else 0

        return tuple(sorted(found, key=place))

    def _removals(self) -> Iterator[Difference]:
        old, new = self._before.page.removals, self._after.page.removals
        for removal in _only(new, old, _account_key):
            other, whole = self._before.counterpart(removal)
            yield Difference(Kind.STILL_GOES if whole else Kind.GOES, other, removal)
        for removal in _only(old, new, _account_key):
            other, whole = self._after.counterpart(removal)
            yield Difference(Kind.STILL_GOES if whole else Kind.COMES_BACK, removal, other)

    def _vetoes(self) -> Iterator[Difference]:
        old, new = self._before.page.vetoes, self._after.page.vetoes
        for veto in _only(new, old, _veto_key):
            yield Difference(Kind.VETOED, None, veto)
        for veto in _only(old, new, _veto_key):
            yield Difference(Kind.NOT_VETOED, veto, None)

    def _observed(self) -> Iterator[Difference]:
        old, new = self._before.page.observed, self._after.page.observed
        for removal in _only(new, old, _account_key):
            yield Difference(Kind.OBSERVED, None, removal)
        for removal in _only(old, new, _account_key):
            yield Difference(Kind.NOT_OBSERVED, removal, None)
