"""What is said of a rule that is right and may still not be what its author means."""

from dataclasses import dataclass
from enum import StrEnum

from filterproxy.errors import Source


class Level(StrEnum):
    """How loud it is said."""

    WARNING = "warning"
    NOTE = "note"


class Kind(StrEnum):
    """What is said; the word that `check --allow` takes."""

    GENERATED_NAME = "generated-name"  # a name that the site's next build changes
    POSITION = "position"  # found by where it stands, as a browser's "copy selector" writes
    WIDE = "wide"  # means parts of most pages
    PART_OF_WORD = "part-of-word"  # [class*=ad] is in header, too
    NEVER = "never"  # can't match anything, or not on any page
    COVERED = "covered"  # another selector of the rule takes the same
    SAME_ID = "same-id"  # a rule silently replaced by one in the same rule directory
    REPLACED = "replaced"  # a rule replaced by one of a later directory, as is meant
    NO_ARTICLE = "no-article"  # it is not said what must survive
    NO_TESTS = "no-tests"  # nothing shows that the rules do what they did


_NOTES = frozenset({Kind.REPLACED, Kind.NO_ARTICLE, Kind.NO_TESTS})
_NEVER_STRICT = frozenset({Kind.REPLACED})


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One thing that is said.

    Attributes:
        source: where what it is about is written.
        kind: what is said.
        context: what was being read, as mistakes have it.
        what: what is so, and why it matters.
        instead: what to write; empty where there is nothing to write.
    """

    source: Source
    kind: Kind
    context: str
    what: str
    instead: str = ""

    @property
    def level(self) -> Level:
        """How loud it is said, where `--strict` was not asked for."""
        return Level.NOTE if self.kind in _NOTES else Level.WARNING

    @property
    def counts_when_strict(self) -> bool:
        """Whether it fails a strict check."""
        return self.kind not in _NEVER_STRICT

    @property
    def text(self) -> str:
        """What is so and what to write, in one line."""
        told = f"{self.what}; {self.instead}" if self.instead else self.what
        return f"{told} [{self.kind}]"

    def __str__(self) -> str:
        return f"{self.source}: {self.level}: {self.context}: {self.text}"
