"""A parsed selector (Selectors Level 4, section 3): complex selectors of compounds."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Attribute:
    """`[name operator value flag]`; operator and value are empty for `[name]`, the flag mostly."""

    name: str
    operator: str
    value: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Pseudo:
    """A pseudo-class; `selectors` is what stands in its brackets."""

    name: str
    selectors: tuple["Complex", ...] = ()


@dataclass(slots=True)
class Compound:
    """What one element must be. `tag` is lower case, empty for `*` or none."""

    at: int
    tag: str = ""
    ids: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    pseudos: list[Pseudo] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Complex:
    """Compounds from left to right; `combinators[i]` stands before `compounds[i]`.

    The first is empty, but for a relative selector in `:has()`. `at` and `end` are offsets.
    """

    compounds: tuple[Compound, ...]
    combinators: tuple[str, ...]
    at: int
    end: int
