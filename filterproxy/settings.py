"""Every number and switch, frozen, with its reason beside it."""

from dataclasses import dataclass, field

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page or one rule file may cost. Sizes in bytes, times in seconds."""

    compressed: int = 5 * MIB  # news pages are under 1 MiB; more is a download
    decoded: int = 10 * MIB  # bounds memory: a page costs some 20 times its size while parsed
    nesting: int = 512  # lexbor is quadratic in depth; browsers stop at 512 themselves
    deadline: float = 2.0  # a reader waits no longer for a page before giving up on it
    worker_memory: int = 1024 * MIB  # address space a worker may add to what it started with
    queued: int = 64  # pages that may wait for a worker; more pass unfiltered
    selector: int = 1024  # characters; the longest of 60,000 in EasyList is under 500
    selector_list: int = 200  # selectors a rule
    rule_file: int = 1 * MIB
    rule_depth: int = 32  # YAML levels; the language needs 6
    rule_nodes: int = 50_000  # YAML nodes a file: ten thousand rules, read in a sixth of a second
    ledger: int = 10 * MIB  # then the file is rotated


@dataclass(frozen=True, slots=True)
class Guard:
    """When a removal counts as taking the article. Measured on the corpus; see rewrite/guard.py."""

    text_share: float = 0.02  # of the article's own text that one removal may take
    article_floor: int = 120  # characters of sentence text below which a page has no article


@dataclass(frozen=True, slots=True)
class Settings:
    """How one engine is to work."""

    limits: Limits = field(default_factory=Limits)
    guard: Guard = field(default_factory=Guard)
    workers: int = 2  # pages rewritten at once; a page takes milliseconds
    off_categories: frozenset[str] = frozenset({"related"})  # truly related links are often wanted
