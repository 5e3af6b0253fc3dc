"""Which pseudo-classes the language has, and why it does not have the others."""

from difflib import get_close_matches

LISTS = frozenset({"is", "where", "not"})
COUNTED = frozenset({"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"})
PLAIN = frozenset(
    "any-link checked disabled empty enabled first-child first-of-type last-child last-of-type link "
    "only-child only-of-type optional read-only read-write required root".split()
)
TEXTUAL = frozenset({"contains", "has-text", "lexbor-contains", "-abp-contains", "matches-css", "text"})
INTERACTIVE = frozenset(
    "active current focus focus-visible focus-within fullscreen future hover in-range indeterminate invalid "
    "out-of-range past placeholder-shown playing target target-within user-invalid user-valid valid "
    "visited paused autofill modal popover-open".split()
)
OLD_PSEUDO_ELEMENTS = frozenset({"before", "after", "first-line", "first-letter"})
FUNCTIONS = LISTS | COUNTED | {"has"}
PSEUDO_ELEMENT = "pseudo-elements are no part of the page; name the element itself"


def why_not(name: str, *, function: bool) -> str:
    """What to tell about a pseudo-class that is refused; `function`: written with brackets."""
    reasons = (
        (name in TEXTUAL, f'":{name}" is not a selector here; use the key "text:" for an element\'s text'),
        (
            name == "scope",
            '":scope" has no meaning in a rule; use "within:" or a selector from the page\'s top',
        ),
        (name in OLD_PSEUDO_ELEMENTS, PSEUDO_ELEMENT),
        (name in INTERACTIVE, f'":{name}" depends on the reader and never matches a page as it is sent'),
        (not function and name in FUNCTIONS, f'":{name}" needs brackets: :{name}(…)'),
        (function and name in PLAIN, f'":{name}" takes no brackets'),
    )
    close = get_close_matches(name, sorted(FUNCTIONS if function else PLAIN), 1)
    hint = f'; did you mean ":{close[0]}"?' if close else ""
    unknown = f'pseudo-class ":{name}" is not part of the language{hint}'
    return next((text for applies, text in reasons if applies), unknown)
