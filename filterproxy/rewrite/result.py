"""What came of a page: the new bytes, and an account of every change."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from filterproxy.errors import SkipReason, VetoReason
from filterproxy.ruleset.model import Action, Category

if TYPE_CHECKING:
    from filterproxy.rewrite.trace import Trace


@dataclass(frozen=True, slots=True)
class Removal:
    """One change, accounted for.

    Attributes:
        rule: the rule's full name, `file/id`.
        category: what it counts as.
        source: where the rule stands, `rules/sites/x.yaml:12:3`.
        path: where the element stood, as a CSS path from the root that selects it alone in the
            original page (`html > body > div:nth-of-type(3) > p#x`).
            Of a JSON answer, where the part stood in it, as a normalised path (RFC 9535, 2.7).
        excerpt: the start of its text, white space folded; of an element without text, of its
            markup; of a link, the parameters that went, or the address that led on; of JSON, the part
            that went. At most 80 characters.
        size: bytes of the original page that went.
        action: what was done.
        through: where a section stands beside its heading, the path of the last of the siblings that
            went, from `path` on; None: the element at `path` alone.
        why: of a list that was found by its shape, by what; else empty.
        entry: where JSON in a page was pruned, the normalised path of the part in it; `path` is the script's.
    """

    rule: str
    category: Category
    source: str
    path: str
    excerpt: str
    size: int
    action: Action = Action.REMOVE
    through: str | None = None
    entry: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Veto:
    """A removal that the article guard refused. `share`: of the article's text, 0 to 1."""

    rule: str
    category: Category
    source: str
    path: str
    excerpt: str
    reason: VetoReason
    share: float


@dataclass(frozen=True, slots=True)
class Page:
    """The result of rewriting one page.

    Attributes:
        body: the new bytes; the very object that came in where nothing was cut.
        removals: every change made, in document order.
        vetoes: what the guard refused.
        skipped: None, or why the page was not filtered at all.
        exact: every byte outside the removals is the original's. False: the serialised fallback.
        observed: what rules in observe mode would have done.
        charset: the WHATWG name of the encoding the page was read in, or None.
        detail: for a skip, the particulars in words; for a fallback, why.
        seconds: wall-clock time the rewriting took.
        tried: how many rules' tokens stood in the page.
        trace: where one was asked for, what each rule took of the time, and who came first.
    """

    body: bytes
    removals: tuple[Removal, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    skipped: SkipReason | None = None
    exact: bool = True
    observed: tuple[Removal, ...] = ()
    charset: str | None = None
    detail: str = ""
    seconds: float = 0.0
    tried: int = 0
    trace: "Trace | None" = None
