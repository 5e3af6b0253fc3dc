"""Names in selectors that the site's next build changes."""

from collections.abc import Iterator

from filterproxy.advice.generated import lasting_part
from filterproxy.advice.notice import Kind, Notice
from filterproxy.advice.words import FRAME_NAMES
from filterproxy.advice.written import WrittenFile
from filterproxy.ruleset.css_tree import Complex, Compound

_ELSE = (
    "name the element by something else: a lasting id or class of it or around it, an attribute "
    "that says what it is, its heading (section:)"
)


def generated_names(file: WrittenFile) -> Iterator[Notice]:
    """A notice for each made-up id, class or attribute in the file's selectors."""
    for selector in file.selectors():
        for compound in compounds(selector.tree):
            for sign, name in _names(compound):
                part = lasting_part(name)
                if part is not None:
                    what = f'"{name}" looks made by the site\'s build or server, which changes it'
                    yield Notice(
                        selector.at(compound.at),
                        Kind.GENERATED_NAME,
                        selector.context,
                        what,
                        _instead(compound, sign, part),
                    )


def compounds(selector: Complex) -> Iterator[Compound]:
    """Every compound of a selector, those in `:is()`, `:not()` and `:has()` too."""
    for compound in selector.compounds:
        yield compound
        for pseudo in compound.pseudos:
            for inner in pseudo.selectors:
                yield from compounds(inner)


def _names(compound: Compound) -> Iterator[tuple[str, str]]:
    """The ids and class names it wants, each with its attribute; of others, the attributes' own names."""
    yield from (("id", name) for name in compound.ids)
    yield from (("class", name) for name in compound.classes)
    for attribute in compound.attributes:
        if attribute.name in {"id", "class"}:
            yield from ((attribute.name, name) for name in attribute.value.split())
        else:
            yield "", attribute.name


def _instead(compound: Compound, attribute: str, part: str) -> str:
    if part:
        operator = "*=" if attribute == "class" else "^="
        lasting = f"write [{attribute}{operator}'{part}']"
        wide = part.strip("-_").lower() in FRAME_NAMES
        return f"{lasting}, below an element whose name says more" if wide else lasting
    others = [name for _, name in _names(compound) if name and lasting_part(name) is None]
    return f'leave it out: "{others[0]}" stays' if others else _ELSE
