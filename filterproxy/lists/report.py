"""What became of each line of a list: counted, with examples of what is of no use."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from filterproxy.lists.reasons import NotUsableError, Unused

MOST_EXAMPLES = 5  # a reason
_SHOWN = 160  # characters of an example


@dataclass(frozen=True, slots=True)
class Example:
    """A line that is not used: its number, its start, and what in it stands in the way."""

    line: int
    text: str
    detail: str = ""


@dataclass(slots=True)
class ListReport:
    """One list's lines. All counts together are `lines`.

    Attributes:
        name: the subscription's.
        lines: all of them.
        comments: empty lines and comments.
        requests: filters of requests, exceptions among them, that the engine has.
        elements: filters of elements that became rules.
        exceptions: exceptions from filters of elements that except something.
        pages: exceptions of whole pages from filters of elements.
        repeated: filters of elements that stand in this list or one before it already.
        unused: how many lines are of no use, by reason.
        examples: the first few of each.
    """

    name: str
    lines: int = 0
    comments: int = 0
    requests: int = 0
    elements: int = 0
    exceptions: int = 0
    pages: int = 0
    repeated: int = 0
    unused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)

    def leave_out(self, line: int, text: str, why: NotUsableError) -> None:
        """Count a line that is of no use."""
        self.unused[why.reason] += 1
        examples = self.examples.setdefault(why.reason, [])
        if len(examples) < MOST_EXAMPLES:
            examples.append(Example(line, text[:_SHOWN], why.detail[:_SHOWN]))

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "unused": dict(self.unused)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "ListReport":
        """From `as_json`'s data."""
        kept = dict(data)
        kept["unused"] = Counter({str(Unused(reason)): int(n) for reason, n in kept["unused"].items()})
        kept["examples"] = {
            reason: [Example(**example) for example in found] for reason, found in kept["examples"].items()
        }
        return cls(**kept)
