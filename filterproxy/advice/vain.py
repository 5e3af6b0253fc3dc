"""Rules, selectors and conditions that come to nothing, whatever the page."""

from collections.abc import Iterator

from filterproxy.advice.covers import covers, covers_above
from filterproxy.advice.globs import may_both_match
from filterproxy.advice.notice import Kind, Notice
from filterproxy.advice.written import WrittenFile, WrittenRule, WrittenSelector
from filterproxy.ruleset.css_tree import Complex, Compound

_WITHOUT_TEXT = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CLOSED = _WITHOUT_TEXT | {"iframe", "noscript", "script", "style", "template", "textarea", "title"}
"""Elements in which no selector finds another: what stands in them is text, or a document of its own."""
_DOWN = frozenset({" ", ">"})


def in_vain(file: WrittenFile) -> Iterator[Notice]:
    """A notice for whatever of the file's rules can never take anything."""
    for rule in file.rules:
        yield from _pages(file, rule)
        for selectors in rule.selectors.values():
            for selector in selectors:
                if what := _impossible(selector.tree):
                    yield _never(selector, what, "leave it out, or mend it")
        yield from _conditions(rule)
        yield from _covered(rule)


def _never(selector: WrittenSelector, what: str, instead: str) -> Notice:
    return Notice(selector.source, Kind.NEVER, selector.context, f'"{selector.css}" {what}', instead)


def _pages(file: WrittenFile, rule: WrittenRule) -> Iterator[Notice]:
    whole, own = file.file.pages, rule.rule.pages
    if whole and own and not any(may_both_match(a, b) for a in whole for b in own):
        both = f"{', '.join(own)}, and its file for {', '.join(whole)} alone"
        what = f"the rule is for the pages {both}: no page is both"
        instead = "write pages that are among the file's, or the rule into a file of its own"
        yield Notice(rule.pages, Kind.NEVER, f'{rule.context}, key "pages"', what, instead)


def _impossible(selector: Complex) -> str:
    """Why no element is like this, in words; or nothing."""
    for index, compound in enumerate(selector.compounds):
        if len(set(compound.ids)) > 1:
            return "wants two ids of one element"
        wanted: dict[str, str] = {}
        for attribute in compound.attributes:
            if (
                attribute.operator == "="
                and wanted.setdefault(attribute.name, attribute.value) != attribute.value
            ):
                return f'wants two values of one attribute, "{attribute.name}"'
        inside = index + 1 < len(selector.compounds) and selector.combinators[index + 1] in _DOWN
        if inside and compound.tag in _CLOSED:
            return f"looks into a <{compound.tag}>, which holds no elements as the page is read here"
    return ""


def _conditions(rule: WrittenRule) -> Iterator[Notice]:
    within, unless = (rule.selectors.get(key, ()) for key in ("within", "unless"))
    for selector in rule.taking():
        subject = selector.tree.compounds[-1]
        if rule.rule.text and _has_no_text(subject):
            what = "means elements that never hold a text, and the rule's text wants one"
            yield _never(
                selector, what, "take its address in the selector instead, such as img[src*='/banner/']"
            )
        for exception in unless:
            if covers(exception.tree, selector.tree) or covers_above(exception.tree, selector.tree):
                what = f'is excepted whole by unless: "{exception.css}"'
                yield _never(selector, what, "leave one of them out, or say more in unless")
        if within and all(_same_element(place.tree, selector.tree) for place in within):
            what = "is looked for within another such element, not the element itself"
            yield _never(selector, what, "leave within out, or name what stands around it")
        elif within and all(_contradict(place.tree, selector.tree) for place in within):
            places = ", ".join(place.css for place in within)
            yield _never(
                selector,
                f"never stands within {places}: it begins at the top of the page",
                "leave within out",
            )
    for place in within:
        for exception in unless:
            if covers(exception.tree, place.tree) or covers_above(exception.tree, place.tree):
                what = f'is excepted whole by unless: "{exception.css}"'
                yield _never(place, what, "leave one of them out, or say more in unless")


def _has_no_text(compound: Compound) -> bool:
    return compound.tag in _WITHOUT_TEXT or any(pseudo.name == "empty" for pseudo in compound.pseudos)


def _same_element(place: Complex, selector: Complex) -> bool:
    """Whether a place is just what is looked for. Bare types do stand in each other: of them, no."""
    subject = selector.compounds[-1]
    named = bool(subject.ids or subject.classes)
    return named and covers(place, selector) and covers(selector, place)


def _contradict(place: Complex, selector: Complex) -> bool:
    """Whether a selector that names all that stands above its element has no room for the place."""
    first = selector.compounds[0]
    if first.tag not in {"html", "body"} or set(selector.combinators[1:]) != {">"}:
        return False
    above = [*selector.compounds[:-1], Compound(0, tag="html"), Compound(0, tag="body")]
    return all(_differ(place.compounds[-1], compound) for compound in above)


def _differ(a: Compound, b: Compound) -> bool:
    if a.tag and b.tag and a.tag != b.tag:
        return True
    return bool(a.ids and b.ids and a.ids != b.ids)


def _covered(rule: WrittenRule) -> Iterator[Notice]:
    """Selectors of a list that another of it makes needless."""
    for key, selectors in rule.selectors.items():
        alone = key in {"remove", "hide"} and not any(
            (
                rule.rule.text,
                rule.rule.named,
                rule.rule.within,
                rule.rule.unless,
                rule.rule.up,
                rule.rule.at_most,
            )
        )
        for index, selector in enumerate(selectors):
            for other_index, other in enumerate(selectors):
                same = covers(other.tree, selector.tree)
                if other_index == index or (
                    same and index < other_index and covers(selector.tree, other.tree)
                ):
                    continue
                if same or (alone and covers_above(other.tree, selector.tree)):
                    by = f'"{other.css}" on line {other.source.line}'
                    what = f'"{selector.css}" takes nothing that {by} does not take'
                    yield Notice(
                        selector.source, Kind.COVERED, selector.context, what, "leave one of them out"
                    )
                    break
