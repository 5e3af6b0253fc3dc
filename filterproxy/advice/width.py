"""Selectors that mean more than their author thinks of: parts of any page, and words that hold a word."""

from collections.abc import Iterator

from filterproxy.advice.notice import Kind, Notice
from filterproxy.advice.positions import counts_places, is_nameless, on_places
from filterproxy.advice.words import FRAME_NAMES, PLAIN_TAGS, words_with
from filterproxy.advice.written import WrittenFile, WrittenRule, WrittenSelector
from filterproxy.ruleset.css_tree import Attribute, Complex, Compound

_SHOWN = 4  # words that are named
_ADDRESSES = frozenset({"src", "href", "data-src", "action"})
_NARROWING = ("text", "named", "within", "up")


def wide_selectors(file: WrittenFile) -> Iterator[Notice]:
    """A notice for each selector of what goes that means parts of most pages."""
    for rule in file.rules:
        narrowed = any(getattr(rule.rule, name) for name in _NARROWING)
        for selector in rule.taking():
            if not narrowed and (what := _wide(selector.tree)):
                yield Notice(
                    selector.source,
                    Kind.WIDE,
                    selector.context,
                    f'"{selector.css}" {what}',
                    "say more of the element, or where it stands: within, text, named",
                )
            yield from _parts_of_words(rule, selector)


def _wide(selector: Complex) -> str:
    """What it means that it should not, in words; or nothing."""
    if on_places(selector):  # which is said of it already
        return ""
    subject = selector.compounds[-1]
    around = selector.compounds[:-1]
    if any(not is_nameless(compound) and not _is_frame(compound) for compound in around):
        return ""
    if is_nameless(subject) and not counts_places(subject) and subject.tag in PLAIN_TAGS:
        return f"means every <{subject.tag}> of the page" + (" there" if around else "")
    if _is_frame(subject) and not any(map(_is_frame, around)):
        return "is what many sites call the frame of a page, menus and story in it"
    return ""


def _is_frame(compound: Compound) -> bool:
    """Whether it is known by nothing but a name that parts of every page have."""
    names = compound.ids + compound.classes
    return (
        len(names) == 1
        and names[0].lower() in FRAME_NAMES
        and not compound.attributes
        and not compound.pseudos
    )


def _parts_of_words(rule: WrittenRule, selector: WrittenSelector) -> Iterator[Notice]:
    for compound in _told_of(selector.tree):
        for attribute in compound.attributes:
            found = sorted(_held(attribute), key=lambda word: _surprising(attribute, word))[:_SHOWN]
            if found:
                written = f"[{attribute.name}{attribute.operator}'{attribute.value}']"
                yield Notice(
                    selector.at(compound.at),
                    Kind.PART_OF_WORD,
                    selector.context,
                    f"{written} is met by {', '.join(found)} as well",
                    _whole_word(rule, attribute),
                )


def _told_of(selector: Complex) -> Iterator[Compound]:
    """The compounds that say what is meant: in `:not()` a word that is met too often takes nothing."""
    for compound in selector.compounds:
        if not compound.ids and not compound.classes:
            yield compound
        for pseudo in compound.pseudos:
            for inner in pseudo.selectors if pseudo.name in {"is", "where", "has"} else ():
                yield from _told_of(inner)


def _surprising(attribute: Attribute, word: str) -> tuple[bool, int]:
    """What to name first: words that don't begin so, and short ones."""
    return word.startswith(attribute.value.strip("-_").lower()), len(word)


def _held(attribute: Attribute) -> Iterator[str]:
    """Common words in which the attribute's value is found, that it does not mean."""
    if attribute.name in {"id", "class"} or attribute.name in _ADDRESSES:
        yield from words_with(attribute.value, attribute.operator)


def _whole_word(rule: WrittenRule, attribute: Attribute) -> str:
    core = attribute.value.strip("-_").lower()
    if attribute.name in _ADDRESSES:
        return f"write more of the address, with its signs, such as [{attribute.name}*='/{core}/']"
    if rule.rule.named is None:
        return f"write the whole name, or the condition named: {core}, which reads names in words"
    return "write the whole name"
