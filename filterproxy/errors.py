"""What can go wrong, as types and as words.

    FilterProxyError
    ├── RulesetError            every problem of a set of rule files, at once
    ├── RuleFileError           one problem: file:line:column: what was being read: what is wrong
    │   ├── RuleSyntaxError     not YAML, or not the safe subset of it
    │   ├── RuleSchemaError     a key, value or combination the language does not have
    │   └── SelectorError       a selector that is wrong, destructive or too costly
    ├── RecordingError          a recording that cannot be read or written
    └── SettingsError           a setting the user gave that cannot be honoured

A page's faults are never exceptions for the caller: they are `SkipReason`s, and a removal the
article guard refuses carries a `VetoReason`. The same words stand in events, tests and README.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class SkipReason(StrEnum):
    """Why a page left as it came. Every way of not filtering has one of these words."""

    NO_RULES = "no-rules"  # no rule file applies to this host and path
    METHOD = "method"  # HEAD, CONNECT: no page comes back
    STATUS = "status"  # 1xx, 204, 205, 206, 304: no whole body
    NOT_HTML = "not-html"  # the content type is not a page's
    ATTACHMENT = "attachment"  # Content-Disposition: a download
    RANGE = "range"  # Content-Range: a part of a body
    NO_TRANSFORM = "no-transform"  # Cache-Control forbids it (RFC 9111, 5.2.2.6)
    EVENT_STREAM = "event-stream"  # never ends
    UPGRADE = "upgrade"  # a WebSocket or another protocol follows
    EMPTY = "empty"  # no body
    COMPRESSED_TOO_LARGE = "compressed-too-large"
    BODY_TOO_LARGE = "body-too-large"  # decoded
    UNKNOWN_CODING = "unknown-coding"  # a content coding that is not ours
    BROKEN_CODING = "broken-coding"  # truncated, corrupt or trailing data
    UNKNOWN_CHARSET = "unknown-charset"  # UTF-7, replacement, x-user-defined ...
    CONTENT_MISMATCH = "content-mismatch"  # labelled a page, but JSON, an image or a PDF
    NOT_JSON = "not-json"  # a rule is for its JSON, and it holds none, or none that can be read
    NESTED_TOO_DEEP = "nested-too-deep"
    DEADLINE = "deadline"  # the worker was ended
    WORKER_LOST = "worker-lost"  # the worker died or ran out of memory
    BUSY = "busy"  # too many pages wait for a worker
    NOT_WRITABLE = "not-writable"  # can't be cut exactly, and written out anew it would be another page
    INTERNAL = "internal"  # an error of ours; its text is in the event
    OFF = "off"  # filtering is switched off


class VetoReason(StrEnum):
    """Why the article guard refused a removal."""

    HOLDS_ARTICLE = "holds-article"  # the article, or most of it, is inside
    HOLDS_HEADING = "holds-heading"  # the article's heading is inside
    ARTICLE_TEXT = "article-text"  # more than a small share of its text is inside
    STRUCTURE = "structure"  # html, head, body or a page's only content


class FilterProxyError(Exception):
    """Base of every error this package raises on purpose."""


class SettingsError(FilterProxyError):
    """A setting that cannot be honoured."""


class RecordingError(FilterProxyError):
    """A recording that cannot be read or written."""


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place in a rule file. Lines and columns count from 1, columns in characters."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class RuleFileError(FilterProxyError):
    """One problem of one rule file.

    Attributes:
        source: where it stands.
        context: what was being read, e.g. `rule "close-ad", key "remove"`.
        problem: what is wrong, with the nearest valid word where there is one.
    """

    def __init__(self, source: Source, context: str, problem: str) -> None:
        super().__init__(f"{source}: {context}: {problem}")
        self.source = source
        self.context = context
        self.problem = problem


class RuleSyntaxError(RuleFileError):
    """Not YAML, or outside the safe subset of it."""


class RuleSchemaError(RuleFileError):
    """A key, value or combination that the language does not have."""


class SelectorError(RuleFileError):
    """A selector that is wrong, destructive or too costly."""


class RulesetError(FilterProxyError):
    """All problems of all files, in file and line order."""

    def __init__(self, problems: Iterable[RuleFileError]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: p.source))
        super().__init__("\n".join(str(problem) for problem in self.problems))
