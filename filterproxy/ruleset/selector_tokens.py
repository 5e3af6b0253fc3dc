"""Which texts must stand in a page before a selector can match on it.

Every compound of a complex selector must be met by some element, and what it asks for by name must
stand in the page's source: an id, a class, an attribute's name, a literal part of its value, a tag
as `<tag`. Left out are parts that a page may write otherwise: values that hold more than plain
characters are cut to their longest run of those that an address has (the others may be character
references), and tags that a parser makes of nothing or of another tag.
"""

import re

from filterproxy.ruleset.css_tree import Attribute, Complex, Compound, Pseudo
from filterproxy.ruleset.model import Tokens

PLAIN_RUN = re.compile("[a-z0-9_\\-\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
VALUE_RUN = re.compile("[a-z0-9_\\-./:?=%+,;@~\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")  # an address' own
TEMPLATES = (  # what template engines (Mustache, Handlebars; others) write for signs of an address
    str.maketrans({"/": "&#x2f;", "=": "&#x3d;"}),
    str.maketrans({"/": "&#47;", "=": "&#61;"}),
)
ATTRIBUTE_RUN = 3  # shorter parts of values stand in every page
MOST_GROUPS = 6
NOT_WRITTEN = frozenset("html head body tbody tr colgroup".split())  # a parser adds them unasked
ALSO_WRITTEN = {"p": "</p", "br": "</br", "img": "<image"}  # these become that element too
EVERYWHERE = frozenset(
    "a article div footer form h1 h2 h3 h4 header i img input li link main meta nav p script section span "
    "style table td ul".split()
)


def selector_tokens(selector: Complex) -> Tokens:
    """What must stand in a page for this selector to match: of every group one token, in any case.

    Groups of the subject come first, the most telling first: id, class, attribute, tag. A tag that
    every page has is named only where nothing better is.
    """
    groups: list[frozenset[str]] = []
    tags: list[frozenset[str]] = []
    for compound in reversed(selector.compounds):
        groups += _of_compound(compound)
        if tag := _of_tag(compound):
            (tags if compound.tag in EVERYWHERE else groups).append(tag)
    chosen = groups or tags[:1]
    return tuple(dict.fromkeys(chosen))[:MOST_GROUPS]


def _of_compound(compound: Compound) -> list[frozenset[str]]:
    """Everything but the tag."""
    names = (plain_run(name, 2) for name in (*compound.ids, *compound.classes))
    groups = [frozenset({token}) for token in names if token]
    for attribute in compound.attributes:
        groups += _of_attribute(attribute)
    for pseudo in compound.pseudos:
        if group := _of_pseudo(pseudo):
            groups.append(group)
    return groups


def _of_attribute(attribute: Attribute) -> list[frozenset[str]]:
    """Its value's part, or the name: where the one stands the other does, and says less."""
    value = plain_run(attribute.value, ATTRIBUTE_RUN, VALUE_RUN)
    if value:
        return [frozenset({value, *(value.translate(written) for written in TEMPLATES)})]
    name = plain_run(attribute.name, 2)
    return [frozenset({name})] if name else []


def _of_pseudo(pseudo: Pseudo) -> frozenset[str] | None:
    """One of its selectors must be met, but for `:not()`: the best group of each."""
    if pseudo.name == "not" or not pseudo.selectors:
        return None
    tokens = [selector_tokens(selector) for selector in pseudo.selectors]
    if not all(tokens):
        return None
    return frozenset().union(*(groups[0] for groups in tokens))


def _of_tag(compound: Compound) -> frozenset[str] | None:
    tag = compound.tag
    if not tag or tag in NOT_WRITTEN or plain_run(tag, 1) != tag:
        return None
    return frozenset({f"<{tag}", ALSO_WRITTEN[tag]} if tag in ALSO_WRITTEN else {f"<{tag}"})


def plain_run(text: str, shortest: int, run: re.Pattern[str] = PLAIN_RUN) -> str:
    """The longest run of characters that a page writes as they are, lower-cased; empty if too short."""
    lowered = "".join(c.lower() if c.isascii() else c for c in text)
    longest = max(run.findall(lowered), key=len, default="")
    return longest if len(longest) >= shortest else ""
